import { describe, expect, test } from 'vitest';

import { setScene, type Scene } from './testing/fixture.ts';

const body = { output: { text: 'Done' } };

async function submitting() {
  const scene = await setScene();
  const id = await scene.startedHiring();
  const submit = (key: string, sent: unknown = body) =>
    scene.call('POST', `/api/v1/hirings/${id}/result`, {
      as: scene.agent.apiKey,
      headers: { 'X-Idempotency-Key': key },
      body: sent,
    });
  return { scene, id, submit };
}

function applied(scene: Scene): boolean[] {
  return scene.marketplace.requests.list().map((request) => request.applied);
}

describe('X-Idempotency-Key', () => {
  test('the same key and body give the same answer, byte for byte, and one settlement', async () => {
    const { scene, submit } = await submitting();
    const first = await submit('k');
    scene.clock.advance(1_000);
    const second = await submit('k');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(applied(scene)).toEqual([true, false]);
    expect(scene.marketplace.ledger.balance(scene.owner.id).available).toBe('19.00');
  });

  test('the same key with another body, or on another endpoint, is a mismatch', async () => {
    const { scene, id, submit } = await submitting();
    await submit('k');
    const other = await submit('k', { output: { text: 'Other' } });
    expect(other.status).toBe(422);
    expect(other.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_MISMATCH' }] });
    const elsewhere = await scene.call('POST', `/api/v1/hirings/${id}/messages`, {
      as: scene.agent.apiKey,
      headers: { 'X-Idempotency-Key': 'k' },
      body,
    });
    expect(elsewhere.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_MISMATCH' }] });
  });

  test('while the first request runs, the same key is answered so', async () => {
    const { scene, submit } = await submitting();
    scene.marketplace.faults.add({ kind: 'delay', operation: 'result', seconds: 5 });
    const first = submit('k');
    await expect.poll(() => scene.marketplace.faults.list()).toEqual([]);
    const second = await submit('k');
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_PENDING' }] });
    scene.clock.advance(5_000);
    expect((await first).status).toBe(200);
    expect((await submit('k')).text).toBe((await first).text);
  });

  test('an error is final too: it is answered again', async () => {
    const { scene, submit } = await submitting();
    const wrong = { output: 'not an object' };
    expect((await submit('k', wrong)).status).toBe(422);
    const again = await submit('k', wrong);
    expect(again.json).toMatchObject({ errors: [{ code: 'VALIDATION_ERROR' }] });
    expect(applied(scene)).toEqual([false, false]);
  });

  test('a key is forgotten after 24 hours', async () => {
    const { scene, submit } = await submitting();
    await submit('k');
    scene.clock.advance(24 * 3_600_000 - 1);
    expect((await submit('k')).status).toBe(200);
    scene.clock.advance(1);
    expect((await submit('k')).status).toBe(404);
  });

  test('keys of two callers never meet, and without a caller there is none', async () => {
    const { scene, id, submit } = await submitting();
    const nobody = await scene.call('POST', `/api/v1/hirings/${id}/result`, {
      headers: { 'X-Idempotency-Key': 'k' },
      body,
    });
    expect(nobody.status).toBe(401);
    const message = { content: 'Hi' };
    const path = `/api/v1/hirings/${id}/messages`;
    const headers = { 'X-Idempotency-Key': 'm' };
    await scene.call('POST', path, { as: scene.hirer.token, headers, body: message });
    await scene.call('POST', path, { as: scene.agent.apiKey, headers, body: message });
    expect(scene.marketplace.hirings.get(id)?.messages).toHaveLength(2);
    expect((await submit('k')).status).toBe(200);
  });

  test('idempotency: a marketplace that ignores the key answers as to any duplicate', async () => {
    const { scene, submit } = await submitting();
    scene.marketplace.switches.set(scene.agent.id, { idempotency: 'ignored' });
    expect((await submit('k')).status).toBe(200);
    expect((await submit('k')).status).toBe(404);
  });

  test('idempotency_after_5xx: a recorded 5xx is answered again, or run once more', async () => {
    const { scene, submit } = await submitting();
    scene.marketplace.faults.add({ kind: 'error_recorded', operation: 'result', status: 500 });
    expect((await submit('k')).status).toBe(500);
    expect((await submit('k')).status).toBe(500);
    expect(applied(scene)).toEqual([false, false]);
    scene.marketplace.switches.set(scene.agent.id, { idempotency_after_5xx: 'run' });
    expect((await submit('k')).status).toBe(200);
    expect((await submit('k')).status).toBe(200);
    expect(applied(scene)).toEqual([false, false, true, false]);
  });
});
