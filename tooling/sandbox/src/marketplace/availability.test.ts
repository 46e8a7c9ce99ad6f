import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { openRawClient, type RawClient } from './testing/raw-client.ts';
import { afterTest, openFixture, type Fixture } from './testing/fixture.ts';

async function online(fixture: Fixture, pong: boolean): Promise<RawClient> {
  const client = await openRawClient(fixture.marketplace.url, fixture.agent.apiKey, { pong });
  afterTest(() => client.close());
  await client.handshake();
  return client;
}

function hire(fixture: Fixture): string {
  const { marketplace, hirer, agent } = fixture;
  return marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: 'Work' }).id;
}

function pings(client: RawClient) {
  return client.messages().filter(({ method }) => method === 'ping');
}

/** A server that answers HEAD with this status and notes what headers came. */
async function callbackServer(
  status: number,
): Promise<{ url: string; authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.writeHead(request.method === 'HEAD' ? status : 500).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterTest(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/webhook/agrenting/hiring`, authorizations };
}

describe('the first probe', () => {
  test('a hiring is queued with its price in escrow until the ping is answered', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, false);
    const id = hire(fixture);
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('queued');
    expect(fixture.marketplace.ledger.balance(fixture.hirer.id)).toEqual({
      available: '80.00',
      escrow: '20.00',
    });
    await expect.poll(() => pings(client)).toHaveLength(1);
    expect(client.text()).toContain(
      'event: message\ndata: {"jsonrpc":"2.0","id":"probe-1","method":"ping"}\n\n',
    );

    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    const started = await fixture.marketplace.hirings.when(id, 'in_progress');
    expect(started.history.map(({ from, to, by, attempt }) => ({ from, to, by, attempt }))).toEqual([
      { from: null, to: 'queued', by: `hirer:${fixture.hirer.id}`, attempt: 1 },
      { from: 'queued', to: 'in_progress', by: 'platform', attempt: 1 },
    ]);
    expect(fixture.marketplace.ledger.balance(fixture.hirer.id).escrow).toBe('20.00');
  });

  test('nobody there: the hiring fails and the hirer is refunded', async () => {
    const fixture = await openFixture();
    const failed = await fixture.marketplace.hirings.when(hire(fixture), 'failed');
    expect(failed.failedReason).toBe('Agent unavailable: no live MCP session, no callback_url');
    expect(fixture.marketplace.ledger.balance(fixture.hirer.id)).toEqual({
      available: '100.00',
      escrow: '0.00',
    });
  });

  test('silence fails it after 3 s, not before', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, false);
    const id = hire(fixture);
    await expect.poll(() => pings(client)).toHaveLength(1);
    fixture.clock.advance(2_999);
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('queued');
    fixture.clock.advance(1);
    const failed = await fixture.marketplace.hirings.when(id, 'failed');
    expect(failed.failedReason).toBe('Agent unavailable: no answer to ping, no callback_url');
    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('failed');
    expect(fixture.marketplace.ledger.balance(fixture.hirer.id).available).toBe('100.00');
  });

  test('an error is no answer, and neither is the id in another JSON type', async () => {
    const fixture = await openFixture({ switches: { probe_id: 'number' } });
    const client = await online(fixture, false);
    const id = hire(fixture);
    await expect.poll(() => pings(client).map((ping) => ping.id)).toEqual([1]);
    await client.post({ jsonrpc: '2.0', id: '1', result: {} });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('queued');
    await client.post({ jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } });
    await fixture.marketplace.hirings.when(id, 'failed');
  });

  test('one live session that answers is enough', async () => {
    const fixture = await openFixture();
    const silent = await online(fixture, false);
    await online(fixture, true);
    await fixture.marketplace.hirings.when(hire(fixture), 'in_progress');
    expect(pings(silent)).toHaveLength(1);
  });

  test('a stream that ends during the probe does not answer any more', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, false);
    const id = hire(fixture);
    await expect.poll(() => pings(client)).toHaveLength(1);
    client.close();
    await fixture.marketplace.hirings.when(id, 'failed');
  });

  test('cancelling does not wait for it', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, false);
    const id = hire(fixture);
    await expect.poll(() => pings(client)).toHaveLength(1);
    fixture.marketplace.cancel(id);
    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    expect(fixture.marketplace.hirings.get(id)?.history.map(({ to }) => to)).toEqual(['queued', 'cancelled']);
  });

  test('a hiring paid asynchronously is visible in paid until it is dispatched', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, true);
    const { marketplace, hirer, agent, call } = fixture;
    const { id } = marketplace.hire({
      hirerId: hirer.id,
      agentId: agent.id,
      taskDescription: 'Paid by card',
      payment: 'async',
    });
    const { rows } = await call('GET', '/api/v1/hirings/pending', { as: agent.apiKey });
    expect(rows).toMatchObject([{ id, status: 'paid' }]);
    expect(pings(client)).toHaveLength(0);
    await marketplace.dispatch(id);
    expect(marketplace.hirings.get(id)?.history.map(({ to }) => to)).toEqual(['paid', 'in_progress']);
  });
});

describe('HEAD on the callback URL', () => {
  async function withCallback(status: number) {
    const fixture = await openFixture();
    const callback = await callbackServer(status);
    const { data } = await fixture.call('GET', `/api/v1/agents/${fixture.agent.id}`);
    await fixture.call('PUT', `/api/v1/agents/${fixture.agent.id}`, {
      as: fixture.agent.apiKey,
      body: {
        agent: {
          ...data,
          metadata: { callback_url: callback.url, callback_auth_header: 'Authorization: ApiKey k' },
        },
      },
    });
    return { fixture, callback };
  }

  test('any 2xx will do, and no credentials are sent', async () => {
    const { fixture, callback } = await withCallback(204);
    const started = await fixture.marketplace.hirings.when(hire(fixture), 'in_progress');
    expect(started.history.at(-1)?.note).toBe('answered the availability probe (head)');
    expect(callback.authorizations).toEqual([undefined]);
  });

  test('501, the answer of a server without HEAD, is none', async () => {
    const { fixture } = await withCallback(501);
    const failed = await fixture.marketplace.hirings.when(hire(fixture), 'failed');
    expect(failed.failedReason).toBe(
      'Agent unavailable: no live MCP session, HEAD on callback_url answered 501',
    );
  });

  test('it is asked only after the ping was not answered', async () => {
    const { fixture, callback } = await withCallback(200);
    const client = await online(fixture, false);
    const id = hire(fixture);
    await expect.poll(() => pings(client)).toHaveLength(1);
    expect(callback.authorizations).toHaveLength(0);
    fixture.clock.advance(3_000);
    await fixture.marketplace.hirings.when(id, 'in_progress');
    expect(callback.authorizations).toHaveLength(1);
  });
});

describe('probes during the work', () => {
  /** Moves to the next probe and lets it end; without a session and a callback URL it asks nobody. */
  async function nextProbe(fixture: Fixture): Promise<void> {
    fixture.clock.advance(60_000);
    await setImmediate();
  }

  test('three misses in a row fail the hiring and refund it', async () => {
    const fixture = await openFixture();
    const id = await fixture.startedHiring();
    fixture.marketplace.sessions.drop();
    await nextProbe(fixture);
    await nextProbe(fixture);
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('in_progress');
    await nextProbe(fixture);
    expect(fixture.marketplace.hirings.get(id)).toMatchObject({
      status: 'failed',
      failedReason: 'Agent lost: 3 health checks in a row without answer',
    });
    expect(fixture.marketplace.ledger.balance(fixture.hirer.id).available).toBe('100.00');
  });

  test('an answer in between restarts the count, and ping_misses says how far it goes', async () => {
    const fixture = await openFixture({ switches: { ping_misses: 2 } });
    const id = await fixture.startedHiring();
    const missed = async (): Promise<void> => {
      fixture.marketplace.sessions.drop();
      await nextProbe(fixture);
    };
    await missed();
    const client = await online(fixture, false);
    fixture.clock.advance(60_000);
    await expect.poll(() => pings(client)).toHaveLength(1);
    await client.post({ jsonrpc: '2.0', id: pings(client)[0]?.id, result: {} });
    await missed();
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('in_progress');
    await missed();
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('failed');
  });

  test('ping_interval_s changes how often, and 0 switches them off', async () => {
    const often = await openFixture({ switches: { ping_interval_s: 5 } });
    const client = await online(often, true);
    await often.startedHiring();
    expect(pings(client)).toHaveLength(1);
    await expect
      .poll(() => {
        often.clock.advance(5_000);
        return pings(client).length;
      })
      .toBeGreaterThan(3);

    const never = await openFixture({ switches: { ping_interval_s: 0 } });
    const quiet = await online(never, true);
    await never.startedHiring();
    never.clock.advance(24 * 3_600_000);
    await quiet.post({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(pings(quiet)).toHaveLength(1);
  });

  test('they end with the work', async () => {
    const fixture = await openFixture();
    const client = await online(fixture, true);
    const id = await fixture.startedHiring();
    fixture.marketplace.cancel(id);
    fixture.clock.advance(600_000);
    await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(pings(client)).toHaveLength(1);
  });
});
