import { describe, expect, test } from 'vitest';
import { acceptContract } from './accept.contract.ts';
import { receivedAgainContract } from './received-again.contract.ts';
import { claimContract } from './claim.contract.ts';
import { commitContract } from './commit.contract.ts';
import { lateAssignmentsContract } from './late-assignments.contract.ts';
import { deliveryOf, newHiringId, openingOf, take, TOKEN } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';
import { workerPlacesContract } from './worker-slots.contract.ts';

/** What every `HiringStore` does. */
export function hiringStoreContract(open: OpenSubject): void {
  describe('accept', () => {
    acceptContract(open);
  });
  describe('being heard again', () => {
    receivedAgainContract(open);
  });
  describe('claim', () => {
    claimContract(open);
  });
  describe('commit', () => {
    commitContract(open);
  });
  describe('worker places', () => {
    workerPlacesContract(open);
  });

  describe('late assignments', () => {
    lateAssignmentsContract(open);
  });

  const subject = freshSubject(open);

  test('the backlog counts hirings by state, and the open ones that nobody looked at in time', async () => {
    const { hirings, clock } = subject;
    const [over, late, working, fresh] = [newHiringId(), newHiringId(), newHiringId(), newHiringId()];
    await hirings.accept([deliveryOf(over), deliveryOf(working)]);
    await take(hirings, over, { event: 'absent', cause: 'x', reread: true }, 1_000);
    await hirings.claim({ holder: 'test', nowMs: 1_000, leaseMs: 60_000, limit: 10 });
    await hirings.accept([deliveryOf(late)]);
    clock.nowMs = 7_000;
    await hirings.accept([deliveryOf(fresh), deliveryOf(over)]);
    const { byState, overdue } = await hirings.queueStats(10_000, 5_000);
    expect(overdue).toBe(1);
    expect(byState).toMatchObject({ received: 3, rejected: 1, completed: 0 });
  });

  test('everything is there after a restart', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 5_000), 1_000);
    const before = { record: await hirings.find(hiringId), history: await hirings.history(hiringId) };
    const again = await subject.restart();
    expect(await again.hirings.find(hiringId)).toEqual(before.record);
    expect(await again.hirings.history(hiringId)).toEqual(before.history);
    expect(await again.hirings.nextDueAtMs()).toBe(5_000);
  });
}
