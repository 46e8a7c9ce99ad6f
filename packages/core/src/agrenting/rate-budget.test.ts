import { expect, test } from 'vitest';
import { RateBudget } from './rate-budget.ts';
import { ManualClock } from './test/manual-clock.ts';

function drain(budget: RateBudget): number {
  let taken = 0;
  while (budget.take() === 0) taken += 1;
  return taken;
}

test('gives a minute of requests at once and refills steadily', () => {
  const clock = new ManualClock();
  const budget = new RateBudget(clock, 60);
  expect(drain(budget)).toBe(60);
  expect(budget.take()).toBe(1000);
  clock.ms += 1000;
  expect(drain(budget)).toBe(1);
});

test('follows the limit and the rest that the marketplace names', () => {
  const budget = new RateBudget(new ManualClock(), 100);
  budget.follow(new Headers({ 'X-RateLimit-Limit': '50', 'X-RateLimit-Remaining': '3' }));
  expect(drain(budget)).toBe(3);
});

test.each(['-1', 'many', '1e9', ''])('ignores a limit of %j', (limit) => {
  const budget = new RateBudget(new ManualClock(), 7);
  budget.follow(new Headers({ 'X-RateLimit-Limit': limit, 'X-RateLimit-Remaining': limit }));
  expect(drain(budget)).toBe(7);
});

test('keeps a reserve for those who may use it', () => {
  const budget = new RateBudget(new ManualClock(), 10);
  let ordinary = 0;
  while (budget.take(0.2) === 0) ordinary += 1;
  expect(ordinary).toBe(8);
  expect(drain(budget)).toBe(2);
});

test('lets nothing out while it is held, and is not held for ever by a clock set back', () => {
  const clock = new ManualClock();
  const budget = new RateBudget(clock, 10);
  budget.hold(45_000);
  expect(budget.take()).toBe(45_000);
  clock.ms += 45_000;
  expect(budget.take()).toBe(0);
  budget.hold(45_000);
  clock.ms -= 3_600_000;
  expect(budget.take()).toBe(0);
});
