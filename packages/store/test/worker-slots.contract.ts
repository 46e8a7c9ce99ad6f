import type { Claim, HiringId } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { claimOf, deliveryOf, newHiringId, openingOf, take, WORKER } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

const FAR_MS = 900_000;

/** How every `HiringStore` gives out the places of a worker. */
export function workerPlacesContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  /** A hiring that is staged and due, and so may ask for a place. */
  async function staged(receivedAtMs: number): Promise<HiringId> {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, { atMs: receivedAtMs })]);
    await take(hirings, hiringId, openingOf(hiringId, 1, clock.nowMs), clock.nowMs);
    await take(hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: clock.nowMs }, clock.nowMs);
    return hiringId;
  }

  /** Asks for a place; gets on when it is given, else waits. */
  async function ask(hiringId: HiringId, limit: number, workerName = 'alice'): Promise<boolean> {
    const { hirings, clock } = subject;
    const claim = await claimOf(hirings, hiringId, clock.nowMs);
    const reserved = await hirings.reserveWorker(claim, workerName, limit);
    const step = { cause: 'x', dueAtMs: FAR_MS };
    await hirings.commit(claim, reserved ? { ...step, event: 'sent' } : step, clock.nowMs);
    return reserved;
  }

  async function due(): Promise<readonly HiringId[]> {
    const { hirings, clock } = subject;
    const claims = await hirings.claim({ holder: 'look', nowMs: clock.nowMs, leaseMs: 1, limit: 100 });
    for (const claim of claims) await hirings.release(claim);
    return claims.map((claim) => claim.record.hiringId);
  }

  /** Runs one more step of a hiring that nothing has made due. */
  async function later(hiringId: HiringId): Promise<Claim> {
    subject.clock.nowMs += FAR_MS;
    return await claimOf(subject.hirings, hiringId, subject.clock.nowMs);
  }

  test('there are as many as the limit says, and asking twice takes one', async () => {
    const [first, second, third] = [await staged(1), await staged(2), await staged(3)];
    expect(await ask(first, 2)).toBe(true);
    expect(await ask(second, 2)).toBe(true);
    expect(await ask(third, 2)).toBe(false);
    const claim = await later(first);
    expect(await subject.hirings.reserveWorker(claim, 'alice', 2)).toBe(true);
    await subject.hirings.release(claim);
    expect(await ask(third, 3)).toBe(true);
  });

  test('workers do not stand in the way of each other', async () => {
    const [first, second] = [await staged(1), await staged(2)];
    expect(await ask(first, 1, 'alice')).toBe(true);
    expect(await ask(second, 1, 'bob')).toBe(true);
  });

  test.each([
    ['submitted', { event: 'submitted', cause: 'x', dueAtMs: FAR_MS }],
    ['reported as failed', { event: 'failure_decided', cause: 'x', dueAtMs: FAR_MS }],
    ['ended', { event: 'over_cancelled', cause: 'x', reread: true }],
  ] as const)(
    'a place is given back when the attempt is %s, and who waited longest is woken',
    async (_, step) => {
      const { hirings, clock } = subject;
      const busy = await staged(1);
      expect(await ask(busy, 1)).toBe(true);
      const [younger, older] = [await staged(30), await staged(20)];
      expect(await ask(younger, 1)).toBe(false);
      expect(await ask(older, 1)).toBe(false);
      expect(await due()).toEqual([]);

      const claim = await later(busy);
      await hirings.commit(claim, step, clock.nowMs);
      expect(await due()).toContain(older);
      expect(await ask(younger, 1)).toBe(false);
      expect(await ask(older, 1)).toBe(true);
    },
  );

  test('a place is given back when the hirer has the hiring run again', async () => {
    const busy = await staged(1);
    await ask(busy, 1);
    const waiting = await staged(2);
    await ask(waiting, 1);
    await subject.hirings.commit(await later(busy), openingOf(busy, 2, 2 * FAR_MS), subject.clock.nowMs);
    expect(await ask(waiting, 1)).toBe(true);
  });

  test('a place is kept while a person is asked, because the worker may still be busy', async () => {
    const { hirings, clock } = subject;
    const busy = await staged(1);
    await ask(busy, 1);
    await hirings.commit(
      await later(busy),
      { event: 'operator_required', cause: 'x', dueAtMs: FAR_MS * 9 },
      clock.nowMs,
    );
    const waiting = await staged(2);
    expect(await ask(waiting, 1)).toBe(false);
  });

  test('one that gives up waiting lets those behind it pass', async () => {
    const { hirings, clock } = subject;
    const [one, two] = [await staged(1), await staged(2)];
    await ask(one, 2);
    await ask(two, 2);
    const [first, behind] = [await staged(3), await staged(4)];
    await ask(first, 2);
    await ask(behind, 2);
    // A place is free, but the first in line does not come for it.
    await hirings.commit(
      await later(one),
      { event: 'submitted', cause: 'x', dueAtMs: FAR_MS * 9 },
      clock.nowMs,
    );
    expect(await ask(behind, 2)).toBe(false);
    const claim = await claimOf(hirings, first, clock.nowMs);
    await hirings.commit(claim, { event: 'over_cancelled', cause: 'x', reread: true }, clock.nowMs);
    expect(await due()).toContain(behind);
    expect(await ask(behind, 2)).toBe(true);
  });

  test('places that became free together are all offered', async () => {
    const { hirings, activities, clock } = subject;
    const [one, two] = [await staged(1), await staged(2)];
    await ask(one, 2);
    await ask(two, 2);
    const [first, second] = [await staged(3), await staged(4)];
    await ask(first, 2);
    await ask(second, 2);
    const { roomId, userId } = WORKER;
    await activities.record('account', 's1', [{ roomId, userId, kind: 'typing', atMs: 1 }], clock.nowMs);
    const submitted = { event: 'submitted', cause: 'x', dueAtMs: FAR_MS } as const;
    for (const busy of [one, two]) await take(hirings, busy, submitted, clock.nowMs);
    expect(await due()).toEqual([first]);
    expect(await ask(first, 2)).toBe(true);
    expect(await due()).toEqual([second]);
    expect(await ask(second, 2)).toBe(true);
  });

  test('changing the worker gives the place back', async () => {
    const { hirings } = subject;
    const moving = await staged(1);
    await ask(moving, 1);
    const waiting = await staged(2);
    await ask(waiting, 1);
    const claim = await later(moving);
    expect(await hirings.reserveWorker(claim, 'bob', 1)).toBe(true);
    await hirings.release(claim);
    expect(await ask(waiting, 1)).toBe(true);
  });
}
