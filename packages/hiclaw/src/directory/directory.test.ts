import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentIdSchema, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld } from '../test/world.ts';
import { createDirectory, type DirectoryOptions, type ObjectStore, type RoomPolicy } from '../index.ts';

const agent = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const domain = 'matrix-local.hiclaw.io:18080';
const alice = { name: 'alice', userId: `@alice:${domain}`, roomId: '!a:h' };
const bob = { name: 'bob', userId: `@bob:${domain}`, roomId: '!b:h' };

const us = `@agrenting:${domain}`;
const lists = { dm: { allowFrom: [us] }, groupAllowFrom: [] as string[] };

function settingsInStorage(matrix: unknown): ObjectStore {
  const bytes = Buffer.from(JSON.stringify({ channels: { matrix } }));
  const notUsed = () => Promise.reject(new Error('not used here'));
  return {
    get: (key) =>
      Promise.resolve(
        key === 'agents/dora/openclaw.json' ? { kind: 'absent' } : { kind: 'object', bytes, sha256: '' },
      ),
    put: notUsed,
    stat: notUsed,
    list: notUsed,
    delete: notUsed,
    close() {},
  };
}

const roomsOf = (policy: RoomPolicy = 'auto', matrix: unknown = lists, watched = false) => ({
  policy,
  ourUserId: us,
  store: settingsInStorage(matrix),
  watched,
});
const directoryOf = (change: Partial<DirectoryOptions> = {}) =>
  createDirectory({ workers: [alice, bob], agents: new Map(), rooms: roomsOf(), ...change });
const chosen = (worker: WorkerAddress, roomPerAttempt = false, clearFirst = false) => ({
  kind: 'worker',
  worker,
  roomPerAttempt,
  clearFirst,
});
const nobody = (problem: string) => ({ kind: 'nobody', problem: expect.stringContaining(problem) });

describe('createDirectory', () => {
  it("takes the agent's configured worker, whatever the hiring names", async () => {
    const directory = directoryOf({ agents: new Map([[agent, 'alice']]) });
    expect(await directory.choose(agent, undefined)).toEqual(chosen(alice));
    expect(await directory.choose(agent, bob.userId)).toEqual(chosen(alice));
  });

  it('else takes the one that is named, as the map knows it', async () => {
    expect(await directoryOf().choose(agent, bob.userId)).toEqual(chosen(bob));
  });

  it.each([
    ['nobody', undefined, 'set its worker'],
    ['a stranger', '@mallory:elsewhere', 'is not in the map of workers'],
    ['a name of the same sound elsewhere', '@alice:elsewhere', 'is not in the map of workers'],
    ['a room', '!b:h', 'is not in the map of workers'],
  ])('finds nobody when the hiring names %s', async (_what, named, problem) => {
    expect(await directoryOf().choose(agent, named)).toEqual(nobody(problem));
  });

  it('finds nobody, and nobody else, when the configured worker is unknown', async () => {
    const directory = directoryOf({ agents: new Map([[agent, 'carol']]) });
    expect(await directory.choose(agent, bob.userId)).toEqual(nobody('worker carol of agent'));
    expect(await directory.problems()).toEqual([expect.stringContaining('worker carol of agent')]);
  });

  it.each([
    ['share a room', { ...bob, roomId: alice.roomId }, 'workers alice and bob share !a:h'],
    ['share a Matrix id', { ...bob, userId: alice.userId }, `workers alice and bob share ${alice.userId}`],
    ['share a name', { ...alice, roomId: '!other:h' }, 'worker alice is in the map of workers twice'],
  ])('chooses neither of two that %s', async (_what, second, problem) => {
    const directory = directoryOf({ workers: [alice, second], agents: new Map([[agent, 'alice']]) });
    expect(await directory.choose(agent, undefined)).toEqual(nobody(problem));
    expect(await directory.problems()).toEqual([expect.stringContaining(problem)]);
    expect(await directory.workers()).toEqual([]);
  });
});

