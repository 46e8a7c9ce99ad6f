import { describe, expect, test } from 'vitest';

import { openFixture } from './testing/fixture.ts';

const body = { output: { text: 'Done' } };

async function submitting() {
  const fixture = await openFixture();
  const client = await fixture.goOnline();
  const id = await fixture.startedHiring();
  const submit = (key = 'k') =>
    fixture.call('POST', `/api/v1/hirings/${id}/result`, {
      as: fixture.agent.apiKey,
      headers: { 'X-Idempotency-Key': key },
      body,
    });
  const requests = () =>
    fixture.marketplace.requests.list().map(({ status, applied }) => [status, applied] as const);
  const status = () => fixture.marketplace.hirings.get(id)?.status;
  return { fixture, client, id, submit, requests, status };
}

describe('over REST', () => {
  test('error_before_apply: nothing happened, as often as asked, and the key is still fresh', async () => {
    const { fixture, submit, requests, status } = await submitting();
    fixture.marketplace.faults.add({
      kind: 'error_before_apply',
      operation: 'result',
      status: 502,
      times: 2,
    });
    expect((await submit()).status).toBe(502);
    expect((await submit()).status).toBe(502);
    expect(status()).toBe('in_progress');
    expect((await submit()).status).toBe(200);
    expect(requests()).toEqual([
      [502, false],
      [502, false],
      [200, true],
    ]);
  });

  test('error_after_apply: it happened although the answer denies it', async () => {
    const { fixture, submit, requests, status } = await submitting();
    fixture.marketplace.faults.add({ kind: 'error_after_apply', operation: 'result' });
    const lost = await submit();
    expect(lost.status).toBe(503);
    expect(lost.json).toMatchObject({ errors: [{ code: 'INTERNAL_ERROR' }] });
    expect(status()).toBe('completed');
    expect((await submit()).status).toBe(200);
    expect(requests()).toEqual([
      [503, true],
      [200, false],
    ]);
  });

  test('connection_lost_after_apply: no answer at all', async () => {
    const { fixture, submit, requests, status } = await submitting();
    fixture.marketplace.faults.add({ kind: 'connection_lost_after_apply', operation: 'result' });
    await expect(submit()).rejects.toThrow('fetch failed');
    expect(status()).toBe('completed');
    expect(requests()).toEqual([[null, true]]);
  });

  test('rate_limit: 429 once, with retry-after', async () => {
    const { fixture, submit } = await submitting();
    fixture.marketplace.faults.add({ kind: 'rate_limit', operation: 'result', seconds: 45 });
    const limited = await submit();
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('45');
    expect(limited.text).toBe(
      '{"errors":[{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Retry after 45 seconds."}],' +
        '"meta":{"version":"1.0"}}',
    );
    expect((await submit()).status).toBe(200);
  });

  test('a fault strikes only what it names', async () => {
    const { fixture, id } = await submitting();
    const { marketplace, agent, owner, call } = fixture;
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    marketplace.faults.add({ kind: 'error_before_apply', agentId: agent.id, operation: 'hiring_read' });
    marketplace.faults.add({ kind: 'error_before_apply', via: 'mcp' });
    expect((await call('GET', '/api/v1/hirings/pending', { as: agent.apiKey })).status).toBe(200);
    expect((await call('GET', `/api/v1/hirings/${id}`, { as: other.apiKey })).status).toBe(404);
    expect((await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey })).status).toBe(503);
    expect((await call('GET', '/mcp/sse', { as: agent.apiKey })).status).toBe(503);
    expect(marketplace.faults.list()).toEqual([]);
  });
});

describe('over MCP', () => {
  const call = (id: string) => ({
    jsonrpc: '2.0',
    id: 'submit',
    method: 'tools/call',
    params: { name: 'submit_hiring_result', arguments: { hiring_id: id, output: 'Done' } },
  });

  test('a tool call is struck by its own operation, before it is applied', async () => {
    const { fixture, client, id, requests, status } = await submitting();
    fixture.marketplace.faults.add({ kind: 'error_before_apply', operation: 'result', status: 500 });
    expect((await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(202);
    expect((await client.post(call(id))).status).toBe(500);
    expect(status()).toBe('in_progress');
    expect(requests()).toEqual([[500, false]]);
  });

  test('a lost answer comes neither as the POST’s nor over the stream', async () => {
    const { fixture, client, id, requests, status } = await submitting();
    fixture.marketplace.faults.add({ kind: 'error_after_apply', operation: 'result' });
    expect((await client.post(call(id))).status).toBe(503);
    expect(status()).toBe('completed');
    await client.post({ jsonrpc: '2.0', id: 'after', method: 'ping' });
    await expect.poll(() => client.messages().map((message) => message.id)).toContain('after');
    expect(client.messages().map((message) => message.id)).not.toContain('submit');
    expect(requests()).toEqual([[503, true]]);
  });
});

test('a fault that could never strike is refused', async () => {
  const { call } = await openFixture();
  const refused = async (fault: object) => (await call('POST', '/sandbox/faults', { body: fault })).json;
  expect(await refused({ kind: 'stale_read', operation: 'pending' })).toMatchObject({
    error: { code: 'VALIDATION_ERROR', message: 'operation is never struck by stale_read' },
  });
  expect(await refused({ kind: 'large_answer', operation: 'mcp_open' })).toMatchObject({
    error: { code: 'VALIDATION_ERROR' },
  });
  expect(await refused({ kind: 'error_before_apply', status: 204 })).toMatchObject({
    error: { code: 'VALIDATION_ERROR', message: 'status makes no sense for this kind' },
  });
  expect(await refused({ kind: 'delay', frame: 'update' })).toMatchObject({
    error: { code: 'VALIDATION_ERROR' },
  });
  expect(await refused({ kind: 'frame_late', via: 'rest' })).toMatchObject({
    error: { code: 'VALIDATION_ERROR' },
  });
});

test('faults can be looked at and taken back', async () => {
  const { marketplace } = await openFixture({ limits: { maxFaults: 1 } });
  const fault = marketplace.faults.add({ kind: 'rate_limit' });
  expect(marketplace.faults.list()).toEqual([fault]);
  expect(fault).toMatchObject({ times: 1, seconds: 1, status: 503 });
  expect(() => marketplace.faults.add({ kind: 'rate_limit' })).toThrow('SANDBOX_FULL');
  marketplace.faults.clear();
  expect(marketplace.faults.list()).toEqual([]);
});
