import { randomUUID } from 'node:crypto';
import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  unreadHiring,
  type HiringId,
  type HiringRead,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTemporaryStore, type TemporaryStore } from '../../store/test/temporary-store.ts';
import { sweepEnded } from './ended-rereads.ts';

const AGENT = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let temporary: TemporaryStore;
let store: Store;
let nowMs: number;
/** What the marketplace's clock shows, as far as that is known. */
let theirNowMs: (() => number) | undefined;
let answer: (hiringId: HiringId) => HiringRead;
let asked: (readonly [HiringId, string | undefined])[];
let reported: string[];
beforeEach(() => {
  nowMs = 100 * DAY_MS;
  theirNowMs = undefined;
  asked = [];
  reported = [];
  answer = (hiringId) => shownAs(hiringId, 'completed');
  temporary = openTemporaryStore(() => nowMs);
  ({ store } = temporary);
});
afterEach(async () => {
  await temporary.close();
});

function shownAs(hiringId: HiringId, status: string): HiringRead {
  return { kind: 'found', source: 'rest', hiring: { ...unreadHiring(hiringId), status, price: '25.00' } };
}

async function ended(event: 'over_completed' | 'over_failed' = 'over_completed'): Promise<HiringId> {
  const hiringId = hiringIdSchema.parse(randomUUID());
  const hiring = { ...unreadHiring(hiringId), price: '25.00' };
  const parsed = { kind: 'hiring', hiring } as const;
  await store.hirings.accept([{ intake: 'mcp', agentId: AGENT, atMs: nowMs, parsed, raw: 'raw' }]);
  const open = { number: 1, taskId: taskIdOf(hiringId, 1, '0'.repeat(24)), marker: {}, hiring };
  const opening = { event: 'confirmed', cause: 'x', open, progress: FRESH_PROGRESS, dueAtMs: nowMs } as const;
  for (const step of [opening, { event, cause: 'x', reread: true } as const]) {
    const [claim] = await store.hirings.claim({ holder: 'test', nowMs, leaseMs: 1_000, limit: 1 });
    if (claim !== undefined) await store.hirings.commit(claim, step, nowMs);
  }
  return hiringId;
}

async function sweep(endedDays = 14): Promise<void> {
  await sweepEnded({
    store,
    marketplace: {
      readHiring: async (_agent, hiringId, purpose) => {
        asked.push([hiringId, purpose]);
        return await Promise.resolve(answer(hiringId));
      },
    },
    marketplaceClock: { toTheirs: (ourMs) => ourMs - nowMs + (theirNowMs?.() ?? nowMs) },
    endedDays,
    clock: { nowMs: () => nowMs, elapsedMs: () => nowMs, sleep: async () => await Promise.resolve() },
    signal: new AbortController().signal,
    report: (_hiring, event) => void reported.push(event),
  });
}

describe('the sweep of ended hirings', () => {
  test('reads an ended hiring fifteen times in a fortnight, behind everything else, and then no more', async () => {
    const hiringId = await ended();
    for (let hour = 0; hour < 24 * 20; hour += 1) {
      nowMs += HOUR_MS;
      await sweep();
    }
    expect(asked).toHaveLength(15);
    expect(new Set(asked.map(([, purpose]) => purpose))).toEqual(new Set(['ended']));
    expect(await store.endedRereads.due(nowMs + 1_000 * DAY_MS, 10)).toEqual([]);
    expect((await store.hirings.find(hiringId))?.money).toBe('paid');
    expect(reported).toEqual([]);
  });

  test('notes a dispute and a refund once each', async () => {
    const hiringId = await ended();
    for (const status of ['disputed', 'disputed', 'refunded', 'refunded']) {
      answer = (id) => shownAs(id, status);
      nowMs += 2 * DAY_MS;
      await sweep();
    }
    expect(reported).toEqual(['dispute_opened', 'payment_reversed']);
    const transitions = await store.hirings.history(hiringId);
    expect(transitions.map(({ event, to }) => `${event} ${to}`).slice(-3)).toEqual([
      'over_completed completed',
      'dispute_opened completed',
      'payment_reversed completed',
    ]);
  });

  test('reads at most twenty at a time', async () => {
    for (let count = 0; count < 25; count += 1) await ended();
    nowMs += HOUR_MS;
    await sweep();
    expect(asked).toHaveLength(20);
    await sweep();
    expect(asked).toHaveLength(25);
  });

  test('asks no more for an agent whose read failed, until an hour later', async () => {
    await ended();
    await ended();
    answer = () => ({ kind: 'unavailable', problem: 'planted' });
    nowMs += HOUR_MS;
    await sweep();
    expect(asked).toHaveLength(1);
    nowMs += HOUR_MS - 1;
    await sweep();
    expect(asked).toHaveLength(1);
    answer = (hiringId) => shownAs(hiringId, 'refunded');
    nowMs += 1;
    await sweep();
    expect(asked).toHaveLength(3);
    expect(reported).toEqual(['payment_reversed', 'payment_reversed']);
  });

  test.for(['shows it', 'cannot be reached'] as const)(
    'goes on when the clock was a month ahead for a while, and the marketplace %s',
    async (marketplace) => {
      const hiringId = await ended();
      nowMs += 30 * DAY_MS;
      theirNowMs = () => nowMs - 30 * DAY_MS;
      if (marketplace === 'cannot be reached') {
        theirNowMs = undefined;
        answer = () => ({ kind: 'unavailable', problem: 'planted' });
      }
      await sweep();
      theirNowMs = undefined;
      nowMs -= 30 * DAY_MS;
      await store.cutFarAhead(25_000);
      nowMs += HOUR_MS;
      answer = (id) => shownAs(id, 'refunded');
      await sweep();
      expect(asked.map(([id]) => id)).toEqual([hiringId, hiringId]);
      expect(reported).toEqual(['payment_reversed']);
    },
  );

  test('wakes a hiring that the hirer had run again', async () => {
    const hiringId = await ended('over_failed');
    answer = (id) => shownAs(id, 'in_progress');
    nowMs += HOUR_MS;
    await sweep();
    const [claim] = await store.hirings.claim({ holder: 'test', nowMs, leaseMs: 1_000, limit: 1 });
    expect([claim?.record.hiringId, claim?.record.rereadWanted]).toEqual([hiringId, true]);
    expect(reported).toEqual([]);
  });
});