describe('a room for each attempt', () => {
  it.each([
    ['of a runtime that was seen to bear it', 'auto', { runtime: 'copaw' }, true],
    ['of another runtime', 'auto', { runtime: 'openclaw' }, false],
    ['of an unknown runtime', 'auto', {}, false],
    ['that is set to one room', 'auto', { runtime: 'copaw', rooms: 'worker' }, false],
    ['that is set to many', 'worker', { rooms: 'per-hiring' }, true],
    ['of any runtime where all are set to many', 'per-hiring', { runtime: 'openclaw' }, true],
    ['of any runtime where all are set to one', 'worker', { runtime: 'copaw' }, false],
    ['without settings in storage', 'auto', { runtime: 'copaw', name: 'dora' }, false],
  ] as const)('is opened or not for a worker %s', async (_what, policy, change, expected) => {
    const worker = { ...alice, ...change };
    const directory = directoryOf({ workers: [worker], rooms: roomsOf(policy) });
    expect(await directory.choose(agent, alice.userId)).toHaveProperty('roomPerAttempt', expected);
  });

  it.each([
    ['lets us speak in rooms of two', lists, false, true],
    ['lets us speak in rooms of more only', { dm: { allowFrom: [] }, groupAllowFrom: [us] }, false, false],
    ['lets us speak in rooms of more, and others watch', { groupAllowFrom: [us] }, true, true],
    ['lets us speak in rooms of two only, and others watch', lists, true, false],
    ['says nothing of Matrix', undefined, false, false],
  ])('is opened or not for a worker that %s', async (_what, matrix, watched, expected) => {
    const directory = directoryOf({
      workers: [{ ...alice, runtime: 'copaw' }],
      rooms: roomsOf('auto', matrix ?? 'nothing', watched),
    });
    expect(await directory.choose(agent, alice.userId)).toHaveProperty('roomPerAttempt', expected);
  });
});

describe('the conversation in a room that jobs share', () => {
  it.each([
    ['copaw', {}, true],
    ['qwenpaw', {}, true],
    ['openclaw', {}, false],
    ['hermes', {}, false],
    ['one that nobody named', {}, false],
    ['copaw', { clearRooms: false }, false],
  ])('is cleared first or not, with runtime %s and %j', async (runtime, change, expected) => {
    const directory = directoryOf({
      workers: [{ ...alice, runtime, rooms: 'worker' }],
      ...change,
    });
    expect(await directory.choose(agent, alice.userId)).toEqual(chosen(alice, false, expected));
  });
});

describe('the registry of the Manager', () => {
  let directory: string;
  let registryPath: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-'));
    registryPath = join(directory, 'workers-registry.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (workers: Record<string, unknown>) =>
    writeFile(registryPath, JSON.stringify({ version: 1, updated_at: 'x', workers }));
  const carol = { matrix_user_id: `@carol:${domain}`, room_id: '!c:h', runtime: 'copaw', team_id: null };

  it('adds to the map, and is read again when it has changed', async () => {
    const ours = directoryOf({ registryPath });
    expect(await ours.choose(agent, carol.matrix_user_id)).toEqual(nobody('does not exist: check its path'));
    await write({ carol, unfinished: { matrix_user_id: null } });
    const worker = { name: 'carol', userId: carol.matrix_user_id, roomId: '!c:h' };
    expect(await ours.choose(agent, carol.matrix_user_id)).toEqual(chosen(worker, true));
    await write({ carol: { ...carol, room_id: '!moved:h' } });
    expect(await ours.choose(agent, carol.matrix_user_id)).toHaveProperty('worker.roomId', '!moved:h');
    expect(await ours.workers()).toHaveLength(3);
    expect(await ours.problems()).toEqual([]);
  });

  it('may repeat the map but not contradict it', async () => {
    await write({ alice: { matrix_user_id: alice.userId, room_id: alice.roomId } });
    expect(await directoryOf({ registryPath }).problems()).toEqual([]);
    await write({ alice: { matrix_user_id: alice.userId, room_id: '!stale-copy:h' } });
    const ours = directoryOf({ registryPath });
    expect(await ours.choose(agent, alice.userId)).toEqual(
      nobody('worker alice is in the map of workers twice'),
    );
    expect(await ours.choose(agent, bob.userId)).toEqual(chosen(bob));
  });

  it.each([
    ['half a file', '{"workers":{"car', 'is no JSON'],
    ['another file', '[]', 'is not what the Manager writes'],
  ])('says that it is %s, and goes on with the map', async (_what, text, problem) => {
    await writeFile(registryPath, text);
    const ours = directoryOf({ registryPath });
    expect(await ours.problems()).toEqual([expect.stringContaining(problem)]);
    expect(await ours.choose(agent, carol.matrix_user_id)).toEqual(nobody(problem));
    expect(await ours.choose(agent, alice.userId)).toEqual(chosen(alice));
  });

  it('is understood as the Manager writes it', async () => {
    const world = await startWorld();
    const home = world.hiclaw.manager.home;
    const ours = createDirectory({
      workers: [],
      agents: new Map([[agent, 'alice']]),
      registryPath: join(home, 'workers-registry.json'),
      rooms: { ...roomsOf(), ourUserId: world.homeserver.userId, store: world.store },
    });
    expect(await ours.choose(agent, undefined)).toEqual(chosen(world.worker, false, true));
    expect(await ours.workers()).toEqual([{ ...world.worker, runtime: 'copaw' }]);
    await world.close();
  });
});
