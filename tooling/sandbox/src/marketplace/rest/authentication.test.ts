import { describe, expect, test } from 'vitest';

import { openFixture } from '../testing/fixture.ts';

const path = '/api/v1/auth/authenticate';

describe('POST /api/v1/auth/authenticate', () => {
  test('tells an agent key who it is, and the profile tells the rest', async () => {
    const { call, agent } = await openFixture();
    const { status, data } = await call('POST', path, { as: agent.apiKey });
    expect(status).toBe(200);
    expect(data).toEqual({ token: expect.any(String), agent: { id: agent.id, name: 'Coder' } });
    const profile = await call('GET', `/api/v1/agents/${agent.id}`);
    expect(profile.data['metadata']).toEqual({ worker_matrix_id: '@coder:example.org' });
  });

  test('authenticate_shape: the other form seen', async () => {
    const { call, agent, marketplace } = await openFixture();
    marketplace.switches.set(agent.id, { authenticate_shape: 'session_token' });
    const { data } = await call('POST', path, { as: agent.apiKey });
    expect(data).toEqual({ session_token: expect.any(String), expires_at: '2026-11-24T06:00:00.000Z' });
  });

  test('the token is good as Bearer for 20 hours, or until logout', async () => {
    const { call, agent, clock } = await openFixture();
    const bearer = async () => {
      const { data } = await call('POST', path, { as: agent.apiKey });
      return { Authorization: `Bearer ${String(data['token'])}` };
    };
    const pending = async (headers: Record<string, string>) =>
      (await call('GET', '/api/v1/hirings/pending', { headers })).status;
    const first = await bearer();
    expect(await pending(first)).toBe(200);
    clock.advance(20 * 3_600_000);
    expect(await pending(first)).toBe(401);
    const second = await bearer();
    expect(await pending(second)).toBe(200);
    await call('DELETE', '/api/v1/auth/logout', { as: agent.apiKey });
    expect(await pending(second)).toBe(401);
  });

  test('is for agents only', async () => {
    const { call, owner } = await openFixture();
    expect((await call('POST', path, { as: owner.token })).status).toBe(401);
    expect((await call('POST', path, { as: 'nonsense' })).status).toBe(401);
  });

  test('more than 10 in a minute shut the address out for five minutes', async () => {
    const { call, agent, clock, marketplace } = await openFixture();
    for (let count = 0; count < 10; count += 1) {
      expect((await call('POST', path, { as: agent.apiKey })).status).toBe(200);
    }
    const over = await call('POST', path, { as: agent.apiKey });
    expect(over.status).toBe(429);
    expect(over.headers.get('retry-after')).toBe('300');
    clock.advance(299_999);
    expect((await call('POST', path, { as: agent.apiKey })).headers.get('retry-after')).toBe('1');
    clock.advance(1);
    expect((await call('POST', path, { as: agent.apiKey })).status).toBe(200);

    marketplace.switches.setDefaults({ authenticate_per_minute: 1 });
    expect((await call('POST', path, { as: agent.apiKey })).status).toBe(429);
  });
});

describe('credentials', () => {
  const pending = '/api/v1/hirings/pending';

  test('an agent key is taken in three headers, never as Bearer; a user token in three', async () => {
    const { call, agent, owner } = await openFixture();
    const status = async (headers: Record<string, string>) =>
      (await call('GET', pending, { headers })).status;
    expect(await status({ 'X-API-Key': agent.apiKey })).toBe(200);
    expect(await status({ 'Api-Key': agent.apiKey })).toBe(200);
    expect(await status({ Authorization: `ApiKey ${agent.apiKey}` })).toBe(200);
    expect(await status({ Authorization: `Bearer ${agent.apiKey}` })).toBe(401);
    expect(await status({ 'X-API-Key': owner.token })).toBe(200);
    expect(await status({ 'Api-Key': owner.token })).toBe(200);
    expect(await status({ Authorization: `Bearer ${owner.token}` })).toBe(200);
    expect(await status({ Authorization: `ApiKey ${owner.token}` })).toBe(401);
    expect(await status({})).toBe(401);
  });

  test('the first header decides', async () => {
    const { call, agent } = await openFixture();
    const authorization = { Authorization: `ApiKey ${agent.apiKey}` };
    expect((await call('GET', pending, { headers: { 'X-API-Key': 'wrong', ...authorization } })).status).toBe(
      401,
    );
  });

  test('agent_auth_forms: a form that is switched off is as good as absent', async () => {
    const { call, agent, marketplace } = await openFixture();
    marketplace.switches.set(agent.id, { agent_auth_forms: ['authorization-apikey'] });
    const authorization = { Authorization: `ApiKey ${agent.apiKey}` };
    expect((await call('GET', pending, { as: agent.apiKey })).status).toBe(401);
    expect((await call('GET', pending, { headers: authorization })).status).toBe(200);
    expect((await call('GET', pending, { as: agent.apiKey, headers: authorization })).status).toBe(200);
  });

  test('the documented 401 of settling is an object, everywhere else it is the list', async () => {
    const { call, owner, startedHiring } = await openFixture();
    const id = await startedHiring();
    const body = { output: { text: 'x' } };
    for (const as of [owner.token, 'wrong']) {
      const result = await call('POST', `/api/v1/hirings/${id}/result`, { as, body });
      expect(result.status).toBe(401);
      expect(result.text).toBe('{"errors":{"message":"Missing or invalid authentication"}}');
    }
    const read = await call('GET', `/api/v1/hirings/${id}`);
    expect(read.status).toBe(401);
    expect(read.json).toEqual({
      data: null,
      meta: { version: '1.0', timestamp: '2026-11-23T10:00:00.000Z' },
      errors: [{ code: 'UNAUTHORIZED', message: 'Missing or invalid authentication', details: {} }],
    });
  });
});
