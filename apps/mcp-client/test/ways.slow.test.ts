import { until, type App, type Box } from '@agrenting-hiclaw/sandbox/testing';
import type { FaultInput } from '@agrenting-hiclaw/sandbox/marketplace';
import { describe } from 'vitest';
import { test } from './environment.ts';

const ALWAYS = 1_000_000;
const MISSING = [404, 405, 410, 501] as const;

/** By which ways settlements and messages of a hiring arrived, in their order. */
function ways(box: Box<App>, hiringId: string, operations: RegExp): string[] {
  return box.marketplace.requests
    .list({ hiringId })
    .filter(({ operation }) => operations.test(operation))
    .map(({ via }) => via);
}

/** What came for the agent between its first and its last settlement, both counted. */
function betweenSettlements(box: Box<App>): string[] {
  const visits = box.marketplace.requests.visits({ agentId: box.agents[0]?.id });
  const isSettlement = ({ operation }: { readonly operation: string }): boolean =>
    operation === 'result' || operation === 'failure';
  const last = visits.findLastIndex(isSettlement);
  return visits
    .slice(visits.findIndex(isSettlement), last + 1)
    .filter((visit) => isSettlement(visit) || visit.operation === 'hiring_read')
    .map(({ operation, via }) => (operation === 'hiring_read' ? 'read' : `settle by ${via}`));
}

function strike(box: Box<App>, fault: FaultInput): void {
  box.marketplace.faults.add({ times: ALWAYS, ...fault });
}

test('a firewall that answers results by REST with a page of its own: they go by the tool', async ({
  openBox,
  expect,
}) => {
  const box = await openBox();
  await box.startApp();
  await box.listening();
  strike(box, { kind: 'page_before_apply', via: 'rest', operation: 'result', status: 403 });
  const { id } = box.hire();
  await box.ended(id);
  expect(betweenSettlements(box)).toEqual(['settle by rest', 'read', 'settle by mcp']);
});

describe.concurrent('REST without a route', () => {
  test.for(MISSING)(
    '%i: results go by the tool, after a read, and REST is left alone',
    async (status, { openBox, expect }) => {
      const box = await openBox();
      await box.startApp();
      await box.listening();
      strike(box, { kind: 'route_missing', via: 'rest', operation: 'result', status });
      const hires = [box.hire().id, box.hire().id, box.hire().id];
      for (const id of hires) {
        await box.ended(id);
        expect(box.settlements(id)).toEqual(['result']);
      }
      const arrived = hires.flatMap((id) => ways(box, id, /^result$/));
      expect(arrived.filter((via) => via === 'mcp')).toHaveLength(3);
      expect(arrived.filter((via) => via === 'rest').length).toBeLessThan(3);
      const order = betweenSettlements(box);
      const unread = order.filter(
        (each, index) => each !== 'read' && order[index + 1]?.startsWith('settle') === true,
      );
      expect([order[0], unread]).toEqual(['settle by rest', []]);
    },
  );

  test('failures, messages and reads go by MCP, too', async ({ openBox, expect }) => {
    const box = await openBox({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    await box.startApp();
    await box.listening();
    for (const operation of ['failure', 'message', 'hiring_read'] as const) {
      strike(box, { kind: 'route_missing', via: 'rest', operation });
    }
    box.hiclaw.worker('alice').behave({ kind: 'question', text: 'which sea?' });
    box.hiclaw.worker('bob').behave({ kind: 'fail' });
    const asked = box.hire('alice').id;
    const failing = box.hire('bob').id;
    await until(() => box.marketplace.hirings.get(asked)?.messages.length === 1);
    expect(ways(box, asked, /^message$/).at(-1)).toBe('mcp');
    await box.ended(failing, 'failed');
    expect(ways(box, failing, /^failure$/).at(-1)).toBe('mcp');
    const reads = box.marketplace.requests.visits({ operation: 'hiring_read' });
    expect(reads.filter(({ via }) => via === 'mcp').length).toBeGreaterThan(
      reads.filter(({ via }) => via === 'rest').length,
    );
  });

  test('and no tool for it either: tried seldom, and paid once there is one', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.marketplace.switches.setDefaults({ tools: ['add_hiring_message'] });
    strike(box, { kind: 'route_missing', via: 'rest', operation: 'result' });
    const { id } = box.hire();
    await until(() => ways(box, id, /^result$/).length === 2);
    const [first = 0, second = 0] = box.marketplace.requests
      .visits({ operation: 'result' })
      .map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(5_000);
    box.marketplace.faults.clear();
    await box.ended(id);
    expect(box.settlements(id)).toEqual(['result']);
  });
});

describe.concurrent('a setting', () => {
  test('settles by the tool alone', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp({ settlement: { via: 'mcp' } });
    await box.listening();
    const { id } = box.hire();
    await box.ended(id);
    expect(ways(box, id, /^result$/)).toEqual(['mcp']);
  });

  test('settles by REST alone, for which a missing route is waited for', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp({ settlement: { via: 'rest' } });
    await box.listening();
    box.marketplace.faults.add({ kind: 'route_missing', via: 'rest', operation: 'result' });
    const { id } = box.hire();
    await box.ended(id);
    expect(ways(box, id, /^result$/)).toEqual(['rest', 'rest']);
  });
});
