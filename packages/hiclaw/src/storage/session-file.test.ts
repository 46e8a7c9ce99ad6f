import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orderFor, startWorld, taskId, type World } from '../test/world.ts';
import { createObjectStore, createTaskStorage, type ObjectStore } from '../index.ts';
import { PROFILES } from '../profiles.ts';
import { findSessionFile, sessionFileName } from './session-file.ts';

describe("a worker's session file", () => {
  let world: World;
  let owner: ObjectStore;
  beforeEach(async () => {
    world = await startWorld();
    const { endpoint, bucket } = world.hiclaw.storage;
    owner = createObjectStore({
      endpoint,
      bucket,
      accessKey: 'admin',
      secretKey: new Secret('admin-sandbox-password'),
    });
    await createTaskStorage({ store: world.store, ourUserId: '@us:x', profile: '1.0' }).stage(
      orderFor(world.worker),
    );
  });
  afterEach(async () => {
    owner.close();
    await world.close();
  });

  const inspected = async (store: ObjectStore, sessionFiles: boolean, own = true) =>
    await createTaskStorage({ store, ourUserId: '@us:x', profile: '1.0', sessionFiles }).inspect(taskId, {
      worker: world.worker,
      hasOwnRoom: own,
    });
  const write = async (): Promise<string> => {
    const key = `agents/alice/.copaw/sessions/${sessionFileName(world.worker.roomId)}`;
    await owner.put(key, Buffer.from('{}'), { contentType: 'application/json' });
    return key;
  };

  it('is named by the room, as CoPaw does it', () => {
    expect(sessionFileName('!R:matrix-local.hiclaw.io:18080')).toBe(
      '!R--matrix-local.hiclaw.io--18080_matrix--!R--matrix-local.hiclaw.io--18080.json',
    );
  });

  it("shows that the conversation in the attempt's own room was taken up", async () => {
    expect(await inspected(owner, true)).toMatchObject({ session: undefined });
    const key = await write();
    expect(await inspected(owner, true)).toMatchObject({ session: expect.stringContaining(key) });
  });

  it('is not looked for where that is not set, or where others speak in the room, too', async () => {
    await write();
    expect(await inspected(owner, false)).not.toHaveProperty('session');
    expect(await inspected(owner, true, false)).not.toHaveProperty('session');
  });

  it.each(['!R--x_matrix--!R--x.json', 'matrix--!R--x.json', '@us--x_matrix--!R--x.json'])(
    'of QwenPaw lies in the folder of its channel: %s',
    async (file) => {
      const key = `agents/alice/.qwenpaw/workspaces/default/sessions/agentteams_matrix/${file}`;
      await owner.put(key, Buffer.from('{}'), { contentType: 'application/json' });
      const worker = { name: 'alice', roomId: '!R:x', userId: '@alice:x' };
      const folders = PROFILES['1.2'].sessionFolders;
      expect(await findSessionFile(owner, worker, { folders, ourUserId: '@us:x' })).toContain(key);
    },
  );

  it('of what somebody else said in the room shows nothing', async () => {
    const key =
      'agents/alice/.qwenpaw/workspaces/default/sessions/agentteams_matrix/@boss--x_matrix--!R--x.json';
    await owner.put(key, Buffer.from('{}'), { contentType: 'application/json' });
    const worker = { name: 'alice', roomId: '!R:x', userId: '@alice:x' };
    const folders = PROFILES['1.2'].sessionFolders;
    expect(await findSessionFile(owner, worker, { folders, ourUserId: '@us:x' })).toBeUndefined();
  });

  it('that we may not see is as one that is not there', async () => {
    await write();
    expect(await inspected(world.store, true)).toMatchObject({ kind: 'folder', session: undefined });
  });
});
