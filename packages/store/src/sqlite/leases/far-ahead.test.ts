import { join } from 'node:path';
import type { HiringId, Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AGENT,
  claimOf,
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  progressOf,
  SEND_RATE,
  take,
  temporaryDirectory,
  TOKEN,
} from '../../../test/fixtures.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 100 * HOUR_MS;
/** What a clock said that was eight hours ahead. */
const AHEAD_MS = NOW_MS + 8 * HOUR_MS;
const LEASE_MS = 25_000;

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;
let clock: { nowMs: number };
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store, clock } = openTestStore(join(directory.path, 'store.db')));
  clock.nowMs = AHEAD_MS;
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const setRight = (): void => {
  clock.nowMs = NOW_MS;
};
const claimNow = async (nowMs = NOW_MS) =>
  await store.hirings.claim({ holder: 'next', nowMs, leaseMs: LEASE_MS, limit: 10 });

const pausedSince = async () => (await store.pauses.list(() => AGENT)).map(({ sinceMs }) => sinceMs);

const WORKER_NAME = 'alice';

/** A hiring that was heard then, and waits for a worker that has no place. */
async function staged(atMs: number): Promise<HiringId> {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId, { atMs })]);
  await take(store.hirings, hiringId, openingOf(hiringId, 1, atMs), atMs);
  await take(store.hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: atMs }, atMs);
  const claim = await claimOf(store.hirings, hiringId, atMs);
  expect(await store.hirings.reserveWorker(claim, WORKER_NAME, 0)).toBe(false);
  await store.hirings.release(claim);
  return hiringId;
}

/** Whether it gets the one place of its worker. */
async function isPlaced(hiringId: HiringId, nowMs: number): Promise<boolean> {
  const claim = await claimOf(store.hirings, hiringId, nowMs);
  const slotHeld = await store.hirings.reserveWorker(claim, WORKER_NAME, 1);
  await store.hirings.release(claim);
  return slotHeld;
}

/** A hiring that came to its end then. */
async function ended(atMs: number): Promise<HiringId> {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId)]);
  await take(store.hirings, hiringId, openingOf(hiringId, 1, atMs), atMs);
  await take(store.hirings, hiringId, { event: 'over_completed', cause: 'x', reread: true }, atMs);
  return hiringId;
}

