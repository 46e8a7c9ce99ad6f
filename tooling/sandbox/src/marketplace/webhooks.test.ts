import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';

import { z } from 'zod';

import { until } from '../testing/until.ts';
import { ManualClock, type Clock } from './clock.ts';
import { startMarketplace, type RunningMarketplace } from './start.ts';
import type { SwitchChange } from './switches.ts';

const secret = 'a-secret-of-the-webhook';

const dispatch = z.object({
  hiring_id: z.string(),
  timestamp: z.string(),
  delivery_mode: z.string().optional(),
  task_input: z.record(z.string(), z.unknown()),
});

interface Got {
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const nothing: Got = { method: '', headers: {}, body: '' };

const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (one) => await one.close()));
});

async function listener(
  answer: (number: number) => number = () => 200,
): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const { method = '', headers } = incoming;
      got.push({ method, headers, body: Buffer.concat(chunks).toString() });
      const posts = got.filter((one) => one.method === 'POST').length;
      outgoing.writeHead(method === 'HEAD' ? 200 : answer(posts)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  opened.push({
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return { url: `http://127.0.0.1:${port}/webhook`, got };
}

async function hired(url: string, switches: SwitchChange, hires = 1, clock?: Clock) {
  const marketplace: RunningMarketplace = await startMarketplace({
    clock,
    switches: { webhook_secret: secret, webhook_retry_factor: 0.01, ...switches },
  });
  opened.push(marketplace);
  const owner = marketplace.createUser({ balance: '1000.00' });
  const metadata = { callback_url: url, callback_auth_header: 'Authorization: ApiKey the-key' };
  const agent = marketplace.registerAgent({ ownerId: owner.id, name: 'Coder', basePrice: '1.00', metadata });
  const ids = Array.from(
    { length: hires },
    () => marketplace.hire({ hirerId: owner.id, agentId: agent.id, taskDescription: 'Umlaute: äöü' }).id,
  );
  return { marketplace, agent, ids };
}

const posts = (got: readonly Got[]): Got[] => got.filter(({ method }) => method === 'POST');

describe('a webhook', () => {
  test('tells of the hiring, with the header that the listing names', async () => {
    const { url, got } = await listener();
    const { agent, ids, marketplace } = await hired(url, {});
    await until(() => posts(got).length === 1);
    expect(posts(got)[0]?.headers.authorization).toBe('ApiKey the-key');
    expect(JSON.parse(posts(got)[0]?.body ?? '')).toMatchObject({
      hiring_id: ids[0],
      agent_id: agent.id,
      task: { description: 'Umlaute: äöü' },
      price: '1.00',
    });
    await until(() => marketplace.webhooks.list(ids[0]).length === 1);
    expect(marketplace.webhooks.list()).toMatchObject([{ hiringId: ids[0], number: 1, answer: 200 }]);
  });

  test.for([
    ['base64', 'x-webhook-signature', (body: string) => mac(body).toString('base64')],
    ['hex', 'x-webhook-signature', (body: string) => mac(body).toString('hex')],
    ['sha256', 'x-webhook-signature', (body: string) => `sha256=${mac(body).toString('hex')}`],
    ['secret', 'x-webhook-secret', () => secret],
  ] as const)('is signed in the form %s', async ([webhook_sign, header, expected]) => {
    const { url, got } = await listener();
    await hired(url, { webhook_sign });
    await until(() => posts(got).length === 1);
    const [{ headers, body } = nothing] = posts(got);
    expect(headers[header]).toBe(expected(body));
  });

  test('is signed in the form of Standard Webhooks, or not at all', async () => {
    const { url, got } = await listener();
    await hired(url, { webhook_sign: 'standard' });
    await hired(url, { webhook_sign: 'none' });
    await until(() => posts(got).length === 2);
    const { headers, body } = posts(got).find((one) => 'webhook-id' in one.headers) ?? nothing;
    const id = String(headers['webhook-id']);
    const signed = `${id}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${mac(signed).toString('base64')}`);
    const none = posts(got).find((one) => !('webhook-id' in one.headers));
    expect(Object.keys(none?.headers ?? {}).filter((name) => name.includes('webhook'))).toEqual([]);
  });

  test('comes again after a 5xx and after a lost or cut connection, and not after a 4xx', async () => {
    const failing = await listener((number) => (number < 3 ? 503 : 200));
    const { marketplace, ids } = await hired(failing.url, {});
    await until(() => marketplace.webhooks.list(ids[0]).length === 3);
    expect(marketplace.webhooks.list(ids[0]).map(({ answer }) => answer)).toEqual([503, 503, 200]);

    const refusing = await listener(() => 401);
    const refused = await hired(refusing.url, {});
    await until(() => refused.marketplace.webhooks.list().length === 1);
    expect(refused.marketplace.webhooks.list()).toMatchObject([{ answer: 401 }]);

    for (const [webhook_fault, arrived] of [
      ['lost_answer', 2],
      ['cut_body', 1],
    ] as const) {
      const { url, got } = await listener();
      const again = await hired(url, { webhook_fault });
      await until(() => again.marketplace.webhooks.list().length === 2);
      expect(posts(got)).toHaveLength(arrived);
    }
  });

  test('is given up after its last try', async () => {
    const { url } = await listener(() => 500);
    const clock = new ManualClock();
    const { marketplace } = await hired(url, { webhook_attempts: 2, ping_interval_s: 0 }, 1, clock);
    await until(() => {
      clock.advance(1_000);
      return marketplace.webhooks.list().length === 2;
    });
    // Nothing is left to happen, however long one waits.
    expect(clock.pending).toBe(0);
    expect(marketplace.webhooks.list()).toHaveLength(2);
  });

  test('comes twice, in another order, in pieces and from a clock that is wrong, as the switches say', async () => {
    const { url, got } = await listener();
    const { ids } = await hired(
      url,
      { webhook_dup: 'twice', webhook_reorder_ms: 200, webhook_fault: 'slow_body' },
      20,
    );
    await until(() => posts(got).length === 40);
    const order = posts(got).map(({ body }) => hiringIdOf(body));
    expect(new Set(order)).toEqual(new Set(ids));
    expect(order).not.toEqual(ids.flatMap((id) => [id, id]));

    const skewed = await listener();
    await hired(skewed.url, { webhook_fault: 'clock_skew' });
    await until(() => posts(skewed.got).length === 1);
    const { timestamp } = dispatch.parse(JSON.parse(posts(skewed.got)[0]?.body ?? ''));
    expect(Date.parse(timestamp) - Date.now()).toBeGreaterThan(9 * 60_000);
  });

  test('has the delivery mode where the switch says', async () => {
    for (const [delivery_mode_place, top, inside] of [
      ['top', 'output', undefined],
      ['missing', undefined, undefined],
    ] as const) {
      const { url, got } = await listener();
      await hired(url, { delivery_mode_place });
      await until(() => posts(got).length === 1);
      const { delivery_mode, task_input } = dispatch.parse(JSON.parse(posts(got)[0]?.body ?? ''));
      expect([delivery_mode, task_input['delivery_mode']]).toEqual([top, inside]);
    }
  });
});

test('the probe carries the callback header only when the switch says so', async () => {
  for (const head_probe_sends_auth of [false, true]) {
    const { url, got } = await listener();
    await hired(url, { head_probe_sends_auth });
    await until(() => posts(got).length === 1);
    const head = got.find(({ method }) => method === 'HEAD');
    expect(head?.headers.authorization).toBe(head_probe_sends_auth ? 'ApiKey the-key' : undefined);
  }
});

function mac(text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function hiringIdOf(body: string): string {
  return dispatch.parse(JSON.parse(body)).hiring_id;
}
