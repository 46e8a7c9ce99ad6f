import { expect, test } from 'vitest';
import { claimOf, deliveryOf, newHiringId, openingOf, take, taskOf } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

const ALICE = { name: 'alice', userId: '@alice:x', roomId: '!alice' };

/** How every `HiringStore` keeps assignments that arrived late. */
export function lateAssignmentsContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  const late = (hiringId: ReturnType<typeof newHiringId>, attempt = 1) => ({
    hiringId,
    attempt,
    taskId: taskOf(hiringId, attempt),
    worker: ALICE,
  });

  test('they make an ended hiring due, until they are taken back', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    await take(hirings, hiringId, { event: 'over_cancelled', cause: 'x', reread: true }, 1_001);
    expect(await hirings.nextDueAtMs()).toBeUndefined();
    await hirings.noteLate(late(hiringId), 2_000);
    await hirings.noteLate(late(hiringId), 3_000);
    const again = await subject.restart();
    const claim = await claimOf(again.hirings, hiringId, 3_000);
    expect(claim.record.late).toEqual([
      { attempt: 1, taskId: taskOf(hiringId, 1), worker: ALICE, notedAtMs: 3_000 },
    ]);
    await again.hirings.commit(claim, { cause: 'y', dueAtMs: 9_000, takenBack: [] }, 3_001);
    expect(await again.hirings.nextDueAtMs()).toBe(9_000);
    const next = await claimOf(again.hirings, hiringId, 9_000);
    await again.hirings.commit(next, { cause: 'z', takenBack: [taskOf(hiringId, 1)] }, 9_001);
    expect(await again.hirings.nextDueAtMs()).toBeUndefined();
    expect((await again.hirings.find(hiringId))?.late).toBeUndefined();
  });

  test('one that is noted while a step ends the hiring is looked at after that', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    const claim = await claimOf(hirings, hiringId, 1_000);
    await hirings.noteLate(late(hiringId), 1_001);
    await hirings.commit(claim, { event: 'over_cancelled', cause: 'x', reread: true }, 1_002);
    expect([await hirings.nextDueAtMs(), (await hirings.find(hiringId))?.late?.length]).toEqual([1_002, 1]);
  });

  test('of a hiring that is not known none is kept', async () => {
    const { hirings } = subject;
    await hirings.noteLate(late(newHiringId()), 1_000);
    expect(await hirings.nextDueAtMs()).toBeUndefined();
  });
}
