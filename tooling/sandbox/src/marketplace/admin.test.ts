import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { openFixture } from './testing/fixture.ts';

const jsonObject = z.record(z.string(), z.unknown());

test('the admin API does what the in-process handles do, from a user to the settled hiring', async () => {
  const { call, marketplace, goOnline, agent } = await openFixture();
  const send = async (method: string, path: string, body?: unknown) => {
    const reply = await call(method, `/sandbox${path}`, { body });
    expect(reply.status).toBeLessThan(300);
    return reply.json;
  };
  const user = jsonObject.parse(await send('POST', '/users', { name: 'Second', balance: '50.00' }));
  expect(user['token']).toMatch(/^ap_[A-Za-z0-9_-]{43}$/);
  expect(await send('POST', `/users/${String(user['id'])}/deposit`, { amount: '5' })).toEqual({
    available: '55.00',
    escrow: '0.00',
  });
  expect(JSON.stringify(await send('GET', '/users'))).not.toContain('ap_');

  const made = jsonObject.parse(
    await send('POST', '/agents', { ownerId: user['id'], name: 'Made', basePrice: '1.00' }),
  );
  expect(made['apiKey']).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(await send('GET', '/agents')).toEqual(JSON.parse(JSON.stringify(marketplace.agents())));

  await goOnline();
  expect(await send('GET', `/sessions?agent_id=${agent.id}`)).toMatchObject([
    { agentId: agent.id, phase: 'ready', subscriptions: ['hiring://pending'] },
  ]);
  const hire = {
    hirerId: user['id'],
    agentId: agent.id,
    taskDescription: 'Through the back door',
    payment: 'async',
  };
  const hiring = jsonObject.parse(await send('POST', '/hirings', hire));
  const path = `/hirings/${String(hiring['id'])}`;
  expect(await send('POST', `${path}/dispatch`)).toMatchObject({ status: 'in_progress' });
  expect(await send('POST', `${path}/messages`, { content: 'Hello' })).toMatchObject({
    messages: [{ content: 'Hello' }],
  });
  expect(await send('POST', `${path}/cancel`)).toMatchObject({ status: 'cancelled' });
  expect(await send('POST', `${path}/retry`, { reason: 'again' })).toMatchObject({
    status: 'queued',
    traceAttempt: 2,
  });
  await marketplace.hirings.when(String(hiring['id']), 'in_progress');
  expect(await send('POST', `${path}/dispute`)).toMatchObject({ status: 'disputed' });
  expect(await send('GET', path)).toMatchObject({
    history: [
      { to: 'paid', by: `hirer:${String(user['id'])}` },
      { to: 'in_progress', by: 'platform' },
      { to: 'cancelled' },
      { to: 'queued', attempt: 2, note: 'again' },
      { to: 'in_progress' },
      { to: 'disputed' },
    ],
  });
  expect(await send('GET', `/hirings?status=disputed&agent_id=${agent.id}`)).toHaveLength(1);
  expect(await send('GET', '/hirings?status=failed')).toEqual([]);

  expect(await send('POST', `${path}/resolve`, { outcome: 'split', ownerShare: '0.40' })).toMatchObject({
    status: 'completed',
    history: expect.arrayContaining([expect.objectContaining({ note: 'dispute: split' })]),
  });
  expect(await send('GET', '/ledger')).toMatchObject({
    balanced: true,
    problems: [],
    entries: expect.any(Array),
  });
  expect(await send('GET', '/requests')).toEqual([]);
  expect(await send('DELETE', '/requests')).toEqual({});
  expect(await send('POST', '/faults', { kind: 'rate_limit', times: 2 })).toMatchObject({
    kind: 'rate_limit',
    times: 2,
  });
  expect(await send('GET', '/faults')).toHaveLength(1);
  expect(await send('DELETE', '/faults')).toEqual({});
  expect(await send('DELETE', `/sessions?agent_id=${agent.id}`)).toEqual({ dropped: 1 });
  expect(await send('DELETE', '/sessions/nonsense')).toEqual({ dropped: 0 });
});

describe('switches', () => {
  test('have defaults and settings of agents over them, and can be taken back', async () => {
    const { call, agent } = await openFixture();
    const own = `/sandbox/agents/${agent.id}/switches`;
    expect((await call('GET', own)).json).toMatchObject({ rpc_channel: 'sse', duplicate_submit: '404' });
    await call('PATCH', own, { body: { rpc_channel: 'both' } });
    await call('PATCH', '/sandbox/switches', { body: { duplicate_submit: '409', rpc_channel: 'body' } });
    expect((await call('GET', own)).json).toMatchObject({ rpc_channel: 'both', duplicate_submit: '409' });
    await call('PATCH', own, { body: { endpoint_url: 'foreign' } });
    expect((await call('GET', own)).json).toMatchObject({ rpc_channel: 'both', endpoint_url: 'foreign' });
    expect((await call('DELETE', own)).json).toMatchObject({ rpc_channel: 'body', endpoint_url: 'relative' });
  });

  test('names and values that are none are refused', async () => {
    const { call } = await openFixture();
    const unknown = await call('PATCH', '/sandbox/switches', { body: { rpc_chanel: 'sse' } });
    expect(unknown.status).toBe(422);
    const wrong = await call('PATCH', '/sandbox/switches', { body: { rpc_channel: 'pigeon' } });
    expect(wrong.json).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: { rpc_channel: expect.any(Array) } },
    });
  });
});

test('what is wrong is refused with its reason', async () => {
  const { call, marketplace, agent } = await openFixture();
  expect((await call('GET', '/sandbox/nowhere')).status).toBe(404);
  expect((await call('GET', '/sandbox/hirings/none')).status).toBe(404);
  expect((await call('POST', '/sandbox/hirings/none/cancel')).status).toBe(404);
  expect((await call('POST', '/sandbox/users', { body: '{' })).status).toBe(400);
  expect((await call('POST', '/sandbox/users', { body: { surname: 'x' } })).status).toBe(422);
  expect((await call('POST', '/sandbox/users', { body: { token: 'short' } })).status).toBe(422);
  const poor = marketplace.createUser();
  const hire = { hirerId: poor.id, agentId: agent.id, taskDescription: 'x' };
  const refused = await call('POST', '/sandbox/hirings', { body: hire });
  expect(refused.status).toBe(422);
  expect(refused.json).toMatchObject({ error: { code: 'INSUFFICIENT_BALANCE' } });
});