describe('what a clock that was eight hours ahead left', () => {
  test('a lease runs out after as long as any, unless its holder renews it', async () => {
    await store.leases.take('rooms', 'dead', AHEAD_MS, LEASE_MS);
    await store.leases.take('polling', 'alive', AHEAD_MS, LEASE_MS);
    setRight();
    expect(await store.leases.held('rooms', NOW_MS)).toBe(false);
    expect(await store.overview.leases(NOW_MS)).toEqual([]);
    expect(await store.cutFarAhead(LEASE_MS)).toBe(2);
    expect(await store.leases.take('rooms', 'next', NOW_MS, LEASE_MS)).toBe(false);
    expect(await store.leases.take('polling', 'alive', NOW_MS + 10_000, LEASE_MS)).toBe(true);
    expect(await store.leases.take('rooms', 'next', NOW_MS + LEASE_MS, LEASE_MS)).toBe(true);
    expect(await store.leases.take('polling', 'next', NOW_MS + LEASE_MS, LEASE_MS)).toBe(false);
  });

  test('a leased hiring is given out again after as long as any', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId)]);
    await claimNow(AHEAD_MS);
    setRight();
    expect(await claimNow()).toEqual([]);
    expect(await claimNow(NOW_MS + LEASE_MS)).toHaveLength(1);
  });

  test('a hiring that waits is looked at, and read', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId)]);
    await take(store.hirings, hiringId, openingOf(hiringId, 1, AHEAD_MS + 60_000), AHEAD_MS);
    setRight();
    const [claim] = await claimNow();
    expect(claim?.record.lastReadAtMs).toBe(NOW_MS);
  });

  test('one that ended, was heard again and could not be read, is looked at, and gives up its token', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId)]);
    await take(store.hirings, hiringId, { event: 'absent', cause: 'x', reread: true }, AHEAD_MS);
    await store.hirings.accept([deliveryOf(hiringId, { raw: 'again' }, { repoToken: TOKEN })]);
    const unread = await claimOf(store.hirings, hiringId, AHEAD_MS);
    await store.hirings.commit(unread, { cause: 'unread', dueAtMs: AHEAD_MS + 60_000 }, AHEAD_MS);
    setRight();
    const [again] = await claimNow();
    expect(again?.record).toMatchObject({ hiringId, rereadWanted: true });
    expect(again?.record.received.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
    if (again === undefined) return;
    await store.hirings.commit(again, { cause: 'read', reread: true }, NOW_MS);
    expect(await store.hirings.nextDueAtMs()).toBeUndefined();
    expect((await store.hirings.find(hiringId))?.received.hiring.repoToken).toBeUndefined();
  });

  test('what nobody has confirmed was heard now', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId, { atMs: AHEAD_MS })]);
    setRight();
    const [claim] = await claimNow();
    expect(claim?.record.receivedAtMs).toBe(NOW_MS);
  });

  test('what waits for its worker does not wait behind all that comes later', async () => {
    const first = await staged(AHEAD_MS);
    setRight();
    await claimNow();
    const second = await staged(NOW_MS + HOUR_MS);
    const nowMs = NOW_MS + 2 * HOUR_MS;
    expect(await isPlaced(second, nowMs)).toBe(false);
    expect(await isPlaced(first, nowMs)).toBe(true);
  });

  test('a pause is shown as of now', async () => {
    await store.pauses.pause(AGENT, AHEAD_MS);
    setRight();
    await claimNow();
    expect(await pausedSince()).toEqual([NOW_MS]);
  });

  test('pausing again begins a pause that is still to come', async () => {
    await store.pauses.pause(AGENT, AHEAD_MS);
    setRight();
    await store.pauses.pause(AGENT, NOW_MS);
    expect(await pausedSince()).toEqual([NOW_MS]);
    await store.pauses.pause(AGENT, NOW_MS + 1);
    expect(await pausedSince()).toEqual([NOW_MS]);
  });

  test('an end was now, and what became of its money is read now, no matter who noted that', async () => {
    const hiringId = await ended(AHEAD_MS);
    setRight();
    expect(await store.endedRereads.due(NOW_MS, 10)).toEqual([]);
    await claimNow();
    expect(await store.endedRereads.due(NOW_MS, 10)).toEqual([{ hiringId, endedAtMs: NOW_MS }]);
    const request = { remains: 'texts', beforeMs: NOW_MS + 1, limit: 10 } as const;
    expect(await store.retention.ended(request)).toMatchObject([{ hiringId, endedAtMs: NOW_MS }]);
  });

  test('a hiring that was read for its money, and is read again in days, is read now', async () => {
    const hiringId = await ended(NOW_MS - HOUR_MS);
    const [reread] = await store.endedRereads.due(AHEAD_MS, 10);
    const record = await store.hirings.find(hiringId);
    if (reread === undefined || record === undefined) throw new Error('an ended hiring is read again');
    const nextAtMs = AHEAD_MS + 24 * HOUR_MS;
    await store.endedRereads.done(reread, record, { nextAtMs }, AHEAD_MS);
    setRight();
    await claimNow();
    expect(await store.endedRereads.due(NOW_MS, 10)).toEqual([{ hiringId, endedAtMs: NOW_MS - HOUR_MS }]);
  });

  test('a room whose attempt ended is left as long after that as any', async () => {
    const room = { roomId: '!own:test', userId: '@alice:test' };
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId)]);
    const opening = openingOf(hiringId, 1, AHEAD_MS);
    await take(store.hirings, hiringId, { ...opening, progress: progressOf({ room }) }, AHEAD_MS);
    await take(store.hirings, hiringId, { event: 'over_failed', cause: 'x' }, AHEAD_MS);
    setRight();
    await claimNow();
    expect(await store.rooms.ended(NOW_MS + 1, 10)).toEqual([
      expect.objectContaining({ roomId: room.roomId }),
    ]);
  });

  test('a send budget is held for ten minutes at most', async () => {
    const lane = { name: 'account', ceiling: SEND_RATE };
    await store.budgets.refused(lane, { takenAtMs: AHEAD_MS, retryAfterMs: 1_000 }, AHEAD_MS);
    setRight();
    const request = { lane, rank: 'assignment' } as const;
    expect(await store.budgets.take(request, NOW_MS)).toMatchObject({ waitMs: 600_000 });
    expect(await store.budgets.take(request, NOW_MS + 600_000)).toMatchObject({ waitMs: 0 });
  });

  test('a console session is over', async () => {
    const session = { tokenHash: 'hash', openedAtMs: AHEAD_MS, untilMs: AHEAD_MS + HOUR_MS };
    await store.consoleSessions.open({ digest: 'one', ...session });
    setRight();
    expect(await store.consoleSessions.find('one', NOW_MS)).toBeUndefined();
    await claimNow();
    clock.nowMs = AHEAD_MS;
    expect(await store.consoleSessions.find('one', AHEAD_MS)).toBeUndefined();
  });
});

test('a clock that is a little ahead, and the longest lease, are left alone', async () => {
  clock.nowMs = NOW_MS;
  await store.leases.take('rooms', 'other', NOW_MS + 20_000, 600_000);
  await store.pauses.pause(AGENT, NOW_MS + 20_000);
  const hiringId = await ended(NOW_MS + 20_000);
  expect(await store.cutFarAhead(LEASE_MS)).toBe(0);
  expect(await store.leases.held('rooms', NOW_MS)).toBe(true);
  expect(await pausedSince()).toEqual([NOW_MS + 20_000]);
  expect(await store.endedRereads.due(NOW_MS + 2 * HOUR_MS, 10)).toEqual([
    { hiringId, endedAtMs: NOW_MS + 20_000 },
  ]);
});
