import { expect, test } from 'vitest';
import { AGENT, claimOf, deliveryOf, newHiringId, openingOf, OTHER_AGENT, take, TOKEN } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

/** When every `HiringStore` has a hiring looked at that was heard again. */
export function receivedAgainContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  test('is due at once while the hiring waits for its first read', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, { cause: 'not yet', dueAtMs: 60_000, reread: true }, 1_000);
    clock.nowMs = 1_500;
    await hirings.accept([deliveryOf(hiringId)]);
    expect(await hirings.nextDueAtMs()).toBe(1_500);
  });

  test('is due at once when the hiring is over, because it may be a retry', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, { event: 'absent', cause: 'unknown', reread: true }, 1_000);
    expect(await hirings.nextDueAtMs()).toBeUndefined();
    clock.nowMs = 8_000;
    await hirings.accept([deliveryOf(hiringId)]);
    const claim = await claimOf(hirings, hiringId, 8_000);
    expect(claim.record).toMatchObject({ state: 'rejected', rereadWanted: true });
    await hirings.commit(claim, { cause: 'still unknown', reread: true }, 8_000);
    expect(await hirings.nextDueAtMs()).toBeUndefined();
  });

  test('costs running work one read in ten seconds at most', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 600_000), 1_000);

    clock.nowMs = 3_000;
    await hirings.accept([deliveryOf(hiringId)]);
    expect(await hirings.nextDueAtMs()).toBe(11_000);
    clock.nowMs = 4_000;
    await hirings.accept([deliveryOf(hiringId)]);
    expect(await hirings.nextDueAtMs()).toBe(11_000);

    const claim = await claimOf(hirings, hiringId, 11_000);
    expect(claim.record.rereadWanted).toBe(true);
    await hirings.commit(claim, { cause: 'read', dueAtMs: 600_000, reread: true }, 11_000);
    expect(await hirings.find(hiringId)).toMatchObject({ rereadWanted: false, lastReadAtMs: 11_000 });
    expect(await hirings.nextDueAtMs()).toBe(600_000);
  });

  test('by a poll costs running work one read in fifty-five seconds', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 600_000), 1_000);
    clock.nowMs = 31_000;
    await hirings.accept([deliveryOf(hiringId, { intake: 'poll' })]);
    expect(await hirings.nextDueAtMs()).toBe(56_000);
    await hirings.accept([deliveryOf(hiringId, { intake: 'mcp' })]);
    expect(await hirings.nextDueAtMs()).toBe(31_000);
  });

  test('does not ask for a read before those ten seconds, even when something else makes it due', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 2_000), 1_000);
    clock.nowMs = 2_000;
    await hirings.accept([deliveryOf(hiringId)]);
    const claim = await claimOf(hirings, hiringId, 2_000);
    expect(claim.record.rereadWanted).toBe(false);
    await hirings.commit(claim, { event: 'staged', cause: 'staged', dueAtMs: 600_000 }, 2_000);
    expect(await hirings.nextDueAtMs()).toBe(11_000);
    const later = await claimOf(hirings, hiringId, 11_000);
    expect(later.record.rereadWanted).toBe(true);
  });

  test('during a step is not lost', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    const claim = await claimOf(hirings, hiringId, 1_000);
    clock.nowMs = 1_200;
    await hirings.accept([deliveryOf(hiringId)]);
    await hirings.commit(claim, { event: 'staged', cause: 'staged', dueAtMs: 600_000, reread: true }, 1_300);
    clock.nowMs = 12_000;
    expect(await hirings.find(hiringId)).toMatchObject({ state: 'staged', rereadWanted: true });
    expect(await hirings.nextDueAtMs()).toBe(11_300);
  });

  test('during the step that ends it is looked at at once', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    const claim = await claimOf(hirings, hiringId, 1_000);
    await hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    await hirings.commit(claim, { event: 'absent', cause: 'unknown', reread: true }, 1_100);
    const next = await claimOf(hirings, hiringId, 1_100);
    expect(next.record).toMatchObject({ state: 'rejected', rereadWanted: true });
    expect(next.record.received.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
    await hirings.commit(next, { cause: 'still unknown', reread: true }, 1_100);
    const over = await hirings.find(hiringId);
    expect(over?.received.hiring.repoToken).toBeUndefined();
  });

  test('and not read is looked at when the step says, while the marketplace is away', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 600_000), 1_000);
    clock.nowMs = 20_000;
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, { cause: 'the marketplace is away', dueAtMs: 50_000 }, 20_000);
    expect(await hirings.nextDueAtMs()).toBe(50_000);
    const claim = await claimOf(hirings, hiringId, 50_000);
    expect(claim.record.rereadWanted).toBe(true);
  });

  test('of an ended hiring is tried again when the read did not succeed', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, { event: 'absent', cause: 'unknown', reread: true }, 1_000);
    clock.nowMs = 2_000;
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, { cause: 'the marketplace is away', dueAtMs: 32_000 }, 2_000);
    expect(await hirings.nextDueAtMs()).toBe(32_000);
  });

  test('is what a wake of the unread is like: open hirings of the agent that no read has seen since', async () => {
    const { hirings, clock } = subject;
    const [fresh, stale, over, others] = [newHiringId(), newHiringId(), newHiringId(), newHiringId()];
    await hirings.accept([deliveryOf(fresh), deliveryOf(stale), deliveryOf(over)]);
    await hirings.accept([deliveryOf(others, { agentId: OTHER_AGENT })]);
    await take(hirings, over, { event: 'absent', cause: 'unknown', reread: true }, 1_000);
    await take(hirings, stale, openingOf(stale, 1, 600_000), 1_000);
    await take(hirings, fresh, openingOf(fresh, 1, 600_000), 50_000);
    await take(hirings, others, openingOf(others, 1, 600_000), 1_000);

    clock.nowMs = 70_000;
    expect(await hirings.wakeUnread(AGENT, 10_000)).toBe(1);
    expect(await hirings.nextDueAtMs()).toBe(70_000);
    const claim = await claimOf(hirings, stale, 70_000);
    expect(claim.record.rereadWanted).toBe(true);
    for (const id of [fresh, others]) expect((await hirings.find(id))?.rereadWanted).toBe(false);
    expect((await hirings.find(over))?.rereadWanted).toBe(false);

    // While somebody works on it, too: the commit looks at what came meanwhile.
    expect(await hirings.wakeUnread(AGENT, 10_000)).toBe(1);
    await hirings.commit(claim, { cause: 'looked', dueAtMs: 600_000, reread: true }, 70_000);
    expect(await hirings.wakeUnread(AGENT, 10_000)).toBe(0);
  });

  test('a look at a list wakes none that only a webhook spoke of, and one that it shows', async () => {
    const { hirings } = subject;
    const [bogus, listed] = [newHiringId(), newHiringId()];
    await hirings.accept([
      deliveryOf(bogus, { intake: 'webhook' }),
      deliveryOf(listed, { intake: 'webhook' }),
    ]);
    await hirings.accept([deliveryOf(listed, { intake: 'poll', raw: 'as listed' })]);
    expect(await hirings.wakeUnread(AGENT, 10_000)).toBe(1);
    expect((await hirings.find(bogus))?.rereadWanted).toBe(false);
    expect((await hirings.find(listed))?.rereadWanted).toBe(true);
  });
}
