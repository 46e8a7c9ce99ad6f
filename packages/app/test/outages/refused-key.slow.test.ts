import { afterEach, describe, expect, it } from 'vitest';
import type { GateVisit } from './faulty-gate.ts';
import { Outside } from './outside.ts';
import { RunningAdapter } from './running-adapter.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const REFUSED = {
  answer: {
    kind: 'answer',
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: '{"data":null,"errors":[{"code":"UNAUTHORIZED","message":"Invalid API key"}]}',
  },
  applied: false,
} as const;

/** The most requests with such an answer within any minute. */
function mostInAMinute(visits: readonly GateVisit[], status: number): number {
  const times = visits.filter((visit) => visit.status === status).map(({ atMs }) => atMs);
  return Math.max(
    0,
    ...times.map((at) => times.filter((other) => other >= at && other < at + MINUTE_MS).length),
  );
}

describe('hirings of an agent', () => {
  let outside: Outside;
  const adapters: RunningAdapter[] = [];
  afterEach(async () => {
    for (const adapter of adapters.splice(0).toReversed()) await adapter.close();
    await outside.close();
  });

  async function hired(count: number, adapter: RunningAdapter): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let hire = 0; hire < count; hire += 1) {
      const { id } = await outside.hire();
      ids.push(id);
      await adapter.ingest(id);
    }
    return ids;
  }

  function statuses(ids: readonly string[]): readonly (string | undefined)[] {
    return ids.map((id) => outside.marketplace.hirings.get(id)?.status);
  }

  it.each([1, 2])(
    'wait out a key that is refused for three minutes, with one question for all of them, in %i processes',
    async (processes) => {
      outside = await Outside.start();
      const { clock, gates } = outside;
      const states: string[] = [];
      const first = new RunningAdapter(outside, { onTransition: ({ to }) => void states.push(to) });
      adapters.push(first);
      for (let more = 1; more < processes; more += 1) {
        adapters.push(
          new RunningAdapter(outside, { beside: first, onTransition: ({ to }) => void states.push(to) }),
        );
      }
      const ids = await hired(5, first);
      // Every state that asks the marketplace is met: some begin, some are at work, some are to be settled.
      await clock.pass(clock.nowMs() + 30_000);
      const more = await hired(3, first);
      gates.marketplace.visits.length = 0;
      gates.marketplace.outage = REFUSED;
      await clock.pass(clock.nowMs() + 3 * MINUTE_MS);
      expect(gates.marketplace.visits.length).toBeGreaterThan(0);
      expect(mostInAMinute(gates.marketplace.visits, 401)).toBeLessThanOrEqual(10);
      gates.marketplace.outage = undefined;
      const takenAgainAtMs = clock.nowMs();
      const all = [...ids, ...more];
      await clock.pass(clock.nowMs() + HOUR_MS, () =>
        statuses(all).every((status) => status === 'completed'),
      );
      expect(statuses(all)).toEqual(all.map(() => 'completed'));
      expect(clock.nowMs() - takenAgainAtMs).toBeLessThan(5 * MINUTE_MS);
      expect(states).not.toContain('attention');
    },
  );

  it('are settled within a limit of 30 requests a minute, and nothing is asked before the time that the marketplace names', async () => {
    outside = await Outside.start();
    const { clock, gates, marketplace, agents } = outside;
    for (const { id } of agents) marketplace.switches.set(id, { rate_limit_per_minute: 30 });
    const first = new RunningAdapter(outside);
    adapters.push(first, new RunningAdapter(outside, { beside: first }));
    const ids = await hired(30, first);
    await clock.pass(clock.nowMs() + HOUR_MS, () => statuses(ids).every((status) => status === 'completed'));
    expect(statuses(ids)).toEqual(ids.map(() => 'completed'));
    expect(tooEarly(gates.marketplace.visits)).toEqual([]);
  });
});

/** Requests that began while the marketplace had asked for patience. */
function tooEarly(visits: readonly GateVisit[]): readonly GateVisit[] {
  let heldUntilMs = 0;
  return visits.filter(({ atMs, retryAfterSeconds }) => {
    const isEarly = atMs < heldUntilMs;
    if (retryAfterSeconds !== undefined)
      heldUntilMs = Math.max(heldUntilMs, atMs + retryAfterSeconds * 1_000);
    return isEarly;
  });
}
