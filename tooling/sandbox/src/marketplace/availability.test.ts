import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { openRawClient, type RawClient } from './testing/raw-client.ts';
import { afterTest, setScene, type Scene } from './testing/fixture.ts';

async function online(scene: Scene, pong: boolean): Promise<RawClient> {
  const client = await openRawClient(scene.marketplace.url, scene.agent.apiKey, { pong });
  afterTest(() => client.close());
  await client.handshake();
  return client;
}

function hire(scene: Scene): string {
  const { marketplace, hirer, agent } = scene;
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
    const scene = await setScene();
    const client = await online(scene, false);
    const id = hire(scene);
    expect(scene.marketplace.hirings.get(id)?.status).toBe('queued');
    expect(scene.marketplace.ledger.balance(scene.hirer.id)).toEqual({ available: '80.00', escrow: '20.00' });
    await expect.poll(() => pings(client)).toHaveLength(1);
    expect(client.text()).toContain(
      'event: message\ndata: {"jsonrpc":"2.0","id":"probe-1","method":"ping"}\n\n',
    );

    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    const started = await scene.marketplace.hirings.when(id, 'in_progress');
    expect(started.history.map(({ from, to, by, attempt }) => ({ from, to, by, attempt }))).toEqual([
      { from: null, to: 'queued', by: `hirer:${scene.hirer.id}`, attempt: 1 },
      { from: 'queued', to: 'in_progress', by: 'platform', attempt: 1 },
    ]);
    expect(scene.marketplace.ledger.balance(scene.hirer.id).escrow).toBe('20.00');
  });

  test('nobody there: the hiring fails and the hirer is refunded', async () => {
    const scene = await setScene();
    const failed = await scene.marketplace.hirings.when(hire(scene), 'failed');
    expect(failed.failedReason).toBe('Agent unavailable: no live MCP session, no callback_url');
    expect(scene.marketplace.ledger.balance(scene.hirer.id)).toEqual({ available: '100.00', escrow: '0.00' });
  });

  test('silence fails it after 3 s, not before', async () => {
    const scene = await setScene();
    const client = await online(scene, false);
    const id = hire(scene);
    await expect.poll(() => pings(client)).toHaveLength(1);
    scene.clock.advance(2_999);
    expect(scene.marketplace.hirings.get(id)?.status).toBe('queued');
    scene.clock.advance(1);
    const failed = await scene.marketplace.hirings.when(id, 'failed');
    expect(failed.failedReason).toBe('Agent unavailable: no answer to ping, no callback_url');
    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    expect(scene.marketplace.hirings.get(id)?.status).toBe('failed');
    expect(scene.marketplace.ledger.balance(scene.hirer.id).available).toBe('100.00');
  });

  test('an error is no answer, and neither is the id in another JSON type', async () => {
    const scene = await setScene({ switches: { probe_id: 'number' } });
    const client = await online(scene, false);
    const id = hire(scene);
    await expect.poll(() => pings(client).map((ping) => ping.id)).toEqual([1]);
    await client.post({ jsonrpc: '2.0', id: '1', result: {} });
    expect(scene.marketplace.hirings.get(id)?.status).toBe('queued');
    await client.post({ jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } });
    await scene.marketplace.hirings.when(id, 'failed');
  });

  test('one live session that answers is enough', async () => {
    const scene = await setScene();
    const silent = await online(scene, false);
    await online(scene, true);
    await scene.marketplace.hirings.when(hire(scene), 'in_progress');
    expect(pings(silent)).toHaveLength(1);
  });

  test('a stream that ends during the probe does not answer any more', async () => {
    const scene = await setScene();
    const client = await online(scene, false);
    const id = hire(scene);
    await expect.poll(() => pings(client)).toHaveLength(1);
    client.close();
    await scene.marketplace.hirings.when(id, 'failed');
  });

  test('cancelling does not wait for it', async () => {
    const scene = await setScene();
    const client = await online(scene, false);
    const id = hire(scene);
    await expect.poll(() => pings(client)).toHaveLength(1);
    scene.marketplace.cancel(id);
    await client.post({ jsonrpc: '2.0', id: 'probe-1', result: {} });
    expect(scene.marketplace.hirings.get(id)?.history.map(({ to }) => to)).toEqual(['queued', 'cancelled']);
  });

  test('a hiring paid asynchronously is visible in paid until it is dispatched', async () => {
    const scene = await setScene();
    const client = await online(scene, true);
    const { marketplace, hirer, agent, call } = scene;
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
    const scene = await setScene();
    const callback = await callbackServer(status);
    const { data } = await scene.call('GET', `/api/v1/agents/${scene.agent.id}`);
    await scene.call('PUT', `/api/v1/agents/${scene.agent.id}`, {
      as: scene.agent.apiKey,
      body: {
        agent: {
          ...data,
          metadata: { callback_url: callback.url, callback_auth_header: 'Authorization: ApiKey k' },
        },
      },
    });
    return { scene, callback };
  }

  test('any 2xx will do, and no credentials are sent', async () => {
    const { scene, callback } = await withCallback(204);
    const started = await scene.marketplace.hirings.when(hire(scene), 'in_progress');
    expect(started.history.at(-1)?.note).toBe('answered the availability probe (head)');
    expect(callback.authorizations).toEqual([undefined]);
  });

  test('501, the answer of a server without HEAD, is none', async () => {
    const { scene } = await withCallback(501);
    const failed = await scene.marketplace.hirings.when(hire(scene), 'failed');
    expect(failed.failedReason).toBe(
      'Agent unavailable: no live MCP session, HEAD on callback_url answered 501',
    );
  });

  test('it is asked only after the ping was not answered', async () => {
    const { scene, callback } = await withCallback(200);
    const client = await online(scene, false);
    const id = hire(scene);
    await expect.poll(() => pings(client)).toHaveLength(1);
    expect(callback.authorizations).toHaveLength(0);
    scene.clock.advance(3_000);
    await scene.marketplace.hirings.when(id, 'in_progress');
    expect(callback.authorizations).toHaveLength(1);
  });
});

