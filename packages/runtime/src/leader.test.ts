import type { Clock, Leases } from '@agrenting-hiclaw/core/domain';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { startLeader, type Leader } from './leader.ts';

/** Leases in memory, by the rules of the port. */
function memoryLeases(): Leases & { steal(name: string): void } {
  const held = new Map<string, { holder: string; untilMs: number }>();
  return {
    async take(name, holder, nowMs, leaseMs) {
      const lease = held.get(name);
      if (lease !== undefined && lease.holder !== holder && lease.untilMs > nowMs) return false;
      held.set(name, { holder, untilMs: nowMs + leaseMs });
      return true;
    },
    async held(name, nowMs) {
      return (held.get(name)?.untilMs ?? 0) > nowMs;
    },
    async release(name, holder) {
      if (held.get(name)?.holder === holder) held.delete(name);
    },
    steal: (name) => held.set(name, { holder: 'thief', untilMs: Number.POSITIVE_INFINITY }),
  };
}

/** A clock that stands still until it is turned. */
class TurnedClock implements Clock {
  #nowMs = 0;
  #setBackMs = 0;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs - this.#setBackMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  async sleep(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((wake) => {
      this.#sleepers.push({ atMs: this.#nowMs + waitMs, wake });
      signal.addEventListener('abort', () => wake());
    });
  }

  /** Sets the time of day back, as an operator or a time server does. */
  setBack(byMs: number): void {
    this.#setBackMs += byMs;
  }

  turn(byMs: number): void {
    this.#nowMs += byMs;
    for (const sleeper of this.#sleepers) if (sleeper.atMs <= this.#nowMs) sleeper.wake();
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs);
  }
}

interface ChangeNotifier {
  readonly clock?: Clock;
  readonly leaseMs?: number;
  readonly failOnce?: boolean;
}

const started: Leader[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map(async (singleton) => await singleton.close()));
});

function start(holder: string, leases: Leases, runs: string[], changes: ChangeNotifier = {}): Leader {
  const { clock = systemClock, leaseMs = 60, failOnce = false } = changes;
  let failed = false;
  const singleton = startLeader({
    name: 'part',
    holder,
    leases,
    clock,
    leaseMs,
    onError: (problem) => runs.push(problem),
    run: async (signal) => {
      runs.push(`${holder} runs`);
      if (failOnce && !failed) {
        failed = true;
        throw new Error('planted');
      }
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      runs.push(`${holder} ends`);
    },
  });
  started.push(singleton);
  return singleton;
}

test('one of two runs; when it closes, the other takes over', async () => {
  const leases = memoryLeases();
  const runs: string[] = [];
  const first = start('first', leases, runs);
  await vi.waitFor(() => expect(first.held).toBe(true), { timeout: 30_000 });
  const second = start('second', leases, runs);
  await first.close();
  await vi.waitFor(() => expect(second.held).toBe(true), { timeout: 30_000 });
  expect(runs).toEqual(['first runs', 'first ends', 'second runs']);
});

test('a part that lost its lease ends', async () => {
  const leases = memoryLeases();
  const runs: string[] = [];
  const first = start('first', leases, runs);
  await vi.waitFor(() => expect(first.held).toBe(true), { timeout: 30_000 });
  leases.steal('part');
  await vi.waitFor(() => expect(first.held).toBe(false), { timeout: 30_000 });
  expect(runs).toEqual(['first runs', 'first ends']);
});

test('a part that failed runs again', async () => {
  const runs: string[] = [];
  start('first', memoryLeases(), runs, { failOnce: true });
  await vi.waitFor(() => expect(runs).toEqual(['first runs', 'part failed', 'first runs']), {
    timeout: 30_000,
  });
});

test.for([
  { setBackMs: 0, clockIs: 'right' },
  { setBackMs: 3_600_000, clockIs: 'set back' },
])(
  'a part ends before others may take its lease, when the store does not answer any more and the clock is $clockIs',
  async ({ setBackMs }) => {
    const leases = memoryLeases();
    const clock = new TurnedClock();
    const runs: string[] = [];
    const answer = Promise.withResolvers<boolean>();
    let asked = 0;
    const stuck: Leases = {
      held: async () => false,
      release: async (name, holder) => await leases.release(name, holder),
      take: async (name, holder, nowMs, leaseMs) => {
        asked += 1;
        return asked > 1 ? await answer.promise : await leases.take(name, holder, nowMs, leaseMs);
      },
    };
    const singleton = start('first', stuck, runs, { clock, leaseMs: 30_000 });
    await vi.waitFor(() => expect(singleton.held).toBe(true), { timeout: 30_000 });
    clock.setBack(setBackMs);
    clock.turn(10_000);
    await vi.waitFor(() => expect(asked).toBe(2), { timeout: 30_000 });
    expect(singleton.held).toBe(true);
    clock.turn(10_000);
    await vi.waitFor(() => expect(runs).toContain('first ends'), { timeout: 30_000 });
    answer.resolve(false);
  },
);

test('a part that is closed while it asks for its lease never runs on', async () => {
  const leases = memoryLeases();
  const runs: string[] = [];
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow: Leases = {
    held: async () => false,
    release: async (name, holder) => await leases.release(name, holder),
    take: async (name, holder, nowMs, leaseMs) => {
      asked.resolve();
      await go.promise;
      return await leases.take(name, holder, nowMs, leaseMs);
    },
  };
  const singleton = start('first', slow, runs);
  await asked.promise;
  const closed = singleton.close();
  go.resolve();
  await closed;
  expect([singleton.held, runs]).toEqual([false, []]);
});

test('a lease that the store granted late is no right to run until its end', async () => {
  const leases = memoryLeases();
  const runs: string[] = [];
  let asked = 0;
  const slow: Leases = {
    held: async () => false,
    release: async (name, holder) => await leases.release(name, holder),
    take: async (name, holder, nowMs, leaseMs) => {
      asked += 1;
      if (asked === 1) await systemClock.sleep(leaseMs, new AbortController().signal);
      else runs.push('asked again');
      return await leases.take(name, holder, nowMs, leaseMs);
    },
  };
  const singleton = start('first', slow, runs);
  await vi.waitFor(() => expect(singleton.held).toBe(true), { timeout: 30_000 });
  expect(runs.slice(0, 2)).toEqual(['asked again', 'first runs']);
});
