import { describe, expect, test } from 'vitest';

import { openFixture, type Fixture } from './testing/fixture.ts';

const body = { output: { text: 'Done' } };

async function submitting() {
  const fixture = await openFixture();
  const id = await fixture.startedHiring();
  const submit = (key: string, sent: unknown = body) =>
    fixture.call('POST', `/api/v1/hirings/${id}/result`, {
      as: fixture.agent.apiKey,
      headers: { 'X-Idempotency-Key': key },
      body: sent,
    });
  return { fixture, id, submit };
}

function applied(fixture: Fixture): boolean[] {
  return fixture.marketplace.requests.list().map((request) => request.applied);
}

describe('X-Idempotency-Key', () => {
  test('the same key and body give the same answer, byte for byte, and one settlement', async () => {
    const { fixture, submit } = await submitting();
    const first = await submit('k');
    fixture.clock.advance(1_000);
    const second = await submit('k');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(applied(fixture)).toEqual([true, false]);
    expect(fixture.marketplace.ledger.balance(fixture.owner.id).available).toBe('19.00');
  });

  test('the same key with another body, or on another endpoint, is a mismatch', async () => {
    const { fixture, id, submit } = await submitting();
    await submit('k');
    const other = await submit('k', { output: { text: 'Other' } });
    expect(other.status).toBe(422);
    expect(other.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_MISMATCH' }] });
    const elsewhere = await fixture.call('POST', `/api/v1/hirings/${id}/messages`, {
      as: fixture.agent.apiKey,
      headers: { 'X-Idempotency-Key': 'k' },
      body,
    });
    expect(elsewhere.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_MISMATCH' }] });
  });

  test('while the first request runs, the same key is answered so', async () => {
    const { fixture, submit } = await submitting();
    fixture.marketplace.faults.add({ kind: 'delay', operation: 'result', seconds: 5 });
    const first = submit('k');
    await expect.poll(() => fixture.marketplace.faults.list()).toEqual([]);
    const second = await submit('k');
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_PENDING' }] });
    fixture.clock.advance(5_000);
    expect((await first).status).toBe(200);
    expect((await submit('k')).text).toBe((await first).text);
  });

  test('an error is final too: it is answered again', async () => {
    const { fixture, submit } = await submitting();
    const wrong = { output: 'not an object' };
    expect((await submit('k', wrong)).status).toBe(422);
    const again = await submit('k', wrong);
    expect(again.json).toMatchObject({ errors: [{ code: 'VALIDATION_ERROR' }] });
    expect(applied(fixture)).toEqual([false, false]);
  });

  test('a key is forgotten after 24 hours', async () => {
    const { fixture, submit } = await submitting();
    await submit('k');
    fixture.clock.advance(24 * 3_600_000 - 1);
    expect((await submit('k')).status).toBe(200);
    fixture.clock.advance(1);
    expect((await submit('k')).status).toBe(404);
  });

  test('keys of two callers never meet, and without a caller there is none', async () => {
    const { fixture, id, submit } = await submitting();
    const nobody = await fixture.call('POST', `/api/v1/hirings/${id}/result`, {
      headers: { 'X-Idempotency-Key': 'k' },
      body,
    });
    expect(nobody.status).toBe(401);
    const message = { content: 'Hi' };
    const path = `/api/v1/hirings/${id}/messages`;
    const headers = { 'X-Idempotency-Key': 'm' };
    await fixture.call('POST', path, { as: fixture.hirer.token, headers, body: message });
    await fixture.call('POST', path, { as: fixture.agent.apiKey, headers, body: message });
    expect(fixture.marketplace.hirings.get(id)?.messages).toHaveLength(2);
    expect((await submit('k')).status).toBe(200);
  });

  test('idempotency: a marketplace that ignores the key answers as to any duplicate', async () => {
    const { fixture, submit } = await submitting();
    fixture.marketplace.switches.set(fixture.agent.id, { idempotency: 'ignored' });
    expect((await submit('k')).status).toBe(200);
    expect((await submit('k')).status).toBe(404);
  });

  test('idempotency_after_5xx: a recorded 5xx is answered again, or run once more', async () => {
    const { fixture, submit } = await submitting();
    fixture.marketplace.faults.add({ kind: 'error_recorded', operation: 'result', status: 500 });
    expect((await submit('k')).status).toBe(500);
    expect((await submit('k')).status).toBe(500);
    expect(applied(fixture)).toEqual([false, false]);
    fixture.marketplace.switches.set(fixture.agent.id, { idempotency_after_5xx: 'run' });
    expect((await submit('k')).status).toBe(200);
    expect((await submit('k')).status).toBe(200);
    expect(applied(fixture)).toEqual([false, false, true, false]);
  });
});
