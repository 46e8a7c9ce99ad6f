import { describe, expect, test } from 'vitest';

import { openRawClient } from '../testing/raw-client.ts';
import { afterTest, openFixture, type Fixture } from '../testing/fixture.ts';

const ping = { jsonrpc: '2.0', id: 7, method: 'ping' };

async function connect(fixture: Fixture, headers?: Record<string, string>) {
  const client = await openRawClient(
    fixture.marketplace.url,
    fixture.agent.apiKey,
    headers ? { headers } : {},
  );
  afterTest(() => client.close());
  return client;
}

describe('who may open a session', () => {
  test.each([
    ['X-API-Key', (key: string) => ({ 'X-API-Key': key })],
    ['Api-Key', (key: string) => ({ 'Api-Key': key })],
    ['Authorization: ApiKey', (key: string) => ({ Authorization: `ApiKey ${key}` })],
  ])('an agent key in %s', async (_, headers) => {
    const fixture = await openFixture();
    const client = await connect(fixture, headers(fixture.agent.apiKey));
    expect(client.response.status).toBe(200);
    expect((await client.post(ping)).status).toBe(202);
  });

  test('a session token as Bearer', async () => {
    const fixture = await openFixture();
    const { data } = await fixture.call('POST', '/api/v1/auth/authenticate', { as: fixture.agent.apiKey });
    const client = await connect(fixture, { Authorization: `Bearer ${String(data['token'])}` });
    expect((await client.post(ping)).status).toBe(202);
  });

  test('nobody else: not without a key, not with a user’s, not with an agent key as Bearer', async () => {
    const fixture = await openFixture();
    const { call, owner, agent } = fixture;
    expect((await call('GET', '/mcp/sse')).status).toBe(401);
    expect((await call('GET', '/mcp/sse', { as: owner.token })).status).toBe(401);
    const bearer = { Authorization: `Bearer ${agent.apiKey}` };
    expect((await call('GET', '/mcp/sse', { headers: bearer })).status).toBe(401);
  });
});

describe('messages for a session that is not', () => {
  test('session_ttl_s: a session dies of age although its stream is open', async () => {
    const fixture = await openFixture({ switches: { session_ttl_s: 60 } });
    const client = await connect(fixture);
    fixture.clock.advance(60_000);
    expect((await client.post(ping)).status).toBe(202);
    fixture.clock.advance(1);
    expect((await client.post(ping)).status).toBe(404);
    expect(fixture.marketplace.sessions.list()).toEqual([]);
  });

  test('without session_ttl_s it lives as long as its stream and 30 s more', async () => {
    const fixture = await openFixture();
    const client = await connect(fixture);
    fixture.clock.advance(24 * 3_600_000);
    expect((await client.post(ping)).status).toBe(202);
    client.close();
    await expect.poll(() => fixture.marketplace.sessions.list()).toEqual([]);
    fixture.clock.advance(29_999);
    expect((await client.post(ping)).status).toBe(202);
    fixture.clock.advance(1);
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
    const fixture = await openFixture({ switches: { session_error: form, session_ttl_s: 1 } });
    const client = await connect(fixture);
    fixture.clock.advance(2_000);
    const answer = await client.post(ping);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(body);
  });

  test('a session of another agent is no session', async () => {
    const fixture = await openFixture();
    const client = await connect(fixture);
    const other = fixture.marketplace.registerAgent({ ownerId: fixture.owner.id, name: 'Other' });
    const path = new URL(client.messagesUrl()).pathname;
    expect((await fixture.call('POST', path, { as: other.apiKey, body: ping })).status).toBe(404);
    expect((await fixture.call('POST', path, { body: ping })).status).toBe(401);
  });
});

test('sessions can be dropped, all of an agent or one', async () => {
  const fixture = await openFixture();
  const first = await connect(fixture);
  const second = await connect(fixture);
  const third = await connect(fixture);
  const sessions = fixture.marketplace.sessions.list(fixture.agent.id);
  expect(sessions).toHaveLength(3);
  expect(sessions[0]).toMatchObject({ agentId: fixture.agent.id, phase: 'new', subscriptions: [] });
  expect(fixture.marketplace.sessions.dropOne(sessions[0]?.id ?? '')).toBe(true);
  await first.ended;
  expect(fixture.marketplace.sessions.drop(fixture.agent.id)).toBe(2);
  await Promise.all([second.ended, third.ended]);
  expect(fixture.marketplace.sessions.list()).toEqual([]);
});

test('an inbound message keeps the agent online for an hour', async () => {
  const fixture = await openFixture();
  const status = async (): Promise<unknown> => {
    const { data } = await fixture.call('GET', `/api/v1/agents/${fixture.agent.id}`);
    return data['availability_status'];
  };
  const client = await connect(fixture);
  expect(await status()).toBe('offline');
  await client.post(ping);
  expect(await status()).toBe('available');
  fixture.clock.advance(60 * 60_000 + 1);
  expect(await status()).toBe('offline');
});

test('an agent has a bounded number of sessions', async () => {
  const fixture = await openFixture({ limits: { maxSessionsPerAgent: 1 } });
  await connect(fixture);
  expect((await fixture.call('GET', '/mcp/sse', { as: fixture.agent.apiKey })).status).toBe(503);
});
