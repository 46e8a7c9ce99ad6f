import type { SendBudget, SendLane } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { freshSubject, type OpenSubject } from './subject.ts';

/** Ten messages at once, then one a second. */
const HOME: SendLane = { name: 'home', ceiling: { perMinute: 60, burst: 10 } };
const ELSEWHERE: SendLane = { ...HOME, name: 'elsewhere' };
const START_MS = 1_000_000_000;
const HOUR_MS = 3_600_000;

/** What every `SendBudget` does. */
export function sendBudgetContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  async function take(budgets: SendBudget, nowMs: number, lane = HOME): Promise<number> {
    return (await budgets.take({ lane, rank: 'assignment' }, nowMs)).waitMs;
  }

  async function takeTimes(budgets: SendBudget, times: number, nowMs: number): Promise<readonly number[]> {
    const waits: number[] = [];
    for (let count = 0; count < times; count += 1) waits.push(await take(budgets, nowMs));
    return waits;
  }

  async function drain(): Promise<void> {
    expect(await takeTimes(subject.budgets, 10, START_MS)).toEqual(Array.from({ length: 10 }, () => 0));
  }

  async function hold(budgets: SendBudget, retryAfterMs: number, nowMs = START_MS): Promise<void> {
    await budgets.refused(HOME, { takenAtMs: nowMs, retryAfterMs }, nowMs);
  }

  test('gives a burst at once, then says how long until the next', async () => {
    const { budgets } = subject;
    await drain();
    expect(await take(budgets, START_MS)).toBe(1_000);
    expect(await take(budgets, START_MS + 400)).toBe(600);
    expect(await take(budgets, START_MS + 999)).toBe(1);
    expect(await take(budgets, START_MS + 1_000)).toBe(0);
    expect(await take(budgets, START_MS + 1_000)).toBe(1_000);
  });

  test('fills up to the burst and no further', async () => {
    await drain();
    const waits = await takeTimes(subject.budgets, 12, START_MS + HOUR_MS);
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  });

  test('is one for all processes, and stays when they end', async () => {
    const other = await subject.another();
    expect(await takeTimes(subject.budgets, 6, START_MS)).not.toContain(1_000);
    expect(await takeTimes(other.budgets, 5, START_MS)).toEqual([0, 0, 0, 0, 1_000]);
    const again = await subject.restart();
    expect(await take(again.budgets, START_MS)).toBe(1_000);
  });

  test('two processes that ask at once never get more than the rate', async () => {
    const other = await subject.another();
    for (let second = 0; second < 20; second += 1) {
      const nowMs = START_MS + second * 1_000;
      const waits = await Promise.all([
        takeTimes(subject.budgets, 8, nowMs),
        // Read its clock a little earlier.
        takeTimes(other.budgets, 8, nowMs - 300),
      ]);
      const given = waits.flat().filter((waitMs) => waitMs === 0);
      expect(given).toHaveLength(second === 0 ? 10 : 1);
    }
  });

  test('each lane has its own', async () => {
    await drain();
    expect(await take(subject.budgets, START_MS, ELSEWHERE)).toBe(0);
  });

  test('what a bound within it keeps back is not taken from the lane', async () => {
    const { budgets } = subject;
    const within: SendLane = { name: 'worker', ceiling: { perMinute: 60, burst: 2 } };
    const request = { lane: HOME, within, rank: 'other' } as const;
    for (const bound of ['lane', 'lane', 'within', 'within'] as const) {
      expect(await budgets.take(request, START_MS)).toMatchObject({ bound });
    }
    const waits = await takeTimes(budgets, 9, START_MS);
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(8);
  });

  test('nobody sends while the homeserver asks for patience, and a shorter wish does not end a longer one', async () => {
    const { budgets } = subject;
    const other = await subject.another();
    await hold(budgets, 5_000);
    await hold(budgets, 2_000);
    expect(await take(other.budgets, START_MS)).toBe(5_000);
    expect(await take(budgets, START_MS + 4_999)).toBe(1);
    expect(await take(budgets, START_MS, ELSEWHERE)).toBe(0);
    expect(await take(other.budgets, START_MS + 5_000)).toBe(0);
  });

  test('what a refusal taught holds for all processes, and after a restart', async () => {
    const other = await subject.another();
    expect(await take(subject.budgets, START_MS)).toBe(0);
    await hold(subject.budgets, 5_000);
    expect(await take(other.budgets, START_MS + 5_000)).toBe(0);
    expect((await other.budgets.take({ lane: HOME, rank: 'other' }, START_MS + 5_000)).everyMs).toBeCloseTo(
      5_000,
      -3,
    );
    const again = await subject.restart();
    expect((await again.budgets.take({ lane: HOME, rank: 'other' }, START_MS + 5_000)).everyMs).toBeCloseTo(
      5_000,
      -3,
    );
  });

  test('nobody is held for more than ten minutes', async () => {
    const { budgets } = subject;
    await hold(budgets, 24 * HOUR_MS);
    expect(await take(budgets, START_MS)).toBe(600_000);
    expect(await take(budgets, START_MS + 1_000)).toBe(599_000);
    expect(await take(budgets, START_MS + 600_000)).toBe(0);
  });

  test('a clock that is set back stops it for no longer than usual', async () => {
    const { budgets } = subject;
    await drain();
    await hold(budgets, 60_000);
    const nowMs = START_MS - HOUR_MS;
    expect(await take(budgets, nowMs)).toBeLessThanOrEqual(600_000);
    expect(await take(budgets, nowMs + 600_000)).toBe(0);
    expect(await take(budgets, nowMs - HOUR_MS)).toBeLessThanOrEqual(600_000);
    expect(await take(budgets, nowMs - HOUR_MS + 600_000)).toBe(0);
  });

  test('a rate that lets nothing through is a bug', async () => {
    const { budgets } = subject;
    const lane = (perMinute: number, burst: number): SendLane => ({
      name: 'home',
      ceiling: { perMinute, burst },
    });
    await expect(take(budgets, START_MS, lane(0, 1))).rejects.toThrow('sends nothing');
    await expect(take(budgets, START_MS, lane(1, 0))).rejects.toThrow('sends nothing');
  });
}
