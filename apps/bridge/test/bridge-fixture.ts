import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { openRuntime } from '@agrenting-hiclaw/app';
import { checkConfiguration, createEngineMetrics, type HttpBounds } from '@agrenting-hiclaw/runtime';
import { test as base } from 'vitest';
import { startWebhookIntake } from '../src/webhook-intake.ts';

export const KEY = 'a-key-of-the-webhook-0123456789';
export const AGENT = '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f';
const OTHER_AGENT = '4816cd2a-e54a-4e6b-8fa1-61d360cccf90';

export interface ListenOptions {
  /** Changes to the section `webhook`. */
  readonly webhook?: Readonly<Record<string, unknown>>;
  readonly bounds?: Partial<HttpBounds>;
  readonly storeFile?: string;
  /** A time at which the clock of the intake stands, in milliseconds since 1970; the machine's clock otherwise. */
  readonly standingAtMs?: number;
  /** By how much the clock of the marketplace is known to be ahead of that one. */
  readonly marketplaceAheadMs?: number;
}

/** The bridge's intake with a store of its own: nobody works on what it hears, and nobody is asked about it. */
export interface BridgeFixture {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly store: Store;
  /** Lines of the log, as they were written. */
  readonly log: readonly string[];
  readonly post: (body: string | Buffer, headers?: Record<string, string>) => Promise<Posted>;
}

export interface Posted {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Headers with the right key. */
export const authorized = { authorization: `ApiKey ${KEY}` };

async function listenTo(
  folder: string,
  { webhook, bounds, storeFile, standingAtMs, marketplaceAheadMs }: ListenOptions,
) {
  const loaded = await checkConfiguration(
    {
      marketplace: { baseUrl: 'http://127.0.0.1:9' },
      agents: [
        { id: AGENT, key: 'key-of-alice', worker: 'alice' },
        { id: OTHER_AGENT, key: 'key-of-bob', worker: 'bob' },
      ],
      matrix: { homeserverUrl: 'http://127.0.0.1:9', userId: '@agrenting:test', accessToken: 'token' },
      storage: { endpoint: 'http://127.0.0.1:9', accessKey: 'user', secretKey: 'secret' },
      store: { file: storeFile ?? join(folder, 'store.db'), key: randomBytes(32).toString('base64') },
      workers: {
        list: ['alice', 'bob'].map((name) => ({ name, userId: `@${name}:test`, roomId: `!${name}:test` })),
      },
      webhook: { port: 0, keys: [KEY], ...webhook },
    },
    {},
    { webhook: true },
  );
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { configuration } = loaded;
  const parts = new AsyncDisposableStack();
  const log: string[] = [];
  const side = await openRuntime(parts, {
    name: 'bridge',
    configuration,
    session: () => undefined,
    logTo: { write: (line: string) => void log.push(line) },
  });
  const { store } = side;
  const clock = standingAtMs === undefined ? side.clock : { ...side.clock, nowMs: () => standingAtMs };
  if (marketplaceAheadMs !== undefined) {
    const nowMs = clock.nowMs();
    const said = { theirMs: nowMs + marketplaceAheadMs, resolutionMs: 0 };
    side.client.theirClock.note({ ...said, askedAtMs: nowMs, cameAtMs: nowMs });
  }
  const metrics = createEngineMetrics(
    async () => await store.hirings.queueStats(clock.nowMs(), 60_000),
  ).registry;
  const intake = parts.adopt(
    await startWebhookIntake(
      {
        ...side,
        clock,
        metrics,
        readiness: async () => await Promise.resolve({ ready: true, reasons: [] }),
        submitResult: async () =>
          await Promise.resolve({ kind: 'unavailable', problem: 'nothing is connected' }),
      },
      bounds,
    ),
    async (started) => {
      await started.close();
    },
  );
  const { origin, port } = new URL(intake.url);
  const listening: BridgeFixture = {
    url: intake.url,
    origin,
    port: Number(port),
    store,
    log,
    async post(body, headers = authorized) {
      const answer = await fetch(intake.url, {
        method: 'POST',
        headers,
        body: new Uint8Array(Buffer.from(body)),
      });
      const text = await answer.text();
      return { status: answer.status, body: JSON.parse(text), headers: answer.headers };
    },
  };
  return { listening, close: async () => await parts.disposeAsync() };
}

/** Tests of the bridge's server; all that listens ends with the test. */
export const test = base.extend<{ readonly listen: (options?: ListenOptions) => Promise<BridgeFixture> }>({
  listen: async ({ task: _ofThisTest }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'bridge-'));
    const closes: (() => Promise<void>)[] = [];
    await use(async (options = {}) => {
      const { listening, close } = await listenTo(await mkdtemp(join(folder, 'one-')), options);
      closes.push(close);
      return listening;
    });
    await Promise.all(closes.map(async (close) => await close()));
    await rm(folder, { recursive: true, force: true });
  },
});

/** Writes bytes to a server as they are, and gives what it says until it ends the connection or `untilText` came. */
export async function raw(
  port: number,
  pieces: readonly (string | Buffer)[],
  untilText?: string,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    if (untilText !== undefined && said.includes(untilText)) socket.destroy();
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  for (const piece of pieces) socket.write(piece);
  await closed;
  return said;
}

/** A body as the adapter page's example has it, with changes. */
export function dispatchBody(hiringId: string, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    hiring_id: hiringId,
    agent_id: AGENT,
    worker_matrix_id: '@alice:test',
    task: { description: 'Implement a dark-mode toggle in React' },
    customer_id: 'f9e8d7c6-b5a4-3210-fedc-ba9876543210',
    price: '25.00',
    capability: 'coding',
    deadline_at: '2036-04-17T12:00:00Z',
    timestamp: '2026-04-16T10:00:00Z',
    ...changes,
  });
}
