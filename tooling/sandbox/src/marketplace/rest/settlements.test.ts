import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { openFixture } from '../testing/fixture.ts';

const result = (id: string): string => `/api/v1/hirings/${id}/result`;
const body = { output: { text: 'Done', summary: 'Dark mode', files_changed: ['a.ts'] } };

describe('POST /api/v1/hirings/:id/result', () => {
  test('completes the hiring and pays the owner 95 %', async () => {
    const { call, hirer, owner, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const { status, data } = await call('POST', result(id), { as: agent.apiKey, body });
    expect(status).toBe(200);
    expect(data).toMatchObject({ id, status: 'completed', final: true, task_output: body.output });
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '80.00', escrow: '0.00' });
    expect(marketplace.ledger.balance(owner.id)).toEqual({ available: '19.00', escrow: '0.00' });
    expect(marketplace.ledger.audit()).toMatchObject({
      balanced: true,
      accounts: { fees: 100, outside: -10_000 },
    });
    const profile = await call('GET', `/api/v1/agents/${agent.id}`);
    expect(profile.data).toMatchObject({
      total_tasks_completed: 1,
      total_earnings: '19.00',
      success_rate: 1,
    });
  });

  test('is not for another agent, nor before the work has begun', async () => {
    const { call, owner, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    expect((await call('POST', result(id), { as: other.apiKey, body })).status).toBe(404);
    const { id: paid } = marketplace.hire({
      hirerId: hirer.id,
      agentId: agent.id,
      taskDescription: 'x',
      payment: 'async',
    });
    const early = await call('POST', result(paid), { as: agent.apiKey, body });
    expect(early.status).toBe(409);
    expect(early.json).toMatchObject({ errors: [{ code: 'INVALID_STATE', details: { status: 'paid' } }] });
  });

  test('duplicate_submit: a hiring that is over answers 404, 409, or the same again', async () => {
    const { call, owner, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    await call('POST', result(id), { as: agent.apiKey, body });
    const again = () => call('POST', result(id), { as: agent.apiKey, body });
    expect((await again()).json).toMatchObject({
      errors: [{ code: 'NOT_FOUND', message: 'Hiring not found or already completed' }],
    });
    marketplace.switches.set(agent.id, { duplicate_submit: '409' });
    expect((await again()).status).toBe(409);
    marketplace.switches.set(agent.id, { duplicate_submit: 'replay' });
    expect((await again()).data).toMatchObject({ id, status: 'completed' });
    const failure = await call('POST', `/api/v1/hirings/${id}/failure`, {
      as: agent.apiKey,
      body: { reason: 'other' },
    });
    expect(failure.status).toBe(404);
    expect(marketplace.ledger.balance(owner.id).available).toBe('19.00');
  });

  test('takes the older members and remarks on them', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const old = { result: { text: 'Done' }, quality_rating: 4.5, notes: 'ok' };
    expect((await call('POST', result(id), { as: agent.apiKey, body: old })).status).toBe(200);
    expect(marketplace.hirings.get(id)?.taskOutput).toEqual({ text: 'Done' });
    expect(marketplace.requests.list({ hiringId: id })[0]?.remarks).toEqual([
      'the result is in result, not in output',
    ]);
  });

  test('result_field: only one member is taken, and the 422 names it', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    marketplace.switches.set(agent.id, { result_field: 'result' });
    const id = await startedHiring();
    const refused = await call('POST', result(id), { as: agent.apiKey, body });
    expect(refused.json).toMatchObject({
      errors: [{ code: 'VALIDATION_ERROR', details: { result: ["can't be blank"] } }],
    });
    const taken = await call('POST', result(id), { as: agent.apiKey, body: { result: body.output } });
    expect(taken.status).toBe(200);
  });

  test.each([
    [{}, 422],
    [{ output: 'text' }, 422],
    [[], 422],
    ['{"output":', 400],
  ])('refuses %j with %i', async (wrong, status) => {
    const { call, agent, startedHiring } = await openFixture();
    const id = await startedHiring();
    expect((await call('POST', result(id), { as: agent.apiKey, body: wrong })).status).toBe(status);
  });

  test('refuses a body that is too large', async () => {
    const { call, agent } = await openFixture({ limits: { maxBodyBytes: 100 } });
    const { status, headers } = await call('POST', result('x'), { as: agent.apiKey, body: 'x'.repeat(101) });
    expect(status).toBe(413);
    expect(headers.get('x-ratelimit-remaining')).not.toBeNull();
  });
});

