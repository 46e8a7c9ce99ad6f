import type { SendBudget } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { freshSubject, type OpenSubject } from './subject.ts';

/** Ten messages at once, then one a second. */
const RATE = { perMinute: 60, burst: 10 };
const START_MS = 1_000_000_000;
const HOUR_MS = 3_600_000;

/** What every `SendBudget` does. */
export function sendBudgetContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  async function takeTimes(budgets: SendBudget, times: number, nowMs: number): Promise<readonly number[]> {
    const waits: number[] = [];
    for (let count = 0; count < times; count += 1) waits.push(await budgets.take('home', RATE, nowMs));
    return waits;
  }

  async function drain(): Promise<void> {
    expect(await takeTimes(subject.budgets, 10, START_MS)).toEqual(Array.from({ length: 10 }, () => 0));
  }

  test('gives a burst at once, then says how long until the next', async () => {
    const { budgets } = subject;
    await drain();
    expect(await budgets.take('home', RATE, START_MS)).toBe(1_000);
    expect(await budgets.take('home', RATE, START_MS + 400)).toBe(600);
    expect(await budgets.take('home', RATE, START_MS + 999)).toBe(1);
    expect(await budgets.take('home', RATE, START_MS + 1_000)).toBe(0);
    expect(await budgets.take('home', RATE, START_MS + 1_000)).toBe(1_000);
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
    expect(await again.budgets.take('home', RATE, START_MS)).toBe(1_000);
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

  test('each name has its own', async () => {
    await drain();
    expect(await subject.budgets.take('elsewhere', RATE, START_MS)).toBe(0);
  });

  test('nobody sends while the homeserver asks for patience, and a shorter wish does not end a longer one', async () => {
    const { budgets } = subject;
    const other = await subject.another();
    await budgets.hold('home', START_MS + 5_000);
    await budgets.hold('home', START_MS + 2_000);
    expect(await other.budgets.take('home', RATE, START_MS)).toBe(5_000);
    expect(await budgets.take('home', RATE, START_MS + 4_999)).toBe(1);
    expect(await budgets.take('elsewhere', RATE, START_MS)).toBe(0);
    expect(await other.budgets.take('home', RATE, START_MS + 5_000)).toBe(0);
  });

  test('nobody is held for more than ten minutes', async () => {
    const { budgets } = subject;
    await budgets.hold('home', START_MS + 24 * HOUR_MS);
    expect(await budgets.take('home', RATE, START_MS)).toBe(600_000);
    expect(await budgets.take('home', RATE, START_MS + 1_000)).toBe(599_000);
    expect(await budgets.take('home', RATE, START_MS + 600_000)).toBe(0);
  });

  test('a clock that is set back stops it for no longer than usual', async () => {
    const { budgets } = subject;
    await drain();
    await budgets.hold('home', START_MS + 60_000);
    const nowMs = START_MS - HOUR_MS;
    expect(await budgets.take('home', RATE, nowMs)).toBe(600_000);
    expect(await takeTimes(budgets, 11, nowMs + 600_000)).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      1_000,
    ]);
    expect(await budgets.take('home', RATE, nowMs - HOUR_MS)).toBe(1_000);
    expect(await budgets.take('home', RATE, nowMs - HOUR_MS + 1_000)).toBe(0);
  });

  test('a rate that lets nothing through is a bug', async () => {
    const { budgets } = subject;
    await expect(budgets.take('home', { perMinute: 0, burst: 1 }, START_MS)).rejects.toThrow('sends nothing');
    await expect(budgets.take('home', { perMinute: 1, burst: 0 }, START_MS)).rejects.toThrow('sends nothing');
  });
}
