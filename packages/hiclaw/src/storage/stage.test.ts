import { createHash } from 'node:crypto';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orderFor, startWorld, taskId, type World } from '../test/world.ts';
import { createTaskStorage, type ObjectStore } from '../index.ts';

describe('stage', () => {
  let world: World;
  let puts: string[];

  beforeEach(async () => {
    world = await startWorld();
    puts = [];
  });
  afterEach(() => world.close());

  /** The real storage, with what is written noted and, where wanted, changed on its way. */
  const store = (change: (key: string, bytes: Buffer) => Buffer = (_key, bytes) => bytes): ObjectStore => ({
    ...world.store,
    async put(key, bytes, options) {
      const outcome = await world.store.put(key, change(key, bytes), options);
      puts.push(key);
      return outcome;
    },
  });
  const storage = (through = store(), profile: '1.0' | '1.2' = '1.0') =>
    createTaskStorage({ store: through, ourUserId: world.homeserver.userId, profile });
  const order = () => orderFor(world.worker);
  const object = (name: string) => world.hiclaw.object(`shared/tasks/${taskId}/${name}`)?.toString();
  const writeAsWorker = (name: string, text: string) =>
    world.store.put(`shared/tasks/${taskId}/${name}`, Buffer.from(text), { contentType: 'text/plain' });

  it('writes the parts, and the marker last', async () => {
    const outcome = await storage().stage(order());
    expect(outcome).toEqual({
      kind: 'staged',
      evidence: expect.stringMatching(new RegExp(`^shared/tasks/${taskId}/meta.json [0-9a-f]{32}$`)),
      written: ['spec.md', 'task-spec.json'].map((name) => {
        const bytes = world.hiclaw.object(`shared/tasks/${taskId}/${name}`) ?? Buffer.of();
        const [sha256, etag] = ['sha256', 'md5'].map((kind) => createHash(kind).update(bytes).digest('hex'));
        return { name, sizeBytes: bytes.length, sha256, etag };
      }),
    });
    expect(puts.toSorted()).toEqual(
      ['meta.json', 'spec.md', 'task-spec.json'].map((name) => `shared/tasks/${taskId}/${name}`),
    );
    expect(puts.at(-1)).toBe(`shared/tasks/${taskId}/meta.json`);
    expect(world.hiclaw.objects(`shared/tasks/${taskId}/`).map(({ contentType }) => contentType)).toEqual([
      'application/json',
      'text/markdown; charset=utf-8',
      'application/json',
    ]);
  });

  it('makes the project before the marker, where HiClaw has projects', async () => {
    await storage(store(), '1.2').stage(order());
    expect(puts).toContain(`shared/projects/${taskId}/meta.json`);
    expect(puts.at(-1)).toBe(`shared/tasks/${taskId}/meta.json`);
  });

  it('changes nothing when it is repeated', async () => {
    const first = await storage().stage(order());
    const before = world.hiclaw.objects().map(({ key, etag }) => [key, etag]);
    expect(await storage().stage(order())).toEqual(first);
    expect(world.hiclaw.objects().map(({ key, etag }) => [key, etag])).toEqual(before);
    expect(puts.filter((key) => key.endsWith('meta.json'))).toHaveLength(1);
  });

  it.each(['in_progress', 'submitted', 'completed'])(
    'never takes back a marker that is %s',
    async (status) => {
      await storage().stage(order());
      const transitioned = JSON.stringify({ task_id: taskId, status });
      await writeAsWorker('meta.json', transitioned);
      expect(await storage().stage(order())).toMatchObject({ kind: 'staged' });
      expect(object('meta.json')).toBe(transitioned);
    },
  );

  it('does not overwrite a marker that appeared after it looked', async () => {
    const transitioned = JSON.stringify({ task_id: taskId, status: 'in_progress' });
    const racing: ObjectStore = {
      ...store(),
      async get(key, maxBytes) {
        const known = await world.store.get(key, maxBytes);
        if (known.kind === 'absent') await writeAsWorker('meta.json', transitioned);
        return known;
      },
    };
    expect(await storage(racing).stage(order())).toMatchObject({ kind: 'staged' });
    expect(object('meta.json')).toBe(transitioned);
  });

  it('puts a marker right that is broken or was made for another worker', async () => {
    await writeAsWorker('meta.json', '{"task_id":');
    expect(await storage().stage(order())).toMatchObject({ kind: 'staged' });
    expect(object('meta.json')).toContain('"assigned_to": "alice"');
    await writeAsWorker(
      'meta.json',
      JSON.stringify({ task_id: taskId, status: 'assigned', assigned_to: 'bob' }),
    );
    expect(await storage().stage(order())).toMatchObject({ kind: 'staged' });
    expect(object('meta.json')).toContain('"assigned_to": "alice"');
  });

  const garbling = (name: string) =>
    store((key, bytes) => {
      if (!key.endsWith(`/${name}`)) return bytes;
      const garbled = Buffer.from(bytes);
      garbled.writeUInt8(garbled.readUInt8(10) ^ 1, 10);
      return garbled;
    });

  it.each(['spec.md', 'task-spec.json', 'meta.json'])('notices when storage garbles %s', async (name) => {
    const outcome = await storage(garbling(name)).stage(order());
    expect(outcome).toMatchObject({ kind: 'unavailable', problem: expect.stringContaining(name) });
    expect(await storage().stage(order())).toMatchObject({ kind: 'staged' });
    expect(object(name)).toContain('550e8400-e29b-41d4-a716-446655440000');
  });

  it.each(['spec.md', 'task-spec.json'])('writes no marker beside a garbled %s', async (name) => {
    await storage(garbling(name)).stage(order());
    expect(object('meta.json')).toBeUndefined();
  });

  it('compares the content where the version is no checksum of it', async () => {
    const encrypting: ObjectStore = {
      ...store(),
      async list(prefix, after) {
        const outcome = await world.store.list(prefix, after);
        if (outcome.kind !== 'objects') return outcome;
        const objects = outcome.objects.map(({ key, sizeBytes }) => ({ key, sizeBytes, etag: 'not-an-md5' }));
        return { ...outcome, objects };
      },
    };
    expect(await storage(encrypting).stage(order())).toMatchObject({ kind: 'staged' });
  });

  it('takes no version or size for the content', async () => {
    const swapping: ObjectStore = {
      ...store(),
      // What stat and a listing say stays as it was.
      async get(key, maxBytes) {
        const outcome = await world.store.get(key, maxBytes);
        if (outcome.kind !== 'object' || !key.endsWith('/meta.json')) return outcome;
        const bytes = Buffer.from(outcome.bytes.toString().replace('alice', 'mallo'));
        return { kind: 'object', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
      },
    };
    expect(await storage(swapping).stage(order())).toMatchObject({
      kind: 'unavailable',
      problem: expect.stringContaining('meta.json'),
    });
  });

  it('can be finished after any crash on the way', async () => {
    for (let allowed = 0; allowed < 3; allowed += 1) {
      let left = allowed;
      const failing: ObjectStore = {
        ...store(),
        put: (key, bytes, options) => {
          left -= 1;
          if (left < 0) return Promise.resolve({ kind: 'unavailable', problem: 'crashed' });
          return world.store.put(key, bytes, options);
        },
      };
      expect(await storage(failing).stage(order())).toMatchObject({ kind: 'unavailable' });
      expect(object('meta.json')).toBeUndefined();
    }
    expect(await storage().stage(order())).toMatchObject({ kind: 'staged' });
  });

  it('refuses texts that no worker can read', async () => {
    const huge = orderFor(world.worker, { description: 'x'.repeat(2_000_000) });
    expect(await storage().stage(huge)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('too long'),
    });
    expect(world.hiclaw.objects('shared/tasks/agrenting-')).toEqual([]);
  });

  it('puts no secret into any object', async () => {
    const canary = 'ghp_canary_canary';
    const change = { repoToken: new Secret(canary), description: `with ${canary}`, extras: { x: canary } };
    await storage(store(), '1.2').stage(orderFor(world.worker, change));
    for (const { key } of world.hiclaw.objects('shared/')) {
      expect(world.hiclaw.object(key)?.toString()).not.toContain(canary);
    }
  });

  it('notes that the worker was told', async () => {
    await storage().noteDelegated(taskId, Date.parse('2026-04-16T10:00:02Z'));
    expect(object('state.json')).toBe('{"status":"delegated","notified_at":"2026-04-16T10:00:02.000Z"}\n');
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'PutObject' });
    await expect(storage().noteDelegated(taskId, 0)).resolves.toBeUndefined();
  });
});
