import { expect, test } from 'vitest';
import type { RequestBudgets } from '../domain/index.ts';
import { KeyBudget, MemoryRequestBudgets } from './request-budget.ts';
import type { StatedLimits } from './stated-limits.ts';
import { ManualClock } from './test/manual-clock.ts';

const OWN: StatedLimits = { isOwn: true };

function budgetOf(
  perWindow: number,
  clock = new ManualClock(),
  budgets: RequestBudgets = new MemoryRequestBudgets(),
) {
  return new KeyBudget({ name: 'key', budgets, clock, perWindow });
}

async function drain(budget: KeyBudget, reserveShare = 0): Promise<number> {
  let taken = 0;
  while ((await budget.take(reserveShare)).kind === 'go') taken += 1;
  return taken;
}

test('gives a window of requests at once, and the next when it is over', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(60, clock);
  expect(await drain(budget)).toBe(60);
  clock.ms += 20_000;
  expect(await budget.take()).toEqual({ kind: 'wait', waitMs: 40_000, because: 'limit' });
  clock.ms += 40_000;
  expect(await drain(budget)).toBe(60);
});

test('follows the limit and the rest that the marketplace names', async () => {
  const budget = budgetOf(100);
  await budget.heed({ status: 200, limits: { ...OWN, limit: 50, remaining: 3 }, question: false });
  expect(await drain(budget)).toBe(3);
});

test('writes nothing for an answer that tells nothing new', async () => {
  const memory = new MemoryRequestBudgets();
  let written = 0;
  const budgets: RequestBudgets = {
    change: async (name, change) =>
      await memory.change(name, (before) => {
        const changed = change(before);
        if (changed.after !== undefined) written += 1;
        return changed;
      }),
  };
  const clock = new ManualClock();
  const budget = budgetOf(100, clock, budgets);
  await budget.take();
  expect(written).toBe(1);
  await budget.heed({ status: 200, limits: OWN, question: false });
  expect(written).toBe(1);
  const limits = { ...OWN, limit: 100, remaining: 3 };
  await budget.heed({ status: 200, limits, question: false });
  expect(written).toBe(2);
  clock.ms += 30_000;
  await budget.heed({ status: 200, limits, question: false });
  expect(written).toBe(2);
});

test('keeps a reserve for those who may use it', async () => {
  const budget = budgetOf(10);
  expect(await drain(budget, 0.2)).toBe(8);
  expect(await drain(budget)).toBe(2);
});

test('spreads what is paced over its window, so that there is some in each part of it', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(100, clock);
  const byTenSeconds: number[] = [];
  for (let part = 0; part < 6; part += 1) {
    let taken = 0;
    while ((await budget.take(0.4, { paced: true })).kind === 'go') taken += 1;
    byTenSeconds.push(taken);
    clock.ms += 10_000;
  }
  expect(byTenSeconds[0]).toBeGreaterThanOrEqual(15);
  expect(Math.min(...byTenSeconds)).toBeGreaterThanOrEqual(5);
  expect(byTenSeconds.reduce((sum, taken) => sum + taken, 0)).toBeLessThanOrEqual(60);
});

test('lets the first request of a window go whatever it is for, however few there are', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(1, clock);
  for (const paced of [true, false]) {
    expect(await budget.take(0.4, { paced })).toMatchObject({ kind: 'go' });
    expect(await budget.take(0.4, { paced })).toMatchObject({ kind: 'wait', waitMs: 60_000 });
    clock.ms += 60_000;
  }
});

test('lets nothing out while it is held, and is not held forever by a clock set back', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(10, clock);
  await budget.hold(45_000);
  expect(await budget.take()).toMatchObject({ kind: 'wait', waitMs: 45_000 });
  clock.ms += 45_000;
  expect(await budget.take()).toMatchObject({ kind: 'go' });
  await budget.hold(45_000);
  clock.ms -= 3_600_000;
  expect(await budget.take()).toMatchObject({ kind: 'go' });
});

test('learns a limit that nobody names from refusals, and tries more again later', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(100, clock);
  await budget.heed({ status: 429, limits: OWN, question: false });
  expect(await budget.take()).toMatchObject({ kind: 'wait', because: 'limit' });
  clock.ms += 60_000;
  expect(await drain(budget)).toBeLessThan(60);
  for (let window = 0; window < 20; window += 1) {
    clock.ms += 60_000;
    await drain(budget);
  }
  clock.ms += 60_000;
  expect(await drain(budget)).toBe(100);
});

