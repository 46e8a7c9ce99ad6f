import { describe, expect, test } from 'vitest';

import { openRawClient } from '../testing/raw-client.ts';
import { afterTest, setScene, type Scene } from '../testing/fixture.ts';

const ping = { jsonrpc: '2.0', id: 7, method: 'ping' };

async function connect(scene: Scene, headers?: Record<string, string>) {
  const client = await openRawClient(scene.marketplace.url, scene.agent.apiKey, headers ? { headers } : {});
  afterTest(() => client.close());
  return client;
}

describe('who may open a session', () => {
  test.each([
    ['X-API-Key', (key: string) => ({ 'X-API-Key': key })],
    ['Api-Key', (key: string) => ({ 'Api-Key': key })],
    ['Authorization: ApiKey', (key: string) => ({ Authorization: `ApiKey ${key}` })],
  ])('an agent key in %s', async (_, headers) => {
    const scene = await setScene();
    const client = await connect(scene, headers(scene.agent.apiKey));
    expect(client.response.status).toBe(200);
    expect((await client.post(ping)).status).toBe(202);
  });

  test('a session token as Bearer', async () => {
    const scene = await setScene();
    const { data } = await scene.call('POST', '/api/v1/auth/authenticate', { as: scene.agent.apiKey });
    const client = await connect(scene, { Authorization: `Bearer ${String(data['token'])}` });
    expect((await client.post(ping)).status).toBe(202);
  });

  test('nobody else: not without a key, not with a user’s, not with an agent key as Bearer', async () => {
    const scene = await setScene();
    const { call, owner, agent } = scene;
    expect((await call('GET', '/mcp/sse')).status).toBe(401);
    expect((await call('GET', '/mcp/sse', { as: owner.token })).status).toBe(401);
    const bearer = { Authorization: `Bearer ${agent.apiKey}` };
    expect((await call('GET', '/mcp/sse', { headers: bearer })).status).toBe(401);
  });
});

describe('messages for a session that is not', () => {
  test('session_ttl_s: a session dies of age although its stream is open', async () => {
    const scene = await setScene({ switches: { session_ttl_s: 60 } });
    const client = await connect(scene);
    scene.clock.advance(60_000);
    expect((await client.post(ping)).status).toBe(202);
    scene.clock.advance(1);
    expect((await client.post(ping)).status).toBe(404);
    expect(scene.marketplace.sessions.list()).toEqual([]);
  });

  test('without session_ttl_s it lives as long as its stream and 30 s more', async () => {
    const scene = await setScene();
    const client = await connect(scene);
    scene.clock.advance(24 * 3_600_000);
    expect((await client.post(ping)).status).toBe(202);
    client.close();
    await expect.poll(() => scene.marketplace.sessions.list()).toEqual([]);
    scene.clock.advance(29_999);
    expect((await client.post(ping)).status).toBe(202);
    scene.clock.advance(1);
    expect((await client.post(ping)).status).toBe(404);
  });

  test.each([
    ['404', 404, '"code":"NOT_FOUND"'],
    ['410', 410, '"code":"GONE"'],
    ['401', 401, '"code":"UNAUTHORIZED"'],
    [
      'rpc_error',
      200,
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32600,"message":"Session not found or expired"}}',
    ],
  ] as const)('session_error %s answers %i', async (form, status, body) => {
    const scene = await setScene({ switches: { session_error: form, session_ttl_s: 1 } });
    const client = await connect(scene);
    scene.clock.advance(2_000);
    const answer = await client.post(ping);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(body);
  });

  test('a session of another agent is no session', async () => {
    const scene = await setScene();
    const client = await connect(scene);
    const other = scene.marketplace.registerAgent({ ownerId: scene.owner.id, name: 'Other' });
    const path = new URL(client.messagesUrl()).pathname;
    expect((await scene.call('POST', path, { as: other.apiKey, body: ping })).status).toBe(404);
    expect((await scene.call('POST', path, { body: ping })).status).toBe(401);
  });
});

test('sessions can be dropped, all of an agent or one', async () => {
  const scene = await setScene();
  const first = await connect(scene);
  const second = await connect(scene);
  const third = await connect(scene);
  const sessions = scene.marketplace.sessions.list(scene.agent.id);
  expect(sessions).toHaveLength(3);
  expect(sessions[0]).toMatchObject({ agentId: scene.agent.id, phase: 'new', subscriptions: [] });
  expect(scene.marketplace.sessions.dropOne(sessions[0]?.id ?? '')).toBe(true);
  await first.ended;
  expect(scene.marketplace.sessions.drop(scene.agent.id)).toBe(2);
  await Promise.all([second.ended, third.ended]);
  expect(scene.marketplace.sessions.list()).toEqual([]);
});

test('an inbound message keeps the agent online for an hour', async () => {
  const scene = await setScene();
  const status = async (): Promise<unknown> => {
    const { data } = await scene.call('GET', `/api/v1/agents/${scene.agent.id}`);
    return data['availability_status'];
  };
  const client = await connect(scene);
  expect(await status()).toBe('offline');
  await client.post(ping);
  expect(await status()).toBe('available');
  scene.clock.advance(60 * 60_000 + 1);
  expect(await status()).toBe('offline');
});

test('an agent has a bounded number of sessions', async () => {
  const scene = await setScene({ limits: { maxSessionsPerAgent: 1 } });
  await connect(scene);
  expect((await scene.call('GET', '/mcp/sse', { as: scene.agent.apiKey })).status).toBe(503);
});
