import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Store, StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, KEY, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { Connection } from './connection.ts';
import { FarAhead } from '../leases/far-ahead.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteHiringStore } from '../hirings/hiring-store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store } = openTestStore(file));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const logBytes = (): number => statSync(`${file}-wal`).size;
/** No time at all: the table refuses it. */
const unstorable = (): ReturnType<typeof deliveryOf> => deliveryOf(newHiringId(), { atMs: Number.NaN });

test('all that is heard in one turn shares one transaction', async () => {
  await store.hirings.accept([deliveryOf(newHiringId())]);
  const before = logBytes();
  await Promise.all(
    Array.from({ length: 50 }, async () => await store.hirings.accept([deliveryOf(newHiringId())])),
  );
  const together = logBytes() - before;
  for (let count = 0; count < 50; count += 1) await store.hirings.accept([deliveryOf(newHiringId())]);
  const oneByOne = logBytes() - before - together;
  // A transaction writes each page that it changed once.
  expect(together * 5).toBeLessThan(oneByOne);
});

test('one that cannot be stored fails alone', async () => {
  const [good, other] = [newHiringId(), newHiringId()];
  const bad = unstorable();
  const [first, second, third] = await Promise.allSettled([
    store.hirings.accept([deliveryOf(good)]),
    store.hirings.accept([bad]),
    store.hirings.accept([bad, deliveryOf(other)]),
  ]);
  expect(first).toEqual({ status: 'fulfilled', value: [{ kind: 'new', hiringId: good }] });
  expect(second.status).toBe('rejected');
  expect(third).toMatchObject({
    status: 'fulfilled',
    value: [
      { kind: 'malformed', problem: 'the store could not keep it' },
      { kind: 'new', hiringId: other },
    ],
  });
  expect((await store.hirings.queueStats(0, 0)).byState.received).toBe(2);
});

test('a full disk rejects what it cannot keep, and keeps what was there', async () => {
  const kept = newHiringId();
  await store.hirings.accept([deliveryOf(kept)]);
  const sqlite = new Database(file);
  sqlite.pragma(`max_page_count = ${Number(sqlite.pragma('page_count', { simple: true })) + 16}`);
  const connection = new Connection(sqlite, file);
  const full = new SqliteHiringStore({
    connection,
    key: KEY,
    changes: new ChangeNotifier(),
    nowMs: () => 1_000,
    onUnreadable: () => undefined,
    holder: 'test',
    farAhead: new FarAhead(connection),
  });

  const raw = 'x'.repeat(10_000);
  const kinds: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const hiringId = newHiringId();
    const [outcome] = await Promise.allSettled([full.accept([deliveryOf(hiringId, { raw })])]);
    kinds.push(outcome.status === 'rejected' ? kindOf(outcome.reason) : 'kept');
    expect((await store.hirings.find(hiringId)) === undefined).toBe(outcome.status === 'rejected');
  }
  expect(new Set(kinds)).toEqual(new Set(['kept', 'disk']));
  expect(await store.hirings.find(kept)).toMatchObject({ state: 'received' });
  connection.close();
});

function kindOf(error: unknown): string {
  return error instanceof StoreError ? error.kind : String(error);
}

test('what the engine writes in one turn shares one transaction, and one that fails takes none with it', async () => {
  const ids = Array.from({ length: 20 }, () => newHiringId());
  await store.hirings.accept(ids.map((hiringId) => deliveryOf(hiringId)));
  const claims = await store.hirings.claim({ holder: 'test', nowMs: 1_000, leaseMs: 60_000, limit: 20 });
  const before = logBytes();
  const wait = { cause: 'waits', dueAtMs: 9_000 };
  const outcomes = await Promise.allSettled(
    claims.map(async (claim, index) => {
      // The table of states has no such move.
      const step = index === 7 ? { ...wait, event: 'result_settled' as const } : wait;
      return await store.hirings.commit(claim, step, 1_000);
    }),
  );
  const together = logBytes() - before;
  expect(outcomes.map(({ status }) => status)).toEqual(
    claims.map((_, index) => (index === 7 ? 'rejected' : 'fulfilled')),
  );
  const again = await store.hirings.claim({ holder: 'test', nowMs: 9_000, leaseMs: 60_000, limit: 20 });
  const beforeOneByOne = logBytes();
  for (const claim of again) await store.hirings.commit(claim, { ...wait, dueAtMs: 99_000 }, 9_000);
  expect([again.length, together * 3 < logBytes() - beforeOneByOne]).toEqual([19, true]);
});

test('a lock that outlasts the patience is waited for once, and not once more by each', async () => {
  let waits = 0;
  const locked = async (): Promise<never> => {
    waits += 1;
    return await Promise.reject(new StoreError('locked', 'Another process keeps it', 'End that process'));
  };
  const group = new GroupCommit({ alone: locked, together: locked });
  const written = await Promise.allSettled(
    [1, 2, 3].map(async (value) => await group.add(() => value, true)),
  );
  expect(written.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(waits).toBe(1);
});
