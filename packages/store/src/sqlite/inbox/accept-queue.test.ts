import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  deliveryOf,
  malformedOf,
  newHiringId,
  openTestStore,
  temporaryDirectory,
} from '../../../test/fixtures.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

test('more than can wait is refused, and taken again later', async () => {
  const many = Array.from({ length: 20_000 }, () => malformedOf('{}'));
  const waiting = store.hirings.accept(many);
  await expect(store.hirings.accept([deliveryOf(newHiringId())])).rejects.toMatchObject({
    kind: 'overloaded',
  });
  expect(await waiting).toHaveLength(20_000);
  expect(await store.hirings.accept([deliveryOf(newHiringId())])).toMatchObject([{ kind: 'new' }]);
});

test('closing answers what was given before, and takes nothing more', async () => {
  const hiringId = newHiringId();
  const accepted = store.hirings.accept([deliveryOf(hiringId)]);
  const closed = store.close();
  await expect(store.hirings.accept([deliveryOf(newHiringId())])).rejects.toMatchObject({ kind: 'closed' });
  expect(await accepted).toEqual([{ kind: 'new', hiringId }]);
  await closed;
  await expect(store.hirings.find(hiringId)).rejects.toMatchObject({ kind: 'closed' });
  expect(await store.ready()).toMatchObject({ kind: 'not_ready' });
});
