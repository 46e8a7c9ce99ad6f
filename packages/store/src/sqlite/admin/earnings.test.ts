import { join } from 'node:path';
import { earningOf, type AgentId, type Store } from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AGENT,
  claimOf,
  deliveryOf,
  hiringOf,
  newHiringId,
  openTestStore,
  OTHER_AGENT,
  progressOf,
  take,
  temporaryDirectory,
  taskOf,
} from '../../../test/fixtures.ts';

const DAY_MS = 86_400_000;

interface Sold {
  readonly agentId: AgentId;
  readonly price: string | undefined;
  readonly atMs: number;
  readonly event: 'over_completed' | 'over_failed' | 'over_cancelled' | 'over_disputed';
}

async function sell(
  store: Store,
  clock: { nowMs: number },
  { agentId, price, atMs, event }: Sold,
): Promise<void> {
  clock.nowMs = atMs;
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId, { agentId, atMs }, { price })]);
  const opening = {
    event: 'confirmed',
    cause: 'x',
    open: {
      number: 1,
      taskId: taskOf(hiringId, 1),
      marker: {},
      hiring: hiringOf(hiringId, { agentId, price }),
    },
    progress: progressOf(),
    reread: true,
    dueAtMs: atMs,
  } as const;
  await take(store.hirings, hiringId, opening, atMs);
  await take(store.hirings, hiringId, { event, cause: 'x' }, atMs);
}

async function withStore(run: (store: Store, clock: { nowMs: number }) => Promise<void>): Promise<void> {
  const directory = temporaryDirectory();
  const { store, clock } = openTestStore(join(directory.path, 'store.db'));
  await run(store, clock);
  await store.close();
  directory.remove();
}

const ALL = { fromMs: 0, toMs: 1_000 * DAY_MS };

test('counts what was completed on its day, by agent and price, and nothing else', async () => {
  await withStore(async (store, clock) => {
    const paid = { agentId: AGENT, price: '25.00', atMs: DAY_MS, event: 'over_completed' } as const;
    await sell(store, clock, paid);
    await sell(store, clock, { ...paid, atMs: 2 * DAY_MS - 1 });
    await sell(store, clock, { ...paid, atMs: 2 * DAY_MS });
    await sell(store, clock, { ...paid, price: undefined });
    await sell(store, clock, { ...paid, agentId: OTHER_AGENT });
    await sell(store, clock, { ...paid, event: 'over_failed' });
    // Known by its heard form alone.
    clock.nowMs = DAY_MS;
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId, {}, { price: '3.00' })]);
    const claim = await claimOf(store.hirings, hiringId, DAY_MS);
    await store.hirings.commit(claim, { event: 'over_completed', cause: 'x', reread: true }, DAY_MS);

    const rows = await store.earnings(ALL);
    expect(rows).toHaveLength(5);
    expect(new Set(rows)).toEqual(
      new Set([
        { agentId: AGENT, dayMs: 2 * DAY_MS, price: '25.00', count: 1, takenBack: false },
        { agentId: AGENT, dayMs: DAY_MS, price: '25.00', count: 2, takenBack: false },
        { agentId: AGENT, dayMs: DAY_MS, price: '3.00', count: 1, takenBack: false },
        { agentId: AGENT, dayMs: DAY_MS, price: undefined, count: 1, takenBack: false },
        { agentId: OTHER_AGENT, dayMs: DAY_MS, price: '25.00', count: 1, takenBack: false },
      ]),
    );
    expect(await store.earnings({ ...ALL, agentId: OTHER_AGENT })).toHaveLength(1);
    expect(await store.earnings({ fromMs: 2 * DAY_MS, toMs: 3 * DAY_MS })).toHaveLength(1);
  });
});

test('days and agents together are what the hirings are', async () => {
  const sold = fc.record({
    agentId: fc.constantFrom(AGENT, OTHER_AGENT),
    price: fc.option(
      fc.integer({ min: 0, max: 99_999 }).map((tenths) => `${tenths}.${tenths % 1_000}`),
      { nil: undefined },
    ),
    atMs: fc.integer({ min: DAY_MS, max: 5 * DAY_MS }),
    event: fc.constantFrom('over_completed', 'over_failed', 'over_cancelled', 'over_disputed'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sold, { maxLength: 12 }), async (all) => {
      await withStore(async (store, clock) => {
        let gross = 0n;
        let net = 0n;
        for (const one of all) {
          await sell(store, clock, one);
          if (one.event !== 'over_completed') continue;
          gross += earningOf(one.price)?.grossCents ?? 0n;
          net += earningOf(one.price)?.netCents ?? 0n;
        }
        const rows = await store.earnings(ALL);
        const sum = (of: 'grossCents' | 'netCents' | 'feeCents'): bigint =>
          rows.reduce((total, row) => total + BigInt(row.count) * (earningOf(row.price)?.[of] ?? 0n), 0n);
        expect([sum('grossCents'), sum('netCents')]).toEqual([gross, net]);
        expect(sum('feeCents') + sum('netCents')).toBe(gross);
      });
    }),
    { numRuns: 15 },
  );
});
