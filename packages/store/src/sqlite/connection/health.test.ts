import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
});
afterEach(() => {
  directory.remove();
});

test('a file that another process keeps locked is not ready, and says so', async () => {
  const { store } = openTestStore(file);
  const other = new Database(file);
  expect(await store.ready()).toEqual({ kind: 'ready' });
  other.exec('begin immediate');
  expect(await store.ready()).toMatchObject({
    kind: 'not_ready',
    why: expect.stringContaining('has locked'),
  });
  other.exec('commit');
  expect(await store.ready()).toEqual({ kind: 'ready' });
  other.close();
  await store.close();
});

test('a disk with little room left is not ready, and says how much and what to do', async () => {
  const { store } = openTestStore(file, { minFreeBytes: Number.MAX_SAFE_INTEGER });
  expect(await store.ready()).toEqual({
    kind: 'not_ready',
    why: expect.stringMatching(/^\d+ MB are left on the disk of .*: free some/),
  });
  // What is heard meanwhile is kept as long as there is room for it.
  const [outcome] = await store.hirings.accept([deliveryOf(newHiringId())]);
  expect(outcome?.kind).toBe('new');
  await store.close();
});
