import { describe, expect, test } from 'vitest';

import type { ChaosOptions, ChaosReport } from './index.ts';
import { openFixture, type Fixture } from './testing/fixture.ts';

/** The same forty reads every time; gives the status of each, 0 for no answer. */
async function forty({ call, agent }: Fixture): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < 40; count += 1) {
    const read = call('GET', '/api/v1/hirings/pending', { as: agent.apiKey });
    statuses.push(
      await read.then(
        ({ status }) => status,
        () => 0,
      ),
    );
  }
  return statuses;
}

/** What follows from the seed: everything but ids. */
function essence({ strikes }: ChaosReport): unknown[] {
  return strikes.map(({ opportunity, kind, status, seconds }) => [opportunity, kind, status, seconds]);
}

const readKinds = [
  'error_before_apply',
  'error_after_apply',
  'connection_lost_before_apply',
  'rate_limit',
  'truncated_json',
  'malformed_items',
] as const;

describe('chaos', () => {
  test('the same seed strikes the same, another seed otherwise', async () => {
    const run = async (seed: number) => {
      const fixture = await openFixture();
      const chaos = fixture.marketplace.startChaos({ seed, rate: 0.3, kinds: [...readKinds] });
      const statuses = await forty(fixture);
      return { statuses, report: chaos.stop() };
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(first.statuses).toEqual(again.statuses);
    expect(essence(first.report)).toEqual(essence(again.report));
    expect(essence(first.report)).not.toEqual(essence(other.report));
    expect(first.report).toMatchObject({ seed: 7, rate: 0.3, running: false, opportunities: 40 });
    expect(first.report.struck).toBeGreaterThan(4);
    expect(first.report.struck).toBeLessThan(24);
    expect(first.report.strikes).toHaveLength(first.report.struck);
  });

  test('says what it did, and stops', async () => {
    const fixture = await openFixture();
    const chaos = fixture.marketplace.startChaos({ seed: 1, rate: 1, kinds: ['error_before_apply'] });
    const statuses = await forty(fixture);
    const { strikes, byKind } = chaos.stop();
    expect(strikes.map(({ status }) => status)).toEqual(statuses);
    expect(new Set(statuses)).toEqual(new Set([500, 502, 503, 504]));
    expect(byKind).toEqual({ error_before_apply: 40 });
    expect(strikes[0]).toEqual({
      at: '2026-11-23T10:00:00.000Z',
      opportunity: 1,
      agentId: fixture.agent.id,
      operation: 'pending',
      via: 'rest',
      frame: null,
      kind: 'error_before_apply',
      status: statuses[0],
      seconds: expect.any(Number),
    });
    expect(new Set(await forty(fixture))).toEqual(new Set([200]));
    expect(chaos.stop().opportunities).toBe(40);
  });

  test('spares hirers, other agents, and what it is configured to spare', async () => {
    const fixture = await openFixture();
    const { marketplace, agent, owner, hirer, call } = fixture;
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    const everything: ChaosOptions = {
      seed: 1,
      rate: 1,
      kinds: ['error_before_apply', 'frame_missed'],
      agentId: agent.id,
      spare: ['mcp_open', 'mcp_message', 'endpoint', 'answer', 'probe'],
    };
    const chaos = marketplace.startChaos(everything);
    const id = await fixture.startedHiring();
    expect((await call('GET', `/api/v1/hirings/${id}`, { as: hirer.token })).status).toBe(200);
    expect((await call('GET', '/api/v1/hirings/pending', { as: other.apiKey })).status).toBe(200);
    expect((await call('GET', `/api/v1/hirings/${id}`, { as: agent.apiKey })).status).toBeGreaterThan(499);
    const { strikes } = chaos.stop();
    expect(strikes.map(({ frame, operation }) => frame ?? operation)).toEqual(['update', 'hiring_read']);
  });

  test('faults that were asked for come first', async () => {
    const { marketplace, agent, call } = await openFixture();
    const chaos = marketplace.startChaos({ seed: 1, rate: 1, kinds: ['error_before_apply'] });
    marketplace.faults.add({ kind: 'rate_limit' });
    expect((await call('GET', '/api/v1/hirings/pending', { as: agent.apiKey })).status).toBe(429);
    expect(chaos.report()).toMatchObject({ running: true, opportunities: 0 });
  });

  test('remembers a bounded number of strikes', async () => {
    const fixture = await openFixture({ limits: { maxChaosStrikes: 3 } });
    const chaos = fixture.marketplace.startChaos({ seed: 1, rate: 1, kinds: ['error_recorded'] });
    await forty(fixture);
    const { struck, strikes } = chaos.stop();
    expect(struck).toBe(40);
    expect(strikes.map(({ opportunity }) => opportunity)).toEqual([38, 39, 40]);
  });

  test('is started, seen and stopped over HTTP', async () => {
    const fixture = await openFixture();
    const { call } = fixture;
    expect((await call('GET', '/sandbox/chaos')).status).toBe(404);
    expect((await call('DELETE', '/sandbox/chaos')).status).toBe(404);
    expect((await call('POST', '/sandbox/chaos', { body: { seed: 3, rate: 2 } })).status).toBe(422);
    const body = { seed: 3, rate: 1, kinds: ['error_before_apply'] };
    const started = await call('POST', '/sandbox/chaos', { body });
    expect(started.status).toBe(201);
    expect(started.json).toMatchObject({ seed: 3, running: true, struck: 0 });
    expect((await call('POST', '/sandbox/chaos', { body })).status).toBe(409);
    await forty(fixture);
    expect((await call('GET', '/sandbox/chaos')).json).toMatchObject({ struck: 40, running: true });
    expect((await call('DELETE', '/sandbox/chaos')).json).toMatchObject({ struck: 40, running: false });
    expect(new Set(await forty(fixture))).toEqual(new Set([200]));
  });
});

test('every kind together: the marketplace stays up and no money is lost', async () => {
  const fixture = await openFixture({
    clock: undefined,
    switches: { rate_limit_per_minute: 10_000, rpc_channel: 'both' },
  });
  const { marketplace, agent, hirer, call } = fixture;
  const spare = ['probe', 'mcp_open', 'mcp_message', 'endpoint'] as const;
  const chaos = marketplace.startChaos({ seed: 5, rate: 0.4, spare: [...spare], maxSeconds: 0.01 });
  let client = await fixture.goOnline();
  marketplace.deposit(hirer.id, '1000.00');
  for (let round = 0; round < 30; round += 1) {
    if (marketplace.sessions.list(agent.id).length === 0) client = await fixture.goOnline();
    const { id } = marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: 'x' });
    await marketplace.hirings.when(id, ({ status }) => status !== 'queued');
    const as = agent.apiKey;
    const params = { name: 'add_hiring_message', arguments: { hiring_id: id, content: 'Hello' } };
    await Promise.allSettled([
      call('GET', `/api/v1/hirings/${id}`, { as }),
      call('GET', '/api/v1/hirings/pending', { as }),
      client.post({ jsonrpc: '2.0', id: round, method: 'tools/call', params }),
      call('POST', `/api/v1/hirings/${id}/result`, { as, body: { output: {} } }),
    ]);
  }
  const { struck, byKind } = chaos.stop();
  expect(struck).toBeGreaterThan(30);
  expect(Object.keys(byKind).length).toBeGreaterThan(12);
  expect(marketplace.ledger.audit()).toMatchObject({ balanced: true, problems: [] });
  expect((await call('GET', '/api/v1/hirings/pending', { as: agent.apiKey })).status).toBe(200);
});