describe('POST /api/v1/hirings/:id/failure', () => {
  test('refunds the hirer, who sees why', async () => {
    const { call, hirer, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const failure = { error: 'The worker is gone', reason: 'agent_unresponsive' };
    const { data } = await call('POST', `/api/v1/hirings/${id}/failure`, { as: agent.apiKey, body: failure });
    expect(data).toMatchObject({ status: 'failed', failed_reason: 'agent_unresponsive: The worker is gone' });
    expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '100.00', escrow: '0.00' });
  });

  test('takes free text as reason, and wants something', async () => {
    const { call, agent, startedHiring } = await openFixture();
    const id = await startedHiring();
    const path = `/api/v1/hirings/${id}/failure`;
    expect((await call('POST', path, { as: agent.apiKey, body: {} })).status).toBe(422);
    const { data } = await call('POST', path, { as: agent.apiKey, body: { reason: 'It rained' } });
    expect(data).toMatchObject({ failed_reason: 'It rained' });
  });
});

describe('POST /api/v1/hirings/:id/messages', () => {
  test('both sides write, up to 5000 characters', async () => {
    const { call, hirer, agent, startedHiring } = await openFixture();
    const id = await startedHiring();
    const path = `/api/v1/hirings/${id}/messages`;
    const sent = await call('POST', path, { as: agent.apiKey, body: { content: 'x'.repeat(5_000) } });
    expect(sent.status).toBe(201);
    expect(sent.data).toMatchObject({
      hiring_id: id,
      sender_type: 'agent',
      sender_agent_id: agent.id,
      kind: 'message',
    });
    await call('POST', path, { as: hirer.token, body: { content: 'Thanks' } });
    const { data } = await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey });
    expect(data['messages']).toMatchObject([
      { sender_type: 'agent' },
      { sender_type: 'user', content: 'Thanks' },
    ]);
    const long = await call('POST', path, { as: agent.apiKey, body: { content: 'x'.repeat(5_001) } });
    expect(long.status).toBe(422);
    expect((await call('POST', path, { as: agent.apiKey, body: { content: '' } })).status).toBe(422);
  });

  test('a question stays open until it is answered', async () => {
    const { call, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const asked = await call('POST', `/api/v1/hirings/${id}/messages`, {
      as: agent.apiKey,
      body: { content: 'Which blue?', kind: 'question' },
    });
    const questionId = String(asked.data['id']);
    const questions = async () =>
      (await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey })).data['open_questions'];
    expect(await questions()).toMatchObject([{ question_id: questionId, content: 'Which blue?' }]);
    marketplace.say(id, 'Navy', questionId);
    expect(await questions()).toEqual([]);
    expect(marketplace.hirings.get(id)?.messages.at(-1)).toMatchObject({
      kind: 'answer',
      replyToId: questionId,
    });
  });
});

test('every settlement and message is on record with its bytes, and no credential', async () => {
  const { call, agent, marketplace, startedHiring } = await openFixture();
  const id = await startedHiring();
  const bytes = '{"output": {"text":"Fertig – 完成"}}';
  await call('POST', result(id), {
    as: agent.apiKey,
    headers: { Authorization: `ApiKey ${agent.apiKey}`, 'X-Idempotency-Key': 'key-1' },
    body: bytes,
  });
  await call('POST', result(id), { as: 'wrong', body: bytes });
  const records = marketplace.requests.list({ hiringId: id, operation: 'result' });
  expect(records).toEqual([
    {
      sequence: 1,
      at: '2026-11-23T10:00:00.000Z',
      via: 'rest',
      operation: 'result',
      hiringId: id,
      agentId: agent.id,
      userId: null,
      authForms: ['x-api-key', 'authorization-apikey'],
      idempotencyKey: 'key-1',
      contentType: 'application/json',
      body: bytes,
      bodySha256: createHash('sha256').update(bytes).digest('hex'),
      status: 200,
      applied: true,
      remarks: [],
    },
    expect.objectContaining({ sequence: 2, agentId: null, status: 401, applied: false }),
  ]);
  expect(JSON.stringify(records)).not.toContain(agent.apiKey);
  marketplace.requests.clear();
  expect(marketplace.requests.list()).toEqual([]);
});
