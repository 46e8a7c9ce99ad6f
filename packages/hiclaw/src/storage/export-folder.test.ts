import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exportFolder as openCopy } from '../index.ts';
import { startWorld, taskId, type World } from '../test/world.ts';

describe('copyOut', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    world.hiclaw.put(`shared/tasks/${taskId}/a.txt`, 'hello');
    world.hiclaw.put(`shared/tasks/${taskId}/b.txt`, 'hello again');
    world.hiclaw.put(`shared/tasks/${taskId}/c.txt`, '');
    world.hiclaw.put(`shared/tasks/${taskId}/node_modules/x.js`, 'x');
  });
  afterEach(() => world.hiclaw.faults.storage.clear());
  afterAll(() => world.close());

  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  /** All of it at once. */
  async function exportFolder(...given: Parameters<typeof openCopy>) {
    const outcome = await openCopy(...given);
    if (outcome.kind !== 'copied') return outcome;
    const objects = [];
    for await (const object of outcome.objects) objects.push(object);
    return { ...outcome, objects };
  }

  it('gives every object with its digest', async () => {
    const outcome = await exportFolder(world.store, taskId, { maxObjects: 10, maxBytes: 100 });
    expect(outcome).toMatchObject({
      kind: 'copied',
      complete: true,
      objects: [
        {
          name: 'a.txt',
          sizeBytes: 5,
          etag: '5d41402abc4b2a76b9719d911017c592',
          sha256: sha256('hello'),
          bytes: Buffer.from('hello'),
        },
        { name: 'b.txt', sha256: sha256('hello again') },
        { name: 'c.txt', sizeBytes: 0, bytes: Buffer.alloc(0) },
      ],
    });
  });

  it('keeps to its bounds, and still says the digest', async () => {
    const bytes = await exportFolder(world.store, taskId, { maxObjects: 10, maxBytes: 10 });
    expect(bytes).toMatchObject({
      objects: [
        { bytes: expect.any(Buffer) },
        { bytes: undefined, sha256: sha256('hello again'), problem: expect.stringContaining('10 bytes') },
        { bytes: expect.any(Buffer) },
      ],
    });
    expect(await exportFolder(world.store, taskId, { maxObjects: 2, maxBytes: 100 })).toMatchObject({
      complete: false,
      objects: [{ name: 'a.txt' }, { name: 'b.txt' }],
    });
  });

  it('goes on after an object that could not be read, and says when nothing could', async () => {
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'GetObject' });
    expect(await exportFolder(world.store, taskId, { maxObjects: 10, maxBytes: 100 })).toMatchObject({
      objects: [{ sha256: undefined, problem: expect.stringContaining('503') }, { name: 'b.txt' }, {}],
    });
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'ListObjects' });
    expect(await exportFolder(world.store, taskId, { maxObjects: 10, maxBytes: 100 })).toMatchObject({
      kind: 'unavailable',
    });
  });
});