describe('probes during the work', () => {
  /** Moves to the next probe and lets it end; without a session and a callback URL it asks nobody. */
  async function nextProbe(scene: Scene): Promise<void> {
    scene.clock.advance(60_000);
    await setImmediate();
  }

  test('three misses in a row fail the hiring and refund it', async () => {
    const scene = await setScene();
    const id = await scene.startedHiring();
    scene.marketplace.sessions.drop();
    await nextProbe(scene);
    await nextProbe(scene);
    expect(scene.marketplace.hirings.get(id)?.status).toBe('in_progress');
    await nextProbe(scene);
    expect(scene.marketplace.hirings.get(id)).toMatchObject({
      status: 'failed',
      failedReason: 'Agent lost: 3 health checks in a row without answer',
    });
    expect(scene.marketplace.ledger.balance(scene.hirer.id).available).toBe('100.00');
  });

  test('an answer in between restarts the count, and ping_misses says how far it goes', async () => {
    const scene = await setScene({ switches: { ping_misses: 2 } });
    const id = await scene.startedHiring();
    const missed = async (): Promise<void> => {
      scene.marketplace.sessions.drop();
      await nextProbe(scene);
    };
    await missed();
    const client = await online(scene, false);
    scene.clock.advance(60_000);
    await expect.poll(() => pings(client)).toHaveLength(1);
    await client.post({ jsonrpc: '2.0', id: pings(client)[0]?.id, result: {} });
    await missed();
    expect(scene.marketplace.hirings.get(id)?.status).toBe('in_progress');
    await missed();
    expect(scene.marketplace.hirings.get(id)?.status).toBe('failed');
  });

  test('ping_interval_s changes how often, and 0 switches them off', async () => {
    const often = await setScene({ switches: { ping_interval_s: 5 } });
    const client = await online(often, true);
    await often.startedHiring();
    expect(pings(client)).toHaveLength(1);
    await expect
      .poll(() => {
        often.clock.advance(5_000);
        return pings(client).length;
      })
      .toBeGreaterThan(3);

    const never = await setScene({ switches: { ping_interval_s: 0 } });
    const quiet = await online(never, true);
    await never.startedHiring();
    never.clock.advance(24 * 3_600_000);
    await quiet.post({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(pings(quiet)).toHaveLength(1);
  });

  test('they end with the work', async () => {
    const scene = await setScene();
    const client = await online(scene, true);
    const id = await scene.startedHiring();
    scene.marketplace.cancel(id);
    scene.clock.advance(600_000);
    await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(pings(client)).toHaveLength(1);
  });
});
