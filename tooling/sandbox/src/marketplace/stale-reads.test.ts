import { describe, expect, test } from 'vitest';

import { openFixture } from './testing/fixture.ts';

async function reading() {
  const fixture = await openFixture();
  const id = await fixture.startedHiring();
  const { agent, hirer, call } = fixture;
  const read = async (as = agent.apiKey) => (await call('GET', `/api/v1/hirings/${id}`, { as })).data;
  const submit = () =>
    call('POST', `/api/v1/hirings/${id}/result`, { as: agent.apiKey, body: { output: { text: 'Done' } } });
  return { fixture, id, read, submit, agent, hirer };
}

describe('stale_reads', () => {
  test('the detail shows what was before the change, that many times, to every reader', async () => {
    const { fixture, id, read, submit, agent, hirer } = await reading();
    const switched = await fixture.call('PATCH', `/sandbox/agents/${agent.id}/switches`, {
      body: { stale_reads: 2 },
    });
    expect(switched.json).toMatchObject({ stale_reads: 2 });
    expect(await read()).toMatchObject({ status: 'in_progress' });
    expect((await submit()).data).toMatchObject({ status: 'completed' });
    const stale = { status: 'in_progress', final: false, task_output: null, completed_at: null };
    expect(await read()).toMatchObject(stale);
    expect(await read(hirer.token)).toMatchObject(stale);
    expect(await read()).toMatchObject({ status: 'completed', final: true, task_output: { text: 'Done' } });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('completed');
  });

  test('a retry seems not to have happened: old status, old attempt, old dispatch', async () => {
    const { fixture, id, read, agent } = await reading();
    const { marketplace, clock } = fixture;
    const first = await read();
    marketplace.cancel(id);
    marketplace.switches.set(agent.id, { stale_reads: 1 });
    // The hiring stays queued while its probe is on the way.
    marketplace.faults.add({ kind: 'frame_late', frame: 'probe', seconds: 1 });
    marketplace.retry(id);
    const { dispatch_id } = first;
    expect(await read()).toMatchObject({ status: 'cancelled', trace_attempt: 1, dispatch_id });
    expect(await read()).toMatchObject({ status: 'queued', trace_attempt: 2 });
    clock.advance(1_000);
    await marketplace.hirings.when(id, 'in_progress');
    expect(await read()).toMatchObject({ status: 'queued', trace_attempt: 2 });
    const now = await read();
    expect(now).toMatchObject({ status: 'in_progress', trace_attempt: 2 });
    expect(now['dispatch_id']).not.toBe(dispatch_id);
  });

  test('switched off, everything is fresh at once', async () => {
    const { fixture, read, submit, agent } = await reading();
    fixture.marketplace.switches.set(agent.id, { stale_reads: 9 });
    await submit();
    expect(await read()).toMatchObject({ status: 'in_progress' });
    fixture.marketplace.switches.set(agent.id, { stale_reads: 0 });
    expect(await read()).toMatchObject({ status: 'completed' });
  });
});

test('stale_read: one read of the detail, or of hiring://{id}', async () => {
  const { fixture, id, read, submit, agent } = await reading();
  fixture.marketplace.switches.set(agent.id, { rpc_channel: 'body' });
  const client = await fixture.goOnline();
  await submit();
  fixture.marketplace.faults.add({ kind: 'stale_read', via: 'rest' });
  fixture.marketplace.faults.add({ kind: 'stale_read', via: 'mcp' });
  expect(await read()).toMatchObject({ status: 'in_progress', task_output: null });
  expect(await read()).toMatchObject({ status: 'completed' });
  const params = { uri: `hiring://${id}` };
  const resource = async () =>
    (await client.post({ jsonrpc: '2.0', id: 1, method: 'resources/read', params })).body;
  expect(await resource()).toContain(String.raw`\"status\":\"in_progress\"`);
  expect(await resource()).toContain(String.raw`\"status\":\"completed\"`);
});
