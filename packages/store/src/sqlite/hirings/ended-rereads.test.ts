import { join } from 'node:path';
import { moneyChange, type HiringId, type MoneyStanding, type Store } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  AGENT,
  claimOf,
  deliveryOf,
  hiringOf,
  newHiringId,
  openTestStore,
  progressOf,
  take,
  taskOf,
  temporaryDirectory,
} from '../../../test/fixtures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
let clock: { nowMs: number };
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store, clock } = openTestStore(file));
  clock.nowMs = DAY_MS;
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

async function ended(event: 'over_completed' | 'over_failed' = 'over_completed'): Promise<HiringId> {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId, { atMs: clock.nowMs }, { price: '25.00' })]);
  const open = {
    number: 1,
    taskId: taskOf(hiringId, 1),
    marker: {},
    hiring: hiringOf(hiringId, { price: '25.00' }),
  };
  const dueAtMs = clock.nowMs;
  const opening = {
    event: 'confirmed',
    cause: 'x',
    open,
    progress: progressOf(),
    reread: true,
    dueAtMs,
  } as const;
  await take(store.hirings, hiringId, opening, clock.nowMs);
  await take(store.hirings, hiringId, { event, cause: 'x' }, clock.nowMs);
  return hiringId;
}

async function noteRead(hiringId: HiringId, status: string, nextAtMs?: number): Promise<boolean> {
  const record = await store.hirings.find(hiringId);
  const endedAtMs = DAY_MS;
  if (record?.money === undefined) throw new Error('it is open');
  const change = moneyChange(record.money, { status });
  const money =
    change === undefined ? undefined : { change, cause: `the marketplace reports it as ${status}` };
  return await store.endedRereads.done({ hiringId, endedAtMs }, record, { nextAtMs, money }, clock.nowMs);
}

async function moneyOf(hiringId: HiringId): Promise<MoneyStanding | undefined> {
  return (await store.hirings.find(hiringId))?.money;
}

test('is due an hour after the end, and then when it was said', async () => {
  const hiringId = await ended();
  expect(await store.endedRereads.due(DAY_MS + HOUR_MS - 1, 10)).toEqual([]);
  expect(await store.endedRereads.due(DAY_MS + HOUR_MS, 10)).toEqual([{ hiringId, endedAtMs: DAY_MS }]);
  expect(await noteRead(hiringId, 'completed', 3 * DAY_MS)).toBe(true);
  expect(await store.endedRereads.due(3 * DAY_MS - 1, 10)).toEqual([]);
  expect(await store.endedRereads.due(3 * DAY_MS, 10)).toHaveLength(1);
  expect(await noteRead(hiringId, 'completed')).toBe(true);
  expect(await store.endedRereads.due(1_000 * DAY_MS, 10)).toEqual([]);
});

test('a dispute and a refund stand in the history and in earnings, and the end stays', async () => {
  const hiringId = await ended();
  clock.nowMs = 2 * DAY_MS;
  expect(await noteRead(hiringId, 'disputed')).toBe(true);
  expect(await moneyOf(hiringId)).toBe('paid_disputed');
  clock.nowMs = 3 * DAY_MS;
  expect(await noteRead(hiringId, 'refunded')).toBe(true);
  expect(await noteRead(hiringId, 'refunded')).toBe(true);
  expect(await moneyOf(hiringId)).toBe('unpaid');

  expect((await store.hirings.find(hiringId))?.state).toBe('completed');
  expect((await store.hirings.history(hiringId)).slice(-3)).toMatchObject([
    { from: 'confirmed', event: 'over_completed', to: 'completed', atMs: DAY_MS },
    { from: 'completed', event: 'dispute_opened', to: 'completed', atMs: 2 * DAY_MS },
    { from: 'completed', event: 'payment_reversed', to: 'completed', atMs: 3 * DAY_MS },
  ]);
  const earned = { agentId: AGENT, price: '25.00', count: 1 };
  expect(await store.earnings({ fromMs: 0, toMs: 10 * DAY_MS })).toEqual([
    { ...earned, dayMs: DAY_MS, takenBack: false },
    { ...earned, dayMs: 3 * DAY_MS, takenBack: true },
  ]);
  expect((await store.evidence(hiringId))?.attempts.at(-1)?.endedAtMs).toBe(DAY_MS);
});

test('what is paid after all is counted on that day', async () => {
  const hiringId = await ended('over_failed');
  clock.nowMs = 2 * DAY_MS;
  await noteRead(hiringId, 'completed');
  expect(await store.earnings({ fromMs: 0, toMs: 10 * DAY_MS })).toEqual([
    { agentId: AGENT, price: '25.00', count: 1, dayMs: 2 * DAY_MS, takenBack: false },
  ]);
  expect((await store.hirings.find(hiringId))?.state).toBe('failed');
});

test('of two who read the same, one notes it; and nobody while it is at work', async () => {
  const hiringId = await ended();
  const record = await store.hirings.find(hiringId);
  if (record === undefined) throw new Error('it is gone');
  const change = { from: 'paid', to: 'paid_disputed', event: 'dispute_opened' } as const;
  const note = async () =>
    await store.endedRereads.done(
      { hiringId, endedAtMs: DAY_MS },
      record,
      { nextAtMs: undefined, money: { change, cause: 'x' } },
      clock.nowMs,
    );
  expect(await Promise.all([note(), note()])).toEqual([true, false]);
  const { length } = await store.hirings.history(hiringId);

  // Received again: the process that has it under a lease notes what its own read shows.
  await store.hirings.accept([deliveryOf(hiringId, { atMs: clock.nowMs })]);
  const claim = await claimOf(store.hirings, hiringId, clock.nowMs);
  expect(await noteRead(hiringId, 'completed')).toBe(false);
  const money = { standing: 'paid', event: 'dispute_resolved' } as const;
  await store.hirings.commit(claim, { cause: 'x', reread: true, money }, clock.nowMs);
  expect(await moneyOf(hiringId)).toBe('paid');
  expect(await store.hirings.history(hiringId)).toHaveLength(length + 1);
});

test('a read that shows another attempt wakes it', async () => {
  const hiringId = await ended('over_failed');
  const record = await store.hirings.find(hiringId);
  if (record === undefined) throw new Error('it is gone');
  expect(await store.hirings.nextDueAtMs()).toBeUndefined();
  await store.endedRereads.done(
    { hiringId, endedAtMs: DAY_MS },
    record,
    { nextAtMs: undefined, wake: true },
    5,
  );
  expect(await store.hirings.nextDueAtMs()).toBe(5);
  expect((await claimOf(store.hirings, hiringId, clock.nowMs)).record.rereadWanted).toBe(true);
});

test('finds what is due in an index, however many ended hirings there are', () => {
  const sqlite = new Database(file, { readonly: true });
  const plan = sqlite
    .prepare<[], { detail: string }>(
      'explain query plan select id, ended_at_ms from hirings where next_reread_at_ms is not null and next_reread_at_ms <= 5 order by next_reread_at_ms limit 20',
    )
    .all();
  sqlite.close();
  expect(plan.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^SEARCH hirings USING INDEX hirings_to_reread/),
  ]);
});
