import { describe, expect, test } from 'vitest';

import { openFixture } from '../testing/fixture.ts';

const hirePath = (did: string): string => `/api/v1/agents/${encodeURIComponent(did)}/hire`;

describe('POST /api/v1/agents/:did/hire', () => {
  test('holds the price and answers with the queued hiring and the agent’s terms', async () => {
    const { call, hirer, agent, marketplace } = await openFixture();
    const body = {
      task_description: 'Dark mode',
      capability_requested: 'Coding',
      price: '25.5',
      sync_to_linear: true,
    };
    const { status, data } = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      hiring: {
        status: 'queued',
        final: false,
        price: '25.50',
        agent_id: agent.id,
        agent: { did: agent.did, name: 'Coder' },
        capability_requested: 'Coding',
        trace_attempt: 1,
        dispatch_id: expect.any(String),
        delivery_mode: 'output',
        deadline_at: '2026-11-24T12:00:00.000Z',
        messages: [],
        open_questions: [],
        artifacts: [],
      },
      config: { agentDid: agent.did, basePrice: '20.00', pricingModel: 'fixed' },
    });
    const hold = marketplace.ledger.entries().find(({ kind }) => kind === 'hold');
    expect(hold?.lines).toEqual([
      { account: `available:${hirer.id}`, cents: -2_550 },
      { account: expect.stringMatching(/^escrow:/), cents: 2_550 },
    ]);
  });

  test('refuses what the hirer cannot pay, and holds nothing', async () => {
    const { call, hirer, agent, marketplace } = await openFixture();
    const body = { task_description: 'Dear', price: '100.01' };
    const { status, json } = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      errors: [{ code: 'INSUFFICIENT_BALANCE', details: { available: '100.00', required: '100.01' } }],
    });
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '100.00', escrow: '0.00' });
    expect(marketplace.hirings.list()).toEqual([]);
  });

  test.each([
    [{ task_description: '' }, 'task_description'],
    [{ task_description: 'x'.repeat(5_001) }, 'task_description'],
    [{ task_description: 'x', price: '19.99' }, 'price'],
    [{ task_description: 'x', price: '-1' }, 'price'],
    [{ task_description: 'x', price: '20.001' }, 'price'],
    [{ task_description: 'x', capability_requested: 'cooking' }, 'capability_requested'],
    [{ task_description: 'x', delivery_mode: 'carrier pigeon' }, 'delivery_mode'],
    [{ task_description: 'x', delivery_mode: 'push' }, 'repo_url'],
    [{ task_description: 'x', task_input: 'text' }, 'task_input'],
  ])('refuses %j because of %s', async (body, field) => {
    const { call, hirer, agent } = await openFixture();
    const { status, json } = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      errors: [{ code: 'VALIDATION_ERROR', details: { [field]: expect.any(Array) } }],
    });
  });

  test('cannot choose what only the admin API can', async () => {
    const { call, hirer, agent } = await openFixture();
    const body = { task_description: 'x', payment: 'async', deadline_at: '2027-01-01T00:00:00Z' };
    const { data } = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    expect(data['hiring']).toMatchObject({ status: 'queued', deadline_at: '2026-11-24T12:00:00.000Z' });
  });

  test('an agent that is not active cannot be hired', async () => {
    const { call, hirer, agent, marketplace } = await openFixture();
    marketplace.switches.set(agent.id, { patch_agent: 'partial' });
    await call('PATCH', `/api/v1/agents/${agent.id}`, {
      as: agent.apiKey,
      body: { agent: { status: 'inactive' } },
    });
    const { status, json } = await call('POST', hirePath(agent.did), {
      as: hirer.token,
      body: { task_description: 'x' },
    });
    expect(status).toBe(503);
    expect(json).toMatchObject({ errors: [{ code: 'AGENT_UNAVAILABLE' }] });
  });

  test('client_idempotency_key makes one hiring of many requests', async () => {
    const { call, hirer, agent, marketplace } = await openFixture();
    const body = { task_description: 'Once', client_idempotency_key: 'k-1' };
    const first = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    const second = await call('POST', hirePath(agent.did), { as: hirer.token, body });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(marketplace.hirings.list()).toHaveLength(1);
    const other = { ...body, task_description: 'Twice' };
    const third = await call('POST', hirePath(agent.did), { as: hirer.token, body: other });
    expect(third.status).toBe(422);
    expect(third.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_MISMATCH' }] });
  });

  test('a free agent costs nothing, and no fee', async () => {
    const { call, owner, hirer, marketplace } = await openFixture();
    const free = marketplace.registerAgent({ ownerId: owner.id, name: 'Free' });
    const body = { task_description: 'For nothing' };
    const { data } = await call('POST', hirePath(free.did), { as: hirer.token, body });
    expect(data['hiring']).toMatchObject({ price: '0.00' });
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '100.00', escrow: '0.00' });
  });
});

