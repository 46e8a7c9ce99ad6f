import { randomUUID } from 'node:crypto';
import { agentIdSchema, type AgentId, type HiringId } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { AGENT, claimOf, deliveryOf, newHiringId, openingOf, OTHER_AGENT, take } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

/** How every `HiringStore` gives hirings out. */
export function claimContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  test('gives a listed hiring out at once beside four hundred that only webhooks spoke of', async () => {
    const { hirings } = subject;
    const bogus = Array.from({ length: 400 }, () => deliveryOf(newHiringId(), { intake: 'webhook' }));
    await hirings.accept(bogus);
    const rightful = newHiringId();
    await hirings.accept([deliveryOf(rightful, { intake: 'mcp', atMs: 2_000 })]);
    const claims = await hirings.claim({ holder: 'test', nowMs: 900_000, leaseMs: 500, limit: 16 });
    expect(claims.map(({ record }) => record.hiringId)).toContain(rightful);
  });

  test('moves a hiring up that an authenticated list shows after its webhook', async () => {
    const { hirings } = subject;
    const rightful = newHiringId();
    const others = Array.from({ length: 100 }, () => deliveryOf(newHiringId(), { intake: 'webhook' }));
    await hirings.accept([...others, deliveryOf(rightful, { intake: 'webhook' })]);
    await hirings.accept([deliveryOf(rightful, { intake: 'poll' })]);
    await hirings.accept([deliveryOf(rightful, { intake: 'webhook', raw: 'again' })]);
    const claims = await hirings.claim({ holder: 'test', nowMs: 900_000, leaseMs: 500, limit: 8 });
    expect(claims.map(({ record }) => record.hiringId)).toContain(rightful);
  });

  test('gives what is due, longest overdue first, and no more than asked', async () => {
    const { hirings, clock } = subject;
    const ids = [newHiringId(), newHiringId(), newHiringId()];
    for (const [index, id] of ids.entries()) {
      clock.nowMs = 5_000 - index * 1_000;
      await hirings.accept([deliveryOf(id)]);
    }
    const request = { holder: 'test', leaseMs: 60_000, limit: 2 };
    expect(await hirings.claim({ ...request, nowMs: 2_999 })).toEqual([]);
    const claims = await hirings.claim({ ...request, nowMs: 5_000 });
    expect(claims.map((claim) => claim.record.hiringId)).toEqual([ids[2], ids[1]]);
    expect(new Set(claims.map((claim) => claim.token)).size).toBe(2);
  });

  test('gives nothing to a second process until the lease has run out', async () => {
    const { hirings } = subject;
    const other = await subject.another();
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    const request = { leaseMs: 1_000, limit: 10 };
    const [first] = await hirings.claim({ ...request, holder: 'one', nowMs: 1_000 });
    expect(first?.record.hiringId).toBe(hiringId);
    expect(await other.hirings.claim({ ...request, holder: 'two', nowMs: 1_999 })).toEqual([]);
    expect(await other.hirings.nextDueAtMs()).toBe(2_000);
    const [second] = await other.hirings.claim({ ...request, holder: 'two', nowMs: 2_000 });
    expect(second?.record.hiringId).toBe(hiringId);
  });

  test('lets nobody but the last holder commit, renew or give back', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    const [slow] = await hirings.claim({ holder: 'slow', nowMs: 1_000, leaseMs: 1_000, limit: 1 });
    const [quick] = await hirings.claim({ holder: 'quick', nowMs: 2_000, leaseMs: 1_000, limit: 1 });
    if (slow === undefined || quick === undefined) throw new Error('both were to get it');

    expect(await hirings.commit(slow, openingOf(hiringId, 1, 9_000), 2_100)).toBe('lost');
    expect(await hirings.renew(slow, 2_100, 1_000)).toBe(false);
    await hirings.release(slow);
    expect(await hirings.reserveWorker(slow, 'alice', 1)).toBe(false);
    expect(await hirings.find(hiringId)).toMatchObject({ state: 'received', attempt: undefined });
    expect(await hirings.history(hiringId)).toEqual([]);

    expect(await hirings.renew(quick, 2_900, 1_000)).toBe(true);
    expect(await hirings.claim({ holder: 'slow', nowMs: 3_899, leaseMs: 1_000, limit: 1 })).toEqual([]);
    expect(await hirings.commit(quick, openingOf(hiringId, 1, 9_000), 3_000)).toBe('committed');
    expect(await hirings.commit(quick, openingOf(hiringId, 1, 9_000), 3_000)).toBe('lost');
  });

  test('given back untouched is due at once', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    const claim = await claimOf(hirings, hiringId, 1_000);
    clock.nowMs = 1_700;
    await hirings.release(claim);
    expect(await hirings.nextDueAtMs()).toBe(1_700);
    const again = await claimOf(hirings, hiringId, 1_700);
    expect(again.record).toEqual(claim.record);
    expect(again.token).not.toBe(claim.token);
  });

  const newAgent = (): AgentId => agentIdSchema.parse(randomUUID());

  /** Hears so many hirings of an agent. */
  async function ingest(agentId: AgentId, count: number): Promise<readonly HiringId[]> {
    const ids = Array.from({ length: count }, () => newHiringId());
    await subject.hirings.accept(ids.map((id) => deliveryOf(id, { agentId })));
    return ids;
  }

  /** The agents of what one claim gives. */
  async function turnsOf(limit: number, nowMs: number): Promise<readonly AgentId[]> {
    const claims = await subject.hirings.claim({ holder: 'test', nowMs, leaseMs: 60_000, limit });
    return claims.map((claim) => claim.record.agentId);
  }

  test('an agent with thousands of due hirings does not starve ninety-nine others', async () => {
    const { clock } = subject;
    const busy = newAgent();
    clock.nowMs = 1_000;
    await ingest(busy, 5_000);
    clock.nowMs = 2_000;
    const quiet = Array.from({ length: 99 }, () => newAgent());
    for (const agentId of quiet) await ingest(agentId, 1);

    const served: AgentId[] = [];
    for (let count = 0; count < 7; count += 1) served.push(...(await turnsOf(16, 3_000)));
    expect(served).toHaveLength(7 * 16);
    expect(new Set(served)).toEqual(new Set([busy, ...quiet]));
  });

  test('agents that are all busy get the same, no matter who was heard first', async () => {
    const agents = Array.from({ length: 20 }, () => newAgent());
    for (const agentId of agents) await ingest(agentId, 30);
    const served: AgentId[] = [];
    for (let count = 0; count < 5; count += 1) served.push(...(await turnsOf(16, 3_000)));
    const shares = agents.map((agentId) => served.filter((one) => one === agentId).length);
    expect(shares).toEqual(agents.map(() => 4));
  });

  test('a few due hirings go round, too, and one agent alone gets all', async () => {
    const [busy, quiet] = [newAgent(), newAgent()];
    await ingest(busy, 20);
    subject.clock.nowMs = 2_000;
    await ingest(quiet, 2);
    expect((await turnsOf(4, 3_000)).toSorted()).toEqual([busy, busy, quiet, quiet].toSorted());
    expect(await turnsOf(10, 3_000)).toEqual(Array.from({ length: 10 }, () => busy));
    expect(await turnsOf(100, 3_000)).toHaveLength(8);
  });

  test('what waits for a place at a worker does not keep the others of its agent waiting', async () => {
    const { hirings, clock } = subject;
    const ids = await ingest(AGENT, 5);
    for (const hiringId of ids) {
      await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
      await take(hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: 1_000 }, 1_000);
    }
    for (const hiringId of ids) {
      const claim = await claimOf(hirings, hiringId, 1_000);
      expect(await hirings.reserveWorker(claim, 'alice', 1)).toBe(hiringId === ids[0]);
      const event = hiringId === ids[0] ? { event: 'sent' as const } : {};
      await hirings.commit(claim, { ...event, cause: 'x', dueAtMs: 2_000 }, 1_000);
    }
    clock.nowMs = 3_000;
    const [fresh] = await ingest(AGENT, 1);
    await ingest(OTHER_AGENT, 1);
    const claims = await hirings.claim({ holder: 'test', nowMs: 3_000, leaseMs: 60_000, limit: 4 });
    const claimed = claims.map((claim) => claim.record.hiringId);
    // Of the agent: the one that was sent, the fresh one, and one of the four that wait.
    expect(claimed).toHaveLength(4);
    expect(claimed).toEqual(expect.arrayContaining([ids[0], fresh]));
  });
}
