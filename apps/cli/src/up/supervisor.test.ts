import { type Clock, StoreError } from '@agrenting-hiclaw/core/domain';
import { SettingError } from '@agrenting-hiclaw/runtime';
import { expect, test } from 'vitest';
import { superviseParts, NothingLeftError, type Part } from './supervisor.ts';

/** What becomes of one start: it fails, or the part is up for so long and then fails; the last one stays up. */
type Start = { readonly fails: Error } | { readonly upMs: number; readonly why: Error } | 'stays';

class World {
  readonly said: string[] = [];
  readonly waits: number[] = [];
  readonly closed: string[] = [];
  readonly stop = new AbortController();
  #elapsedMs = 0;

  readonly clock: Clock = {
    nowMs: () => this.#elapsedMs,
    elapsedMs: () => this.#elapsedMs,
    sleep: async (waitMs) => {
      this.waits.push(waitMs);
      this.#elapsedMs += waitMs;
      await Promise.resolve();
    },
  };

  /** A part of which every start comes out as it is said; when it stays up, `onUp` is called. */
  part(name: string, starts: readonly Start[], onUp: () => void = () => undefined): Part {
    const left = [...starts];
    return {
      name,
      start: async () => {
        const start = left.shift() ?? 'stays';
        if (start !== 'stays' && 'fails' in start) return await Promise.reject(start.fails);
        const closing = Promise.withResolvers<void>();
        if (start === 'stays') onUp();
        else {
          this.#elapsedMs += start.upMs;
          closing.reject(start.why);
        }
        return {
          healthUrl: 'http://health',
          closed: closing.promise,
          close: async () => {
            this.closed.push(name);
            closing.resolve();
            await Promise.resolve();
          },
        };
      },
    };
  }

  async keep(...parts: readonly Part[]): Promise<void> {
    await superviseParts({
      parts,
      clock: this.clock,
      stop: this.stop.signal,
      say: (text) => this.said.push(text),
    });
  }
}

const passing = new Error('the other side hung up');
const busy = new StoreError('locked', 'Another process keeps it locked', 'End it');
const corrupt = new StoreError('corrupt', 'It is damaged', 'Restore it');
const wrongSetting = new SettingError({
  where: 'health.port',
  code: 'port_taken',
  host: '127.0.0.1',
  port: 9090,
  variable: 'ADAPTER_HEALTH_PORT',
});

test('a part that fails is started again, said why, and the other one goes on', async () => {
  const world = new World();
  await world.keep(
    world.part('one', ['stays']),
    world.part('two', [{ fails: busy }, { upMs: 10, why: passing }, 'stays'], () => world.stop.abort()),
  );
  expect(world.waits).toEqual([1_000, 2_000]);
  expect(world.said.join('')).toContain(
    'two failed and will be restarted in 1 s: Another process keeps it locked. End it',
  );
  expect(world.said.join('')).toContain(
    'two failed and will be restarted in 2 s: Error: the other side hung up',
  );
  // The first one was never closed before the end.
  expect(world.closed.filter((name) => name === 'one')).toHaveLength(1);
  expect(world.said.filter((text) => text.startsWith('one is up'))).toHaveLength(1);
});

test('waits double up to a minute, and start over after five minutes without a failure', async () => {
  const world = new World();
  const soon = Array.from({ length: 9 }, () => ({ fails: passing }));
  const starts = [...soon, { upMs: 300_000, why: passing }, { fails: passing }, 'stays' as const];
  await world.keep(world.part('one', starts, () => world.stop.abort()));
  const seconds = world.waits.map((waitMs) => waitMs / 1_000);
  expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 1, 2]);
});

test('a wrong setting at the first start ends all of it, and what runs is closed', async () => {
  const world = new World();
  await expect(
    world.keep(world.part('one', ['stays']), world.part('two', [{ fails: wrongSetting }])),
  ).rejects.toBe(wrongSetting);
  expect(world.closed).toEqual(['one']);
});

test('what looks like a wrong setting later may pass', async () => {
  const world = new World();
  const starts = [{ upMs: 1, why: passing }, { fails: wrongSetting }, 'stays' as const];
  await world.keep(world.part('one', starts, () => world.stop.abort()));
  expect(world.waits).toEqual([1_000, 2_000]);
});

test('a part that failed for good stays down, and the others go on until none is left', async () => {
  const world = new World();
  await world.keep(
    world.part('one', [{ fails: corrupt }]),
    world.part('two', ['stays'], () => setImmediate(() => world.stop.abort())),
  );
  expect(world.said.join('')).toContain('one failed and stays down: It is damaged. Restore it');
  expect(world.closed).toEqual(['two']);

  const lost = new World();
  await expect(
    lost.keep(lost.part('one', [{ fails: corrupt }]), lost.part('two', [{ upMs: 5, why: corrupt }])),
  ).rejects.toThrow(NothingLeftError);
  expect(lost.waits).toEqual([]);
});

test('one that ends on its own is restarted, and so is one that cannot be closed', async () => {
  const world = new World();
  let starts = 0;
  const part: Part = {
    name: 'one',
    start: async () => {
      starts += 1;
      if (starts === 2) world.stop.abort();
      return await Promise.resolve({
        healthUrl: 'http://health',
        closed: starts === 1 ? Promise.resolve() : new Promise<void>(() => undefined),
        close: async () => (starts === 1 ? await Promise.reject(new Error('stuck')) : undefined),
      });
    },
  };
  await world.keep(part);
  expect(world.said.join('')).toMatch(/could not be closed: Error: stuck[\s\S]*it ended unexpectedly/);
  expect(starts).toBe(2);
});
