import { afterAll, describe, expect, test } from 'vitest';
import { NO_FAULTS } from '../src/scenario.ts';
import { simulate } from '../src/simulate.ts';
import { StorePool } from '../src/store-pool.ts';
import { mutations } from './mutations.ts';

const pool = new StorePool();
afterAll(async () => {
  await pool.close();
});

/** One hiring by one process, with nothing in its way. */
const oneHiring = {
  processes: 1,
  hirings: 1,
  workers: 1,
  agents: 1,
  rates: NO_FAULTS,
  sweepMs: undefined,
  outages: 0,
  settlementOutages: 0,
  clockJumps: 0,
  workerCrashes: 0,
  restarts: 0,
  diligence: true,
  forgeries: 0,
  reopens: false,
  toTheEnd: false,
  roomPerAttempt: false,
  intruder: false,
  otherWorker: false,
  digests: 'none',
  asksForYes: false,
  longOutage: undefined,
  outsideClockJumps: 0,
  startsAheadMs: 0,
  requestsPerMinute: undefined,
  sendRate: undefined,
  disputes: false,
} as const;

/** The share of every test run: always the same seeds, however fast the machine is. */
const SHARED_SEEDS = process.env['TEST_EVERY_CALL'] === '1' ? 100 : 20;
/** A planted bug is found within so many seeds. */
const FOUND_WITHIN = 300;

/** Every 25th call keeps a run short; `npm run test:long` takes all of them. */
const EVERY = process.env['TEST_EVERY_CALL'] === '1' ? 1 : 25;

describe('the simulator', () => {
  test('finds nothing wrong in the first seeds', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= SHARED_SEEDS; seed += 1) {
      const { violations } = await simulate(seed, { pool });
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  });

  test('does the same for the same seed, to the letter', async () => {
    // By now the pool has had many runs, and a fresh one none.
    for (const seed of [7, 8, 9, 10, 11, 12753]) {
      const first: string[] = [];
      const second: string[] = [];
      const one = await simulate(seed, { pool, print: (line) => first.push(line) });
      const fresh = new StorePool();
      const other = await simulate(seed, { pool: fresh, print: (line) => second.push(line) });
      await fresh.close();
      expect(second).toEqual(first);
      expect(other.digest).toBe(one.digest);
    }
  });

  test('does other things for another seed', async () => {
    const digests = new Set<string>();
    for (const seed of [1, 2, 3]) digests.add((await simulate(seed, { pool })).digest);
    expect(digests.size).toBe(3);
  });

  test.each(Object.entries(mutations))(
    'finds that %s',
    // Some are found by a hundred seeds, and each takes a second where a machine does other things.
    { timeout: 300_000 },
    async (_name, { mutation, breaks, grounds }) => {
      let broken: string | undefined;
      for (let seed = 1; seed <= FOUND_WITHIN && broken === undefined; seed += 1) {
        broken = (await simulate(seed, { pool, mutation, changes: grounds })).violations[0]?.rule;
      }
      expect(breaks).toContain(broken);
    },
  );

  test(
    'finds nothing wrong when the process is killed at any single call',
    { timeout: 300_000 },
    async () => {
      const undisturbed = await simulate(7, { pool, changes: oneHiring });
      expect(undisturbed.transitions.at(-1)).toBe('settling result_settled');
      const ways = new Set<string>();
      let kills = 0;
      for (let call = 1; call <= undisturbed.calls; call += EVERY) {
        for (const when of ['before', 'after'] as const) {
          const { violations, digest, transitions } = await simulate(7, {
            pool,
            changes: oneHiring,
            killAt: { call, when },
          });
          expect({ call, when, violations }).toEqual({ call, when, violations: [] });
          // Killed between the answer and the commit, it finds by a read that it was paid.
          expect(transitions.at(-1)).toMatch(/^settling (result_settled|over_completed)$/);
          ways.add(digest);
          kills += 1;
        }
      }
      expect(ways.size).toBe(kills);
    },
  );
});
