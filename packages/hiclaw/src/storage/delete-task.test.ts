import { hiringIdSchema, taskIdOf } from '@agrenting-hiclaw/core/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deleteTask } from '../index.ts';
import { startWorld, taskId, type World } from '../test/world.ts';

const next = taskIdOf(hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000'), 12, '0'.repeat(24));

describe('deleteTask', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => world.hiclaw.faults.storage.clear());
  afterAll(() => world.close());

  const left = (): readonly string[] =>
    ['shared/tasks/', 'shared/projects/'].flatMap((prefix) =>
      world.hiclaw.objects(prefix).flatMap(({ key }) => (key.endsWith('.gitkeep') ? [] : [key])),
    );

  it('deletes the folder with what tools left in it and its project, and nothing else, however often', async () => {
    const others = [
      // Of another attempt of the same hiring, whose name begins alike.
      `shared/tasks/${next}/spec.md`,
      `shared/projects/${next}/meta.json`,
      // What workers put beside the adapter's own.
      `shared/projects/${taskId}/plan.md`,
      'shared/tasks/other/spec.md',
    ];
    const own = ['spec.md', 'meta.json', 'result.md', 'node_modules/a/b.js', '.git/HEAD', 'out/'].map(
      (name) => `shared/tasks/${taskId}/${name}`,
    );
    for (const key of [...own, ...others, `shared/projects/${taskId}/meta.json`]) world.hiclaw.put(key, 'x');
    expect(await deleteTask(world.store, taskId)).toEqual({ kind: 'deleted', objects: own.length + 1 });
    expect(left().toSorted()).toEqual(others.toSorted());
    expect(await deleteTask(world.store, taskId)).toEqual({ kind: 'deleted', objects: 0 });
  });

  it('takes a huge folder in several calls', async () => {
    const count = 1_010;
    for (let index = 0; index < count; index += 1) world.hiclaw.put(`shared/tasks/${taskId}/${index}`, 'x');
    expect(await deleteTask(world.store, taskId, 1)).toEqual({ kind: 'more', objects: 1_000 });
    expect(await deleteTask(world.store, taskId)).toEqual({ kind: 'deleted', objects: 10 });
  });

  it('says why it could not, and goes on from there', async () => {
    world.hiclaw.put(`shared/tasks/${taskId}/spec.md`, 'x');
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'DeleteObject' });
    expect(await deleteTask(world.store, taskId)).toMatchObject({ kind: 'unavailable' });
    expect(await deleteTask(world.store, taskId)).toEqual({ kind: 'deleted', objects: 1 });
  });

  it.each(['spec.md', 'project'])('is not done while the storage shows %s that was deleted', async (what) => {
    const key = what === 'project' ? `shared/projects/${taskId}/meta.json` : `shared/tasks/${taskId}/${what}`;
    world.hiclaw.put(key, 'with a token');
    // A gateway answers the deletion on its own.
    const store = { ...world.store, delete: () => Promise.resolve({ kind: 'deleted' } as const) };
    expect(await deleteTask(store, taskId)).toMatchObject({
      kind: 'unavailable',
      problem: expect.stringContaining('the object still exists'),
    });
    expect(await deleteTask(world.store, taskId)).toEqual({ kind: 'deleted', objects: 1 });
  });
});