describe('reading hirings', () => {
  test('agent, hirer and owner read a hiring, and only the agent sees the repository token', async () => {
    const { call, hirer, owner, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring({
      deliveryMode: 'push',
      repoUrl: 'https://github.com/acme/kit',
      repoAccessToken: 'ghp_secret',
    });
    const path = `/api/v1/hirings/${id}`;
    const seen = await call('GET', path, { as: agent.apiKey });
    expect(seen.data).toMatchObject({
      id,
      status: 'in_progress',
      task_input: { repo_access_token: 'ghp_secret' },
    });
    for (const as of [hirer.token, owner.token]) {
      const { status, text } = await call('GET', path, { as });
      expect(status).toBe(200);
      expect(text).not.toContain('ghp_secret');
    }
    const stranger = marketplace.createUser();
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    expect((await call('GET', path, { as: stranger.token })).status).toBe(404);
    expect((await call('GET', path, { as: other.apiKey })).status).toBe(404);
    expect((await call('GET', path)).status).toBe(401);
    expect((await call('GET', '/api/v1/hirings/not-a-uuid', { as: agent.apiKey })).status).toBe(422);
  });

  test('attempt_fields hides what a client counts attempts by', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const keys = async () => {
      const { data } = await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey });
      return ['dispatch_id', 'trace_attempt'].filter((key) => key in data);
    };
    expect(await keys()).toEqual(['dispatch_id', 'trace_attempt']);
    marketplace.switches.set(agent.id, { attempt_fields: 'dispatch_id' });
    expect(await keys()).toEqual(['dispatch_id']);
    marketplace.switches.set(agent.id, { attempt_fields: 'none' });
    expect(await keys()).toEqual([]);
  });

  test('hiring_detail: the route may not exist', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    marketplace.switches.set(agent.id, { hiring_detail: 'missing' });
    const { status, json } = await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey });
    expect(status).toBe(404);
    expect(json).toMatchObject({ errors: [{ code: 'ROUTE_NOT_FOUND' }] });
  });

  test('delivery_mode_place moves the mode in the detail too', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const places = async () => {
      const { data } = await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey });
      return { top: data['delivery_mode'], task_input: data['task_input'] };
    };
    expect(await places()).toEqual({ top: 'output', task_input: { delivery_mode: 'output' } });
    marketplace.switches.set(agent.id, { delivery_mode_place: 'top' });
    expect(await places()).toEqual({ top: 'output', task_input: {} });
    marketplace.switches.set(agent.id, { delivery_mode_place: 'missing' });
    expect(await places()).toEqual({ top: undefined, task_input: {} });
  });

  test('the hirer’s list is numbered in pages, newest first', async () => {
    const { call, hirer, agent, marketplace } = await openFixture();
    const ids = ['a', 'b', 'c'].map(
      (task) => marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: task }).id,
    );
    const { data } = await call('GET', '/api/v1/hirings?limit=2&page=2', { as: hirer.token });
    expect(data).toMatchObject({ hirings: [{ id: ids[0] }], total: 3, page: 2, per_page: 2, total_pages: 2 });
    const cancelled = await call('GET', '/api/v1/hirings?status=cancelled', { as: hirer.token });
    expect(cancelled.data).toMatchObject({ hirings: [], total: 0 });
    expect((await call('GET', '/api/v1/hirings', { as: agent.apiKey })).status).toBe(403);
  });
});

