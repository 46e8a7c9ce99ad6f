import { createHash } from 'node:crypto';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAnsweringServer } from '../test/answering-server.ts';
import { startWorld, type World } from '../test/world.ts';
import { createObjectStore, type ObjectStoreSettings } from '../index.ts';

/** An object as it is read: its bytes, and what they are. */
const read = (bytes: Buffer) => ({
  kind: 'object',
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

const key = 'shared/tasks/agrenting-test/a b&ü.txt';
const text = { contentType: 'text/plain' };

describe('createObjectStore', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => {
    world.hiclaw.faults.storage.clear();
    world.hiclaw.turn({ storage: { clockAheadMs: 0, rewrittenHost: null } });
  });
  afterAll(() => world.close());

  const settings = (): ObjectStoreSettings => {
    const { endpoint, bucket, accessKey, secretKey } = world.hiclaw.storage;
    return { endpoint, bucket, accessKey, secretKey: new Secret(secretKey), timeoutMs: 500 };
  };

  /** What a store with other settings says of a listing. */
  async function problemWith(change: Partial<ObjectStoreSettings>) {
    const store = createObjectStore({ ...settings(), ...change });
    const outcome = await store.list('shared/tasks/agrenting-', '');
    store.close();
    expect(JSON.stringify(outcome)).not.toContain('canary');
    return outcome;
  }

  it('writes, looks, reads and lists', async () => {
    const { store } = world;
    expect(await store.get(key, 10)).toEqual({ kind: 'absent' });
    expect(await store.stat(key)).toEqual({ kind: 'absent' });
    const etag = '5d41402abc4b2a76b9719d911017c592';
    expect(await store.put(key, Buffer.from('hello'), text)).toEqual({ kind: 'stored', etag });
    expect(await store.get(key, 5)).toEqual(read(Buffer.from('hello')));
    expect(await store.get(key, 4)).toEqual({ kind: 'too_large' });
    const object = { key, sizeBytes: 5, etag };
    expect(await store.stat(key)).toEqual({ kind: 'object', object });
    expect(await store.list('shared/tasks/agrenting-test/', '')).toEqual({
      kind: 'objects',
      objects: [object],
      more: false,
    });
    expect(await store.list('shared/tasks/agrenting-test/', key)).toMatchObject({ objects: [] });
  });

  it('deletes, also what is not there', async () => {
    const { store } = world;
    await store.put(`${key}.old`, Buffer.from('1'), text);
    expect(await store.delete(`${key}.old`)).toEqual({ kind: 'deleted' });
    expect(await store.get(`${key}.old`, 5)).toEqual({ kind: 'absent' });
    expect(await store.delete(`${key}.old`)).toEqual({ kind: 'deleted' });
    expect(await store.delete('agents/alice/openclaw.json')).toMatchObject({ kind: 'refused' });
  });

  it('leaves existing objects alone when asked to', async () => {
    const { store } = world;
    const once = { ...text, ifAbsent: true };
    expect(await store.put(`${key}.once`, Buffer.from('1'), once)).toMatchObject({ kind: 'stored' });
    expect(await store.put(`${key}.once`, Buffer.from('2'), once)).toEqual({ kind: 'present' });
    expect(await store.get(`${key}.once`, 5)).toEqual(read(Buffer.from('1')));
  });

  it('writes an empty object', async () => {
    await world.store.put(`${key}.empty`, Buffer.alloc(0), text);
    expect(await world.store.get(`${key}.empty`, 5)).toEqual(read(Buffer.alloc(0)));
  });

  it('says what to allow when it may not do something', async () => {
    const outcome = await world.store.put('agents/alice/openclaw.json', Buffer.from('x'), text);
    expect(outcome).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('Get, Put, Delete and List on shared/tasks/agrenting-*'),
    });
  });

  it.each<[string, Partial<ObjectStoreSettings>, string, string]>([
    ['a bucket that is not there', { bucket: 'agentteams-storage' }, 'refused', 'calls it hiclaw-storage'],
    ['an unknown access key', { accessKey: 'nobody' }, 'refused', 'does not know the access key'],
    ['a wrong secret', { secretKey: new Secret('canary-secret') }, 'refused', 'the secret key is wrong'],
    [
      'a port where nothing listens',
      { endpoint: 'http://127.0.0.1:1' },
      'unavailable',
      'refused the connection',
    ],
    [
      'a name that does not resolve',
      { endpoint: 'http://nowhere.invalid' },
      'unavailable',
      'cannot be found',
    ],
    ['a bucket that cannot be', { bucket: 'No Bucket' }, 'refused', 'Invalid bucket name'],
  ])('explains %s', async (_what, change, kind, remedy) => {
    expect(await problemWith(change)).toMatchObject({ kind, problem: expect.stringContaining(remedy) });
  });

  it('explains a gateway that changes the Host', async () => {
    world.hiclaw.turn({ storage: { rewrittenHost: 'elsewhere.hiclaw.io' } });
    expect(await problemWith({})).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('a gateway changed the signed Host'),
    });
  });

  it('signs for one name and connects to another place', async () => {
    const port = new URL(world.hiclaw.storage.endpoint).port;
    const outcome = await problemWith({
      endpoint: 'http://fs-local.hiclaw.io:18080',
      connectTo: `127.0.0.1:${port}`,
    });
    expect(outcome).toMatchObject({ kind: 'objects' });
  });

  it('explains clocks that differ', async () => {
    world.hiclaw.turn({ storage: { clockAheadMs: 3_600_000 } });
    expect(await problemWith({})).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('set the time of this machine'),
    });
  });

  it.each([500, 503])('may try again after %i, over the same connection', async (answer) => {
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'GetObject', status: answer });
    expect(await world.store.get(key, 10)).toMatchObject({
      kind: 'unavailable',
      problem: expect.stringContaining(String(answer)),
    });
    expect(await world.store.get(key, 10)).toMatchObject({ kind: 'object' });
  });

  it('does not wait forever', async () => {
    world.hiclaw.faults.storage.add({ kind: 'delay', operation: 'ListObjects', seconds: 3 });
    expect(await problemWith({})).toMatchObject({
      kind: 'unavailable',
      problem: expect.stringContaining('did not answer in time'),
    });
  });

  it('does not wait for the rest of an answer, nor for a page that is none', async () => {
    const server = await startAnsweringServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/xml' });
      if (request.url?.includes('half') === true) response.write('<ListBucketResult>');
      else response.end('<html>a console</html>');
    });
    expect(await problemWith({ endpoint: server.url, bucket: 'half' })).toMatchObject({
      kind: 'unavailable',
    });
    expect(await problemWith({ endpoint: server.url })).toMatchObject({
      kind: 'unavailable',
      problem: expect.stringContaining('does not answer like S3'),
    });
    await server.close();
  });

  describe('behind a gateway that answers 404 on its own', () => {
    const bare = async () =>
      await startAnsweringServer((_request, response) => {
        response.writeHead(404).end();
      });

    it('says of nothing that it is not there or deleted', async () => {
      const server = await bare();
      const store = createObjectStore({ ...settings(), endpoint: server.url });
      const outcomes = [
        await store.get('a', 1),
        await store.stat('a'),
        await store.delete('a'),
        await store.list('a', ''),
      ];
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          kind: 'unavailable',
          problem: expect.stringContaining('not from the storage itself'),
        });
      }
      store.close();
      await server.close();
    });

    it('does not take a login page for an object', async () => {
      const server = await startAnsweringServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
      });
      const store = createObjectStore({ ...settings(), endpoint: server.url });
      expect(await store.get('a', 100)).toMatchObject({ kind: 'unavailable' });
      expect(await store.stat('a')).toMatchObject({ kind: 'unavailable' });
      expect(await store.put('a', Buffer.from('x'), text)).toMatchObject({ kind: 'unavailable' });
      store.close();
      await server.close();
    });
  });
});
