import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  heardOf,
  newHiringId,
  openingOf,
  openTestStore,
  take,
  temporaryDirectory,
} from '../test/fixtures.ts';
import type { Store } from './store.ts';

let store: Store;
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const FAR_MS = 9_000_000;

async function waitingForAPerson() {
  const { hirings } = store;
  const hiringId = newHiringId();
  await hirings.accept([heardOf(hiringId)]);
  await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
  await take(hirings, hiringId, { event: 'needs_person', cause: 'x', dueAtMs: FAR_MS }, 1_000);
  return hiringId;
}

describe('the operator', () => {
  test('sees the newest hirings, of all states or of one', async () => {
    const held = await waitingForAPerson();
    const fresh = newHiringId();
    await store.hirings.accept([heardOf(fresh)]);
    const ids = async (state?: 'attention' | 'heard') =>
      (await store.list({ state, limit: 10 })).map(({ hiringId }) => hiringId);
    expect(await ids()).toHaveLength(2);
    expect(await ids('attention')).toEqual([held]);
    expect(await ids('heard')).toEqual([fresh]);
    expect(await store.list({ limit: 1 })).toHaveLength(1);
  });

  test('has one that waits for a person handed over again, once', async () => {
    const hiringId = await waitingForAPerson();
    expect(await store.tell(hiringId, { kind: 'restart' })).toEqual({ kind: 'done' });
    expect(await store.hirings.find(hiringId)).toMatchObject({ state: 'confirmed' });
    expect((await store.hirings.history(hiringId)).at(-1)).toMatchObject({ event: 'operator_restarted' });
    expect(await store.tell(hiringId, { kind: 'restart' })).toEqual({ kind: 'unfit', state: 'confirmed' });
  });

  test('does not break into the work of a process', async () => {
    const hiringId = await waitingForAPerson();
    const [claim] = await store.hirings.claim({ holder: 'engine', nowMs: FAR_MS, leaseMs: 60_000, limit: 1 });
    expect(claim?.record.hiringId).toBe(hiringId);
    expect(await store.tell(hiringId, { kind: 'restart' })).toEqual({ kind: 'busy' });
    if (claim !== undefined) await store.hirings.release(claim);
    expect(await store.tell(hiringId, { kind: 'restart' })).toEqual({ kind: 'done' });
  });

  test('is told of ids that are none, and of what has ended', async () => {
    expect(await store.tell(newHiringId(), { kind: 'restart' })).toEqual({ kind: 'absent' });
    const hiringId = await waitingForAPerson();
    await take(store.hirings, hiringId, { event: 'over_failed', cause: 'x' }, FAR_MS);
    expect(await store.tell(hiringId, { kind: 'restart' })).toEqual({ kind: 'unfit', state: 'failed' });
  });
});
