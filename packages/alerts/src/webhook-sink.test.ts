import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { afterEach, describe, expect, test } from 'vitest';
import type { Delivery } from './sink.ts';
import { createWebhookSink, type WebhookSinkOptions } from './webhook-sink.ts';

const NOW_MS = 1_700_000_000_000;
const ALERT = { key: 'failed-1', kind: 'failed', text: 'look', atMs: 0 } as const;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return `http://127.0.0.1:${address.port}/hook?token=canary`;
}

async function post(url: string, more: Partial<WebhookSinkOptions> = {}): Promise<Delivery> {
  const clock = { ...systemClock, nowMs: () => NOW_MS };
  return await createWebhookSink({ url, clock, ...more }).send(ALERT, new AbortController().signal);
}

describe('the webhook for alerts', () => {
  async function headersWith(
    secret: Secret | undefined,
  ): Promise<IncomingMessage['headers'] & { body: string }> {
    const received = Promise.withResolvers<IncomingMessage['headers'] & { body: string }>();
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.resolve({ ...request.headers, body });
        response.writeHead(200).end('thanks');
      });
    });
    expect(await post(url, { secret })).toEqual({ kind: 'sent' });
    return await received.promise;
  }

  test('is posted JSON with the key of the alert, and unsigned without a secret', async () => {
    const { body, ...headers } = await headersWith(undefined);
    expect(JSON.parse(body)).toEqual({
      id: 'failed-1',
      kind: 'failed',
      text: 'look',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'failed-1' });
    expect(headers).not.toHaveProperty('webhook-signature');
  });

  test.each([
    ['base64 behind whsec_', `whsec_${Buffer.from('the key of both').toString('base64')}`],
    ['any text', 'the key of both'],
  ])('is signed with a secret that is %s', async (_, secret) => {
    const { body, ...headers } = await headersWith(new Secret(secret));
    const signed = `failed-1.${NOW_MS / 1_000}.${body}`;
    expect(headers).toMatchObject({
      'webhook-id': 'failed-1',
      'webhook-timestamp': String(NOW_MS / 1_000),
      'webhook-signature': `v1,${createHmac('sha256', 'the key of both').update(signed).digest('base64')}`,
    });
  });

  test.each([
    [301, 'refused', 'a redirect'],
    [401, 'refused', 'alerts.webhookSecret'],
    [429, 'unavailable', 'HTTP 429'],
    [500, 'unavailable', 'HTTP 500'],
  ])('that answers %i is %s', async (status, kind, problem) => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end('canary-answer');
    });
    const delivery = await post(url);
    expect(delivery).toMatchObject({ kind, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(delivery)).not.toContain('canary');
    expect(asked).toBe(1);
  });

  test('may ask for patience, within bounds', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '99999999' }).end();
    });
    expect(await post(url)).toMatchObject({ kind: 'unavailable', retryAfterMs: 600_000 });
  });

  test('that says nothing is not waited for', async () => {
    const url = await serve(() => undefined);
    expect(await post(url, { timeoutMs: 50 })).toEqual({
      kind: 'unavailable',
      problem: 'the webhook did not answer in time',
    });
  });

  test('that answers without end is not read', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const more = (): void => void response.write('x'.repeat(65_536), () => setImmediate(more));
      more();
    });
    expect(await post(url)).toEqual({ kind: 'sent' });
  });

  test('that nobody runs is said without its address', async () => {
    expect(await post('http://127.0.0.1:1/canary')).toEqual({
      kind: 'unavailable',
      problem: expect.stringMatching(/^the webhook cannot be reached/),
    });
  });
});