describe('GET /api/v1/hirings/pending', () => {
  const path = '/api/v1/hirings/pending';

  test('an agent key lists its own active work, a user token that of all the user’s agents', async () => {
    const { call, owner, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    const { id: paid } = marketplace.hire({
      hirerId: hirer.id,
      agentId: other.id,
      taskDescription: 'x',
      payment: 'async',
    });
    const ids = async (as: string, headers = {}) =>
      (await call('GET', path, { as, headers })).rows.map((row) => row['id']);
    expect(await ids(agent.apiKey)).toEqual([id]);
    expect(await ids(owner.token)).toEqual([id, paid]);
    expect(await ids(owner.token, { 'X-Agent-ID': other.id })).toEqual([paid]);
    expect(await ids(hirer.token)).toEqual([]);
    const { rows } = await call('GET', path, { as: agent.apiKey });
    expect(rows).toMatchObject([
      { callback: `${marketplace.url}/api/v1/hirings/${id}/result`, task_description: 'Add a dark mode' },
    ]);
  });

  test('pending_scope: only what is paid, or only for users', async () => {
    const { call, owner, hirer, agent, marketplace, startedHiring } = await openFixture();
    await startedHiring();
    const { id: paid } = marketplace.hire({
      hirerId: hirer.id,
      agentId: agent.id,
      taskDescription: 'x',
      payment: 'async',
    });
    marketplace.switches.set(agent.id, { pending_scope: 'paid_only' });
    expect((await call('GET', path, { as: agent.apiKey })).rows).toMatchObject([{ id: paid }]);
    marketplace.switches.set(agent.id, { pending_scope: 'user_token_only' });
    expect((await call('GET', path, { as: agent.apiKey })).status).toBe(403);
    expect((await call('GET', path, { as: owner.token })).rows).toMatchObject([{ id: paid }]);
  });
});

describe('cancel and retry', () => {
  test('cancelling refunds, once', async () => {
    const { call, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const path = `/api/v1/hirings/${id}/cancel`;
    expect((await call('POST', path, { as: agent.apiKey })).status).toBe(403);
    const cancelled = await call('POST', path, { as: hirer.token });
    expect(cancelled.data).toMatchObject({ status: 'cancelled', final: true });
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '100.00', escrow: '0.00' });
    const again = await call('POST', path, { as: hirer.token });
    expect(again.status).toBe(409);
    expect(again.text).toContain('The hiring is already terminal (cancelled)');
  });

  test('a retry is the same hiring with a new dispatch, the next attempt and money held again', async () => {
    const { call, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const before = marketplace.hirings.get(id);
    await call('POST', `/api/v1/hirings/${id}/failure`, { as: agent.apiKey, body: { reason: 'other' } });
    expect(marketplace.ledger.balance(hirer.id).available).toBe('100.00');
    const { status, data } = await call('POST', `/api/v1/hirings/${id}/retry`, {
      as: hirer.token,
      body: { reason: 'Please try again' },
    });
    expect(status).toBe(200);
    expect(data).toMatchObject({
      id,
      status: 'queued',
      trace_attempt: 2,
      failed_reason: null,
      failed_at: null,
    });
    expect(data['dispatch_id']).not.toBe(before?.dispatchId);
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '80.00', escrow: '20.00' });
    const running = await marketplace.hirings.when(id, 'in_progress');
    expect(running.history.map(({ to, attempt }) => [to, attempt])).toEqual([
      ['queued', 1],
      ['in_progress', 1],
      ['failed', 1],
      ['queued', 2],
      ['in_progress', 2],
    ]);
    expect((await call('POST', `/api/v1/hirings/${id}/retry`, { as: hirer.token })).status).toBe(409);
  });

  test('a retry that cannot be paid changes nothing', async () => {
    const { call, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring({ price: '60.00' });
    await call('POST', `/api/v1/hirings/${id}/failure`, { as: agent.apiKey, body: { reason: 'other' } });
    await startedHiring({ price: '60.00' });
    const { status, json } = await call('POST', `/api/v1/hirings/${id}/retry`, { as: hirer.token });
    expect(status).toBe(422);
    expect(json).toMatchObject({ errors: [{ code: 'INSUFFICIENT_BALANCE' }] });
    expect(marketplace.hirings.get(id)).toMatchObject({ status: 'failed', traceAttempt: 1 });
  });

  test('retry_from: whether a cancelled hiring may be retried', async () => {
    const { call, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    marketplace.cancel(id);
    marketplace.switches.set(agent.id, { retry_from: 'failed' });
    expect((await call('POST', `/api/v1/hirings/${id}/retry`, { as: hirer.token })).status).toBe(409);
    marketplace.switches.set(agent.id, { retry_from: 'failed_and_cancelled' });
    expect((await call('POST', `/api/v1/hirings/${id}/retry`, { as: hirer.token })).status).toBe(200);
  });
});

test('memory is bounded: the longest finished hiring makes room', async () => {
  const { hirer, agent, marketplace } = await openFixture({ limits: { maxHirings: 2 } });
  const hire = () =>
    marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: 'x', payment: 'async' });
  const first = hire();
  const second = hire();
  expect(hire).toThrow('2 hirings are open');
  marketplace.cancel(second.id);
  const third = hire();
  expect(marketplace.hirings.list().map(({ id }) => id)).toEqual([first.id, third.id]);
  expect(marketplace.ledger.audit().balanced).toBe(true);
});
