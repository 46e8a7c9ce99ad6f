import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runMain, type RunningApp } from './run-main.ts';

const ENVIRONMENT = {
  AGRENTING_API_KEY: 'ap_planted0123456789abcdef',
  ADAPTER_MATRIX_URL: 'http://127.0.0.1:18080',
  ADAPTER_MATRIX_USER: '@agrenting:x:18080',
  ADAPTER_MATRIX_TOKEN: 'planted-token-of-matrix',
  ADAPTER_STORAGE_ENDPOINT: 'http://127.0.0.1:9000',
  ADAPTER_STORAGE_ACCESS_KEY: 'adapter',
  ADAPTER_STORAGE_SECRET_KEY: 'planted-secret-of-storage',
  ADAPTER_STORE_FILE: '/tmp/store.db',
  ADAPTER_STORE_KEY: Buffer.alloc(32, 7).toString('base64'),
  ADAPTER_WORKERS_REGISTRY: '/srv/workers-registry.json',
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An app that is started when the test says so, in a process of the test. */
class Run {
  readonly exits: number[] = [];
  readonly started = Promise.withResolvers<RunningApp>();
  readonly #closed = Promise.withResolvers<void>();
  closes = 0;
  stop: () => void = () => undefined;
  isStarting = false;
  hearsHangUp = false;

  constructor(more: Readonly<Record<string, string>> = {}) {
    const host = {
      environment: { ...ENVIRONMENT, ...more },
      nodeVersion: '24.0.0',
      onStop: (listener: () => void) => {
        this.stop = listener;
      },
      onHangUp: () => {
        this.hearsHangUp = true;
      },
      print: () => undefined,
      exit: (code: number) => {
        this.exits.push(code);
      },
    };
    void runMain({
      name: 'app',
      host,
      start: async () => {
        this.isStarting = true;
        return await this.started.promise;
      },
    });
  }

  readonly app: RunningApp = {
    close: async () => {
      this.closes += 1;
      this.#closed.resolve();
      return await Promise.resolve();
    },
    closed: this.#closed.promise,
  };
}

async function starting(more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const run = new Run(more);
  await vi.waitFor(() => expect(run.isStarting).toBe(true), { timeout: 30_000 });
  return run;
}

describe('an app that is stopped', () => {
  test('closes what it opened', async () => {
    const run = await starting();
    run.started.resolve(run.app);
    await Promise.resolve();
    run.stop();
    await vi.waitFor(() => expect([run.closes, run.exits]).toEqual([1, [0]]), { timeout: 30_000 });
  });

  test('while it starts: closes what it opened as soon as it has started', async () => {
    const run = await starting();
    run.stop();
    expect([run.closes, run.exits]).toEqual([0, []]);
    run.started.resolve(run.app);
    await vi.waitFor(() => expect([run.closes, run.exits]).toEqual([1, [0]]), { timeout: 30_000 });
    vi.advanceTimersByTime(60_000);
    expect(run.exits).toEqual([0]);
  });

  test('while a start never ends: ends after a while', async () => {
    const run = await starting();
    run.stop();
    vi.advanceTimersByTime(4_999);
    expect(run.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(run.exits).toEqual([0]);
  });

  test('twice while it starts: ends at once', async () => {
    const run = await starting();
    run.stop();
    run.stop();
    expect(run.exits).toEqual([1]);
  });

  test('whose start fails: says so', async () => {
    const run = await starting();
    run.stop();
    run.started.reject(new Error('planted'));
    await vi.waitFor(() => expect(run.exits).toEqual([1]), { timeout: 30_000 });
  });
});

test('SIGHUP reopens the log file, and ends an app that has none as it ends others', async () => {
  expect((await starting()).hearsHangUp).toBe(false);
  expect((await starting({ ADAPTER_LOG_FILE: '/tmp/adapter.log' })).hearsHangUp).toBe(true);
});
