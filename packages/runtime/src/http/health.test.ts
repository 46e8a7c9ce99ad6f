import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { hiringIdSchema } from '@agrenting-hiclaw/core/domain';
import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { createEngineMetrics } from '../metrics.ts';
import { startHealthServer, type Readiness } from './health.ts';
import type { HttpServer } from './http-server.ts';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(readiness: Readiness, metrics = new Registry()): Promise<string> {
  server = await startHealthServer({ host: '127.0.0.1', port: 0, metrics, readiness: async () => readiness });
  return server.url;
}

test('health says that the process lives, in the words of the page', async () => {
  const url = await start({ ready: false, reasons: ['the disk is full'] });
  const answer = await fetch(`${url}/health`);
  expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
});

test('a page of somebody else whose name leads to this machine reads nothing', async () => {
  const url = new URL(await start({ ready: true, reasons: [] }));
  for (const path of ['/health', '/ready', '/metrics']) {
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `evil.example:${url.port}` };
      get({ host: url.hostname, port: url.port, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect([path, status]).toEqual([path, 421]);
  }
});

test('idle connections keep nobody out', async () => {
  const url = new URL(await start({ ready: true, reasons: [] }));
  const idle = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const socket = connect(Number(url.port), url.hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    }),
  );
  const answer = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(2_000) });
  expect(answer.status).toBe(200);
  for (const socket of idle) socket.destroy();
});

test('ready gives the reasons why it is not', async () => {
  const url = await start({ ready: false, reasons: ['the disk is full'] });
  const answer = await fetch(`${url}/ready`);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { ready: false, reasons: ['the disk is full'] },
  ]);
});

test('ready answers 200 when all is well', async () => {
  const url = await start({ ready: true, reasons: [] });
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test('metrics show hirings by state, what is overdue, troubles and moves', async () => {
  const none = {
    received: 0,
    confirmed: 0,
    staged: 0,
    acknowledged: 0,
    submitted: 0,
    settling: 0,
    attention: 0,
  };
  const ends = { completed: 0, failed: 0, cancelled: 0, rejected: 0 };
  const metrics = createEngineMetrics(async () => ({ byState: { ...none, ...ends, sent: 2 }, overdue: 3 }));
  metrics.countStepFailure({ state: 'staged', code: 'folder_unwritten' });
  const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
  const transition = { hiringId, attempt: 1, atMs: 1, event: 'sent', cause: 'it was told' } as const;
  for (let count = 0; count < 2; count += 1)
    metrics.countTransition({ ...transition, from: 'staged', to: 'sent' });
  metrics.countTransition({ ...transition, event: 'acknowledged', from: 'sent', to: 'acknowledged' });
  const url = await start({ ready: true, reasons: [] }, metrics.registry);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('agrenting_hiclaw_hirings{state="sent"} 2');
  expect(text).toContain('agrenting_hiclaw_overdue_hirings 3');
  expect(text).toContain('agrenting_hiclaw_step_failures_total{state="staged",reason="folder_unwritten"} 1');
  expect(text).toContain('agrenting_hiclaw_transitions_total{to="sent"} 2');
  expect(text).toContain('agrenting_hiclaw_transitions_total{to="acknowledged"} 1');
});

test('anything else is not found, and a taken port is an error', async () => {
  const url = await start({ ready: true, reasons: [] });
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  const port = Number(new URL(url).port);
  const again = startHealthServer({
    host: '127.0.0.1',
    port,
    metrics: new Registry(),
    readiness: async () => ({ ready: true, reasons: [] }),
  });
  await expect(again).rejects.toThrow(
    /^health\.port is in use: another process listens on .*Set ADAPTER_HEALTH_PORT/,
  );
});