test('asks one question at a time while the key is refused, less and less often', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(1_000, clock);
  for (let together = 0; together < 5; together += 1) {
    await budget.heed({ status: 401, limits: OWN, question: false });
  }
  expect(budget.isRefused).toBe(true);
  let questions = 0;
  for (const endMs = clock.ms + 180_000; clock.ms < endMs; clock.ms += 1_000) {
    for (let hiring = 0; hiring < 5; hiring += 1) {
      const permit = await budget.take();
      if (permit.kind === 'wait') continue;
      expect(permit.question).toBe(true);
      questions += 1;
      expect(await budget.take()).toMatchObject({ kind: 'wait', because: 'refused' });
      await budget.heed({ status: 401, limits: OWN, question: true });
    }
  }
  expect(questions).toBe(5);
});

test('opens for all when one question finds the key taken again', async () => {
  const clock = new ManualClock();
  const budgets = new MemoryRequestBudgets();
  const here = budgetOf(100, clock, budgets);
  const elsewhere = budgetOf(100, clock, budgets);
  let told = 0;
  here.onTakenAgain(() => (told += 1));
  await elsewhere.heed({ status: 401, limits: OWN, question: false });
  expect(await here.take()).toMatchObject({ kind: 'wait', waitMs: 5_000, because: 'refused' });
  clock.ms += 5_000;
  expect(await here.take()).toEqual({ kind: 'go', question: true });
  expect(await elsewhere.take()).toMatchObject({ kind: 'wait', because: 'refused' });
  await here.heed({ status: 404, limits: OWN, question: true });
  expect(told).toBe(1);
  expect(await elsewhere.take()).toEqual({ kind: 'go', question: false });
});

test('asks again after a question that had no answer, and lets nobody wait forever for one who died', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(100, clock);
  await budget.heed({ status: 401, limits: OWN, question: false });
  clock.ms += 5_000;
  expect(await budget.take()).toMatchObject({ kind: 'go' });
  await budget.heed({ status: 0, limits: OWN, question: true });
  expect(await budget.take()).toMatchObject({ kind: 'wait', waitMs: 5_000 });
  clock.ms += 5_000;
  expect(await budget.take()).toMatchObject({ kind: 'go' });
  clock.ms += 36_000;
  expect(await budget.take()).toMatchObject({ kind: 'go', question: true });
});

test('goes on by what it last knew when the store fails', async () => {
  const clock = new ManualClock();
  const inner = new MemoryRequestBudgets();
  let fails = false;
  const budget = budgetOf(3, clock, {
    change: async (name, change) => {
      if (fails) throw new Error('the disk is full');
      return await inner.change(name, change);
    },
  });
  await budget.take();
  fails = true;
  expect(await drain(budget)).toBe(2);
});

test('forgets a limit that is not stated again, and keeps one that is', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(100, clock);
  const states = async (limits: Partial<StatedLimits>) =>
    await budget.heed({ status: 200, limits: { ...OWN, ...limits }, question: false });
  const minutes = async (count: number): Promise<number> => {
    clock.ms += count * 60_000;
    return await drain(budget);
  };
  await states({ limit: 5 });
  expect([await minutes(1), await minutes(12)]).toEqual([5, 5]);
  await states({ limit: 5 });
  expect([await minutes(13), await minutes(3)]).toEqual([5, 100]);
  await states({ limit: 5, windowMs: 20 * 60_000 });
  expect([await minutes(39), await minutes(2)]).toEqual([5, 100]);
  await states({ limit: 5, windowMs: 24 * 60 * 60_000 });
  expect([await minutes(59), await minutes(2)]).toEqual([5, 100]);
});

test('forgets a stated limit within an hour of a clock that was set back', async () => {
  const clock = new ManualClock();
  const budget = budgetOf(100, clock);
  await budget.heed({ status: 200, limits: { ...OWN, limit: 5 }, question: false });
  clock.ms -= 24 * 60 * 60_000;
  expect(await drain(budget)).toBe(5);
  clock.ms += 61 * 60_000;
  expect(await drain(budget)).toBe(100);
});
