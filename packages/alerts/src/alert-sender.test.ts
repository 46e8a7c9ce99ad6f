import type { Clock, Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTemporaryStore, type TemporaryStore } from '../../store/test/temporary-store.ts';
import { sendAlerts } from './alert-sender.ts';
import type { Delivery, SentAlert, Sink } from './sink.ts';

const DAY_MS = 24 * 3_600_000;

let temporary: TemporaryStore;
let store: Store;
let nowMs: number;
beforeEach(() => {
  nowMs = 1_000_000;
  temporary = openTemporaryStore(() => nowMs);
  ({ store } = temporary);
});
afterEach(async () => {
  await temporary.close();
});

async function keep(...keys: readonly string[]): Promise<void> {
  const rules = { sinks: ['webhook'], perHour: 100, repeatAfterMs: 1, summarize: () => '' };
  const alerts = keys.map((key) => ({ key, kind: 'failed', text: key, atMs: nowMs }) as const);
  await store.alerts.keep(alerts, rules, nowMs);
}

/** Sends until nothing waits, with time passing in sleeps alone; gives tries and log. */
async function run(answer: (alert: SentAlert, tries: number) => Delivery) {
  const tried: string[] = [];
  const logged: string[] = [];
  const note = (...[, text]: [object, string?]): void => void logged.push(text ?? '');
  const stop = new AbortController();
  const sink: Sink = {
    name: 'webhook',
    async send(alert) {
      tried.push(alert.key);
      return await Promise.resolve(answer(alert, tried.length));
    },
    close: () => undefined,
  };
  const clock: Pick<Clock, 'nowMs' | 'sleep'> = {
    nowMs: () => nowMs,
    async sleep(ms) {
      nowMs += ms;
      if ((await store.alerts.next('webhook')) === undefined) stop.abort();
    },
  };
  await sendAlerts(
    {
      sink,
      alerts: store.alerts,
      clock: { ...clock, elapsedMs: () => nowMs },
      random: () => 0.5,
      log: { info: note, warn: note, error: note },
    },
    stop.signal,
  );
  return { tried, logged };
}

describe('sending alerts to a place', () => {
  test('goes one after the other, each once', async () => {
    await keep('a', 'b');
    expect((await run(() => ({ kind: 'sent' }))).tried).toEqual(['a', 'b']);
  });

  test('tries again what nobody knows of, in its order', async () => {
    await keep('a', 'b');
    const { tried } = await run((_, tries) =>
      tries < 3 ? { kind: 'unavailable', problem: 'down' } : { kind: 'sent' },
    );
    expect(tried).toEqual(['a', 'a', 'a', 'b']);
  });

  test('lets others go before one that is refused', async () => {
    await keep('a', 'b');
    const { tried } = await run(({ key }, tries) =>
      key === 'a' && tries < 3 ? { kind: 'refused', problem: 'no' } : { kind: 'sent' },
    );
    expect(tried).toEqual(['a', 'b', 'a']);
  });

  test('waits longer each time, up to ten minutes, and gives up after a day with a word in the log', async () => {
    await keep('a');
    const began = nowMs;
    const { tried, logged } = await run(() => ({ kind: 'unavailable', problem: 'down' }));
    expect(nowMs - began).toBeGreaterThan(DAY_MS);
    expect(nowMs - began).toBeLessThan(DAY_MS + 3_600_000);
    expect(tried.length).toBeLessThan(600);
    expect(logged.filter((line) => line.includes('are given up'))).toHaveLength(1);
  });

  test('waits as long as it is asked to', async () => {
    await keep('a');
    const began = nowMs;
    await run((_, tries) =>
      tries === 1 ? { kind: 'unavailable', problem: 'busy', retryAfterMs: 300_000 } : { kind: 'sent' },
    );
    expect(nowMs - began).toBeGreaterThanOrEqual(300_000);
  });
});
