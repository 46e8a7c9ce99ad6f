import { until, type App, type Environment } from '@agrenting-hiclaw/sandbox/testing';
import type { FaultInput } from '@agrenting-hiclaw/sandbox/marketplace';
import { describe } from 'vitest';
import { test } from './environment.ts';

const ALWAYS = 1_000_000;
const MISSING = [404, 405, 410, 501] as const;

/** By which ways settlements and messages of a hiring arrived, in their order. */
function ways(env: Environment<App>, hiringId: string, operations: RegExp): string[] {
  return env.marketplace.requests
    .list({ hiringId })
    .filter(({ operation }) => operations.test(operation))
    .map(({ via }) => via);
}

/** What came for the agent between its first and its last settlement, both counted. */
function betweenSettlements(env: Environment<App>): string[] {
  const visits = env.marketplace.requests.visits({ agentId: env.agents[0]?.id });
  const isSettlement = ({ operation }: { readonly operation: string }): boolean =>
    operation === 'result' || operation === 'failure';
  const last = visits.findLastIndex(isSettlement);
  return visits
    .slice(visits.findIndex(isSettlement), last + 1)
    .filter((visit) => isSettlement(visit) || visit.operation === 'hiring_read')
    .map(({ operation, via }) => (operation === 'hiring_read' ? 'read' : `settle by ${via}`));
}

function strike(env: Environment<App>, fault: FaultInput): void {
  env.marketplace.faults.add({ times: ALWAYS, ...fault });
}

test('a firewall that answers results by REST with a page of its own: they go by the tool', async ({
  openEnvironment,
  expect,
}) => {
  const env = await openEnvironment();
  await env.startApp();
  await env.listening();
  strike(env, { kind: 'page_before_apply', via: 'rest', operation: 'result', status: 403 });
  const { id } = env.hire();
  await env.ended(id);
  expect(betweenSettlements(env)).toEqual(['settle by rest', 'read', 'settle by mcp']);
});

describe.concurrent('REST without a route', () => {
  test.for(MISSING)(
    '%i: results go by the tool, after a read, and REST is left alone',
    async (status, { openEnvironment, expect }) => {
      const env = await openEnvironment();
      await env.startApp();
      await env.listening();
      strike(env, { kind: 'route_missing', via: 'rest', operation: 'result', status });
      const hires = [env.hire().id, env.hire().id, env.hire().id];
      for (const id of hires) {
        await env.ended(id);
        expect(env.settlements(id)).toEqual(['result']);
      }
      const arrived = hires.flatMap((id) => ways(env, id, /^result$/));
      expect(arrived.filter((via) => via === 'mcp')).toHaveLength(3);
      expect(arrived.filter((via) => via === 'rest').length).toBeLessThan(3);
      const order = betweenSettlements(env);
      const unread = order.filter(
        (each, index) => each !== 'read' && order[index + 1]?.startsWith('settle') === true,
      );
      expect([order[0], unread]).toEqual(['settle by rest', []]);
    },
  );

  test('failures, messages and reads go by MCP, too', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    await env.startApp();
    await env.listening();
    for (const operation of ['failure', 'message', 'hiring_read'] as const) {
      strike(env, { kind: 'route_missing', via: 'rest', operation });
    }
    env.hiclaw.worker('alice').behave({ kind: 'question', text: 'which sea?' });
    env.hiclaw.worker('bob').behave({ kind: 'fail' });
    const asked = env.hire('alice').id;
    const failing = env.hire('bob').id;
    await until(() => env.marketplace.hirings.get(asked)?.messages.length === 1);
    expect(ways(env, asked, /^message$/).at(-1)).toBe('mcp');
    await env.ended(failing, 'failed');
    expect(ways(env, failing, /^failure$/).at(-1)).toBe('mcp');
    const reads = env.marketplace.requests.visits({ operation: 'hiring_read' });
    expect(reads.filter(({ via }) => via === 'mcp').length).toBeGreaterThan(
      reads.filter(({ via }) => via === 'rest').length,
    );
  });

  test('and no tool for it either: tried seldom, and paid once there is one', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.marketplace.switches.setDefaults({ tools: ['add_hiring_message'] });
    strike(env, { kind: 'route_missing', via: 'rest', operation: 'result' });
    const { id } = env.hire();
    await until(() => ways(env, id, /^result$/).length === 2);
    const [first = 0, second = 0] = env.marketplace.requests
      .visits({ operation: 'result' })
      .map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(5_000);
    env.marketplace.faults.clear();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });
});

describe.concurrent('a setting', () => {
  test('settles by the tool alone', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp({ settlement: { via: 'mcp' } });
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(ways(env, id, /^result$/)).toEqual(['mcp']);
  });

  test('settles by REST alone, for which a missing route is waited for', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp({ settlement: { via: 'rest' } });
    await env.listening();
    env.marketplace.faults.add({ kind: 'route_missing', via: 'rest', operation: 'result' });
    const { id } = env.hire();
    await env.ended(id);
    expect(ways(env, id, /^result$/)).toEqual(['rest', 'rest']);
  });
});
