import { join } from 'node:path';
import type { HiringId, Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AGENT,
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  OTHER_AGENT,
  take,
  temporaryDirectory,
} from '../../../test/fixtures.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 100 * HOUR_MS;

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

async function receivedAt(atMs: number): Promise<HiringId> {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId, { atMs })]);
  await take(store.hirings, hiringId, openingOf(hiringId, 1, atMs), atMs);
  return hiringId;
}

const isPaused = async (hiringId: HiringId, attempt = 1) =>
  await store.hirings.isPaused(AGENT, hiringId, attempt);

describe('a pause keeps out what came after it, and nothing else', () => {
  test.for([
    ['as long as no clock is set', NOW_MS, NOW_MS + 1, NOW_MS + 2],
    ['whatever the clock said when the first was heard', NOW_MS + HOUR_MS, NOW_MS, NOW_MS],
    ['whatever the clock said when it began', NOW_MS, NOW_MS + HOUR_MS, NOW_MS],
    ['whatever the clock said before the second was heard', NOW_MS + HOUR_MS, NOW_MS + HOUR_MS, NOW_MS],
  ] as const)('%s', async ([, firstMs, pausedMs, secondMs]) => {
    const first = await receivedAt(firstMs);
    await store.pauses.pause(AGENT, pausedMs);
    const second = await receivedAt(secondMs);
    await store.hirings.accept([deliveryOf(first, { atMs: secondMs, raw: 'once more' })]);
    expect([await isPaused(first), await isPaused(second)]).toEqual([false, true]);
    await store.pauses.pause(AGENT, pausedMs);
    expect([await isPaused(first), await isPaused(second)]).toEqual([false, true]);
    await store.pauses.resume(AGENT);
    expect([await isPaused(first), await isPaused(second)]).toEqual([false, false]);
  });

  test('the pause of all agents, which may be the earlier one', async () => {
    await store.pauses.pause(undefined, NOW_MS);
    const between = await receivedAt(NOW_MS);
    await store.pauses.pause(AGENT, NOW_MS);
    expect(await isPaused(between)).toBe(true);
  });

  test('not the pause of another agent', async () => {
    await store.pauses.pause(OTHER_AGENT, NOW_MS);
    expect(await isPaused(await receivedAt(NOW_MS))).toBe(false);
  });

  test("a hirer's retry of what came before it", async () => {
    const hiringId = await receivedAt(NOW_MS);
    await take(store.hirings, hiringId, { event: 'over_failed', cause: 'x' }, NOW_MS);
    await store.hirings.accept([deliveryOf(hiringId, { atMs: NOW_MS, raw: 'once more' })]);
    await store.pauses.pause(AGENT, NOW_MS + HOUR_MS);
    await take(store.hirings, hiringId, openingOf(hiringId, 2, NOW_MS), NOW_MS);
    expect([await isPaused(hiringId, 1), await isPaused(hiringId, 2)]).toEqual([false, true]);
  });
});
