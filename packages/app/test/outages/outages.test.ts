import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyCell, nameOf, type Cell } from './cells.ts';
import { DEPENDENCIES, Outside } from './outside.ts';
import { walk } from './walk.ts';

/** Waits grow to five minutes, and to an hour behind a standstill. */
const LATEST_MS = 65 * 60_000;

/**
 * One of so many cells is walked where not all are, of those without hours of silence: so that each dependency, state and
 * answer is met. `npm run test:long -- outages` walks all of them; TEST_OUTAGES=<part of a name> those with such a name.
 */
const ONE_OF = 101;
const { TEST_OUTAGES } = process.env;
const cells = TEST_OUTAGES === undefined ? some() : chosen(TEST_OUTAGES);

function some(): readonly Cell[] {
  return everyCell()
    .filter(({ duration }) => duration !== '2 h')
    .filter((_, index) => index % ONE_OF === 0);
}

function chosen(text: string): readonly Cell[] {
  return everyCell().filter((cell) => text === 'all' || nameOf(cell).includes(text));
}

describe('a hiring through an outage', () => {
  let outside: Outside;
  beforeAll(async () => {
    outside = await Outside.start();
  });
  afterAll(async () => {
    await outside.close();
  });

  it.each(cells.map((cell) => ({ cell, name: nameOf(cell) })))(
    'ends on its own, once: $name',
    async ({ cell }) => {
      const { told, lateMs, ...walked } = await walk(outside, cell);
      expect(walked).toEqual({
        state: 'completed',
        status: 'completed',
        settled: 1,
        pushed: cell.dependency === 'git' ? 1 : 0,
        errors: [],
        // What came before, for readers of the failure.
        transitions: walked.transitions,
      });
      expect(new Set(told).size).toBe(told.length);
      expect(lateMs).toBeLessThan(LATEST_MS);
    },
  );

  it('is not cut short by what is left of the one before', async () => {
    const long = { dependency: 'controller', answer: '503', applied: false, duration: '2 h' } as const;
    // Nothing is asked of the controller once a result is there, so this one is over long before its outage.
    const first = await walk(outside, { ...long, state: 'settling' });
    expect(first.lateMs).toBeLessThan(-60 * 60_000);
    await outside.clock.pass(outside.clock.nowMs() + 60 * 60_000);
    const second = await walk(outside, { ...long, state: 'confirmed' });
    expect(second).toMatchObject({ state: 'completed', settled: 1, errors: [] });
    expect(second.lateMs).toBeGreaterThan(0);
  });

  it.each(DEPENDENCIES.filter((dependency) => dependency !== 'marketplace'))(
    'that lasts beyond its deadline is refunded, once, before a worker is notified: %s',
    async (dependency) => {
      const cell = {
        dependency,
        state: 'confirmed',
        answer: '503',
        applied: false,
        duration: '2 h',
      } as const;
      const { state, status, settled, told, lateMs } = await walk(outside, cell, 40 * 60_000);
      expect({ state, status, settled, told }).toEqual({
        state: 'failed',
        status: 'failed',
        settled: 1,
        told: [],
      });
      // The outage goes on for more than an hour behind it.
      expect(lateMs).toBeLessThan(-60 * 60_000);
    },
  );
});
