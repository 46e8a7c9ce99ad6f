import { describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test } from './environment.ts';

const QUICK = { polling: { everySeconds: 1 } };

describe.concurrent('a hire that no push announced', () => {
  test('is found, done and paid', async ({ openEnvironment, lostWebhooks, expect }) => {
    const env = await openEnvironment({ listing: lostWebhooks });
    await env.startApp(QUICK);
    const { id } = env.hire();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
    expect(env.said()).toHaveLength(1);
    expect(env.marketplace.ledger.balance(env.ownerId).available).toBe('9.50');
  });

  test('is found by MCP where REST lists only what waits for a payment', async ({
    openEnvironment,
    lostWebhooks,
    expect,
  }) => {
    const env = await openEnvironment({ listing: lostWebhooks });
    for (const { id } of env.agents) env.marketplace.switches.set(id, { pending_scope: 'paid_only' });
    await env.startApp(QUICK);
    const { id } = env.hire();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('is found by the user token where the agent may not list', async ({
    openEnvironment,
    lostWebhooks,
    expect,
  }) => {
    const env = await openEnvironment({
      listing: lostWebhooks,
      workers: [{ name: 'alice' }, { name: 'bob' }],
    });
    for (const { id } of env.agents) {
      env.marketplace.switches.set(id, { pending_scope: 'user_token_only' });
      env.marketplace.faults.add({
        kind: 'error_before_apply',
        operation: 'pending',
        via: 'mcp',
        agentId: id,
        times: 1000,
      });
    }
    const { marketplace } = env.settings();
    await env.startApp({ ...QUICK, marketplace: { ...Object(marketplace), userToken: env.ownerToken } });
    const { id } = env.hire('bob', 'Write a note about escrow.', { payment: 'async' });
    await until(() => env.said('bob').length > 0);
    await env.marketplace.dispatch(id);
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('of one agent is found while another agent has an outage', async ({
    openEnvironment,
    lostWebhooks,
    expect,
  }) => {
    const env = await openEnvironment({
      listing: lostWebhooks,
      workers: [{ name: 'alice' }, { name: 'bob' }],
    });
    const [alice] = env.agents;
    for (const operation of ['pending', 'hiring_read'] as const) {
      env.marketplace.faults.add({
        kind: 'silence_before_apply',
        operation,
        agentId: alice?.id,
        seconds: 60,
        times: 1000,
      });
    }
    await env.startApp(QUICK);
    const { id } = env.hire('bob');
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });
});

describe.concurrent('polling', () => {
  test('leaves MCP to a live session of another process, and takes over when it is gone', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const { requests } = env.marketplace;
    const lease = `mcp-session:${env.agents[0]?.id}`;
    const app = await env.startApp(QUICK);
    await app.store.leases.take(lease, 'another', Date.now(), 60_000);
    const byRest = (): number => requests.visits({ operation: 'pending', via: 'rest' }).length;
    const byMcp = (): number => requests.visits({ operation: 'pending', via: 'mcp' }).length;
    // What was under way when the lease was taken has ended by then.
    const restBefore = byRest();
    await until(() => byRest() >= restBefore + 2);
    const [rest, mcp] = [byRest(), byMcp()];
    await until(() => byRest() >= rest + 2);
    expect(byMcp()).toBe(mcp);
    await app.store.leases.release(lease, 'another');
    await until(() => byMcp() > mcp);
  });

  test('waits as long as the marketplace asks for', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const { faults, requests } = env.marketplace;
    faults.add({ kind: 'rate_limit', operation: 'pending', via: 'rest', seconds: 4 });
    await env.startApp(QUICK);
    await until(() => requests.visits({ operation: 'pending', via: 'rest' }).length >= 2);
    const [first, second] = requests.visits({ operation: 'pending', via: 'rest' });
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(3_900);
  });

  test('does not hammer with a key that is refused', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const [agent] = env.agents;
    const app = await env.startApp({
      ...QUICK,
      agents: [{ id: agent?.id, key: 'd3Jvbmcga2V5', worker: 'alice' }],
    });
    await until(async () => (await readiness(app.healthUrl)).includes('cannot be polled'));
    // The second look comes after a longer wait than usual.
    const byRest = { operation: 'pending', via: 'rest' } as const;
    await until(() => env.marketplace.requests.visits(byRest).length >= 2);
    const [first, second] = env.marketplace.requests.visits(byRest);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('has an open hiring read again that no list shows any more', async ({
    openEnvironment,
    lostWebhooks,
    expect,
  }) => {
    const env = await openEnvironment({ listing: lostWebhooks });
    env.hiclaw.worker('alice').behave({ kind: 'silent' }, 'next-job');
    const app = await env.startApp({ ...QUICK, timing: { rereadSeconds: 3600, attentionSeconds: 3600 } });
    const { id } = env.hire();
    await until(() => env.said().length > 0);
    env.marketplace.cancel(id);
    // When nothing else had it read again, that is a minute after its last read, and a little for the turn.
    await until(
      async () => (await app.store.hirings.queueStats(Date.now(), 0)).byState.cancelled === 1,
      90_000,
    );
    // Told to do it, and told once that it is off.
    expect(env.said()).toHaveLength(2);
  });

  test('goes page by page', async ({ openEnvironment, lostWebhooks, expect }) => {
    const env = await openEnvironment({ listing: lostWebhooks });
    const ids = Array.from({ length: 101 }, () => env.hire().id);
    for (const id of ids) await env.marketplace.hirings.when(id, 'in_progress', 60_000);
    for (const { id } of env.agents)
      env.marketplace.faults.add({
        kind: 'error_before_apply',
        operation: 'pending',
        via: 'mcp',
        agentId: id,
        times: 1000,
      });
    const app = await env.startApp(QUICK);
    await until(async () => {
      const { byState } = await app.store.hirings.queueStats(Date.now(), 0);
      return Object.values(byState).reduce((sum, count) => sum + count, 0) === ids.length;
    });
    expect(env.marketplace.requests.visits({ operation: 'pending', via: 'rest' }).length).toBeGreaterThan(1);
  });
});

async function readiness(healthUrl: string): Promise<string> {
  return await (await fetch(`${healthUrl}/ready`)).text();
}
