import { expect, test } from 'vitest';
import {
  claimOf,
  deliveryOf,
  hiringOf,
  newHiringId,
  openingOf,
  progressOf,
  settlementOf,
  take,
  TOKEN,
  taskOf,
} from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

/** What every `HiringStore` makes of the outcome of a step. */
export function commitContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  test('takes a hiring the whole way, with a history row per move', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_001), 1_001);
    const settlement = settlementOf(1);
    const dueAtMs = 1_001;
    await take(hirings, hiringId, { event: 'staged', cause: 'b', dueAtMs }, 1_002);
    await take(hirings, hiringId, { event: 'sent', cause: 'c', dueAtMs }, 1_003);
    await take(hirings, hiringId, { event: 'acknowledged', cause: 'd', dueAtMs }, 1_004);
    await take(hirings, hiringId, { event: 'submitted', cause: 'e', dueAtMs }, 1_005);
    await take(hirings, hiringId, { event: 'result_accepted', cause: 'f', dueAtMs, settlement }, 1_006);
    await take(hirings, hiringId, { event: 'result_settled', cause: 'g' }, 1_007);

    const transitions = await hirings.history(hiringId);
    expect(transitions.map(({ from, event, to }) => `${from} ${event} ${to}`)).toEqual([
      'received confirmed confirmed',
      'confirmed staged staged',
      'staged sent sent',
      'sent acknowledged acknowledged',
      'acknowledged submitted submitted',
      'submitted result_accepted settling',
      'settling result_settled completed',
    ]);
    expect(transitions.map((transition) => transition.atMs)).toEqual([
      1_001, 1_002, 1_003, 1_004, 1_005, 1_006, 1_007,
    ]);
    expect(
      transitions.every((transition) => transition.hiringId === hiringId && transition.attempt === 1),
    ).toBe(true);
    expect(transitions.at(-1)?.cause).toBe('g');
    expect(await hirings.nextDueAtMs()).toBeUndefined();
  });

  test('keeps what the engine remembers of an attempt, and of the hiring', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    const progress = progressOf({
      messages: [{ purpose: 'assignment', number: 1, eventId: '$1', sentAtMs: 900, afterSequence: 7 }],
      milestones: [{ kind: 'staged', atMs: 800, evidence: 'meta.json v1' }],
      activitySequence: 41,
      listing: { digest: 'abc', sinceMs: 5 },
      claimedAtMs: 6,
      session: 'agents/alice/sessions/a.json e1',
      lastActivityAtMs: 7,
      deadlineAtMs: 86_400_000,
      verdict: {
        kind: 'result',
        result: { text: 't', summary: 's', files: [{ name: 'a.md', sizeBytes: 3 }], notes: ['n'] },
        artifacts: ['1'],
        pushed: { branch: 'b', commits: ['c'], filesChanged: ['f'] },
      },
      source: { branch: 'main', commit: 'c0ffee' },
      approved: { work: true, sha256: 'abc' },
      asked: 'def',
      tokenInFolder: true,
      accepted: {
        result: { text: 't', summary: 's', notes: [] },
        sha256: 'fed',
        digest: 'abc',
        files: [{ name: 'a.md', sizeBytes: 3, sha256: '00', type: 'markdown', artifactId: '1' }],
        uploadUnsure: true,
        queued: { times: 1, atMs: 1_000 },
        pushed: { branch: 'b', commits: ['c'], filesChanged: ['f'] },
      },
      otherArtifacts: ['2'],
      uploads: [
        { name: 'b.md', sha256: '01', artifactId: '3' },
        { name: 'c.md', sizeBytes: 4, sha256: '02', taken: true, soughtFor: 'fed' },
      ],
      confirming: true,
      queued: { key: 'agrenting-hiclaw-0123', times: 2, atMs: 1_000 },
      notifyAgain: true,
      concern: { code: 'settlement_delayed', sinceMs: 12 },
      conversation: {
        seen: ['m1'],
        received: 1,
        incoming: [{ number: 1, kind: 'answer', text: 'x', written: true }],
        outgoing: [{ kind: 'question', text: 'y', key: 'k', tries: 1 }],
        said: 1,
        notBeforeMs: 8,
        relayedAtMs: 9,
        question: { text: 'y', askedAtMs: 10 },
        unanswered: 1,
      },
      overdueReported: true,
      attention: {
        reason: { code: 'files_planted', names: ['a.md'] },
        from: 'sent',
        judged: 'abc',
        sha256: 'fed',
        held: {
          text: 't',
          summary: 's',
          files: [{ name: 'a.md', sizeBytes: 3, sha256: '00', type: 'markdown' }],
          notes: ['n'],
        },
      },
    });
    const lastFailure = {
      count: 2,
      sinceMs: 5,
      waitMs: 4_000,
      reason: { code: 'folder_unread', problem: 'storage is away' },
    } as const;
    const marker = { traceAttempt: 1, dispatchId: 'dispatch-9' };
    await take(hirings, hiringId, { cause: 'x', dueAtMs: 2_000, progress, lastFailure, marker }, 1_000);
    expect(await hirings.find(hiringId)).toMatchObject({
      lastFailure,
      attempt: { number: 1, progress, marker },
    });

    await take(hirings, hiringId, { cause: 'x', dueAtMs: 3_000 }, 2_000);
    const later = await hirings.find(hiringId);
    expect(later).toMatchObject({ attempt: { progress, marker } });
    expect(later?.lastFailure).toBeUndefined();
    expect(await hirings.history(hiringId)).toHaveLength(1);
  });

  test('keeps why a person is needed before there is an attempt, until it is no longer so', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    const attention = {
      reason: { code: 'read_in_doubt', problem: 'no status' },
      from: 'received',
    } as const;
    await hirings.accept([deliveryOf(hiringId)]);
    await take(
      hirings,
      hiringId,
      { event: 'operator_required', cause: 'x', dueAtMs: 2_000, attention },
      1_000,
    );
    await take(hirings, hiringId, { cause: 'still so', dueAtMs: 3_000 }, 2_000);
    expect(await hirings.find(hiringId)).toMatchObject({ state: 'attention', attention });
    await take(hirings, hiringId, openingOf(hiringId, 1, 4_000), 3_000);
    expect(await hirings.find(hiringId)).toMatchObject({ state: 'confirmed', attention: undefined });
    const transitions = await hirings.history(hiringId);
    expect(transitions.map(({ attempt, from, to }) => [attempt, from, to])).toEqual([
      [0, 'received', 'attention'],
      [1, 'attention', 'confirmed'],
    ]);
  });

  test('refuses what the table of states does not know, and changes nothing', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    const claim = await claimOf(hirings, hiringId, 1_000);
    const bugs = [
      { event: 'submitted', cause: 'x', dueAtMs: 9_000 },
      { event: 'confirmed', cause: 'no attempt', dueAtMs: 9_000 },
      { cause: 'no due time' },
      { cause: 'no attempt', dueAtMs: 9_000, progress: progressOf() },
      { ...openingOf(hiringId, 1, 9_000), event: 'staged' },
    ] as const;
    for (const bug of bugs) {
      await expect(hirings.commit(claim, bug, 1_000)).rejects.toThrow(hiringId);
    }
    expect(await hirings.find(hiringId)).toEqual(claim.record);
    expect(await hirings.commit(claim, openingOf(hiringId, 1, 9_000), 1_000)).toBe('committed');
  });

  test('opens no attempt twice', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 2, 1_000), 1_000);
    const claim = await claimOf(hirings, hiringId, 1_000);
    await expect(hirings.commit(claim, openingOf(hiringId, 2, 9_000), 1_000)).rejects.toThrow('attempt 2');
    await expect(hirings.commit(claim, openingOf(hiringId, 1, 9_000), 1_000)).rejects.toThrow('attempt 1');
    expect(await hirings.history(hiringId)).toHaveLength(1);
  });

  test('opens the next attempt of a hiring that had ended, and leaves that end as it is', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    await take(hirings, hiringId, { event: 'over_failed', cause: 'refunded', reread: true }, 1_000);
    clock.nowMs = 2_000;
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 2, 9_000), 2_000);

    const record = await hirings.find(hiringId);
    expect(record).toMatchObject({ state: 'confirmed', rereadWanted: false, attempt: { number: 2 } });
    expect(record?.attempt?.taskId).toBe(taskOf(hiringId, 2));
    const transitions = await hirings.history(hiringId);
    expect(transitions.map(({ attempt, from, event, to }) => [attempt, from, event, to])).toEqual([
      [1, 'received', 'confirmed', 'confirmed'],
      [1, 'confirmed', 'over_failed', 'failed'],
      [2, 'received', 'confirmed', 'confirmed'],
    ]);
  });

  test('closes an open attempt when the hirer had the hiring run again', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    await take(hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: 1_000 }, 1_000);
    await take(hirings, hiringId, openingOf(hiringId, 2, 9_000), 1_000);
    const transitions = await hirings.history(hiringId);
    expect(transitions.slice(2).map(({ attempt, from, event, to }) => [attempt, from, event, to])).toEqual([
      [1, 'staged', 'superseded', 'cancelled'],
      [2, 'received', 'confirmed', 'confirmed'],
    ]);
    expect(await hirings.find(hiringId)).toMatchObject({ state: 'confirmed', attempt: { number: 2 } });
  });

  test('gives back the settlement to the byte, and lets only the count of its sends change', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    const body = '{"output":{"text":"\\u0000 \u00e4 \ud83d\ude80"}}';
    const first = settlementOf(1, { body });
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    const decided = { event: 'failure_decided', cause: 'x', dueAtMs: 1_000, settlement: first } as const;
    const sent = { ...first, unknownSends: 1 };
    await take(hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: 1_000 }, 1_000);
    await take(hirings, hiringId, decided, 1_000);
    expect((await hirings.find(hiringId))?.attempt?.settlement).toEqual(first);
    await take(hirings, hiringId, { cause: 'x', dueAtMs: 1_000, settlement: sent }, 1_000);
    expect((await hirings.find(hiringId))?.attempt?.settlement).toEqual(sent);

    const claim = await claimOf(hirings, hiringId, 1_000);
    const changed = { cause: 'x', dueAtMs: 1_000, settlement: { ...sent, body: '{}' } };
    await expect(hirings.commit(claim, changed, 1_000)).rejects.toThrow('would be changed');
    const second = settlementOf(2, { endpoint: 'failure' });
    const renewal = {
      event: 'settlement_renewed',
      cause: 'x',
      dueAtMs: 1_000,
      settlement: second,
    } as const;
    await hirings.commit(claim, renewal, 1_000);
    expect((await hirings.find(hiringId))?.attempt?.settlement).toEqual(second);
  });

  test('forgets the repository token with the end, and nothing else', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    const opening = openingOf(hiringId, 1, 1_000);
    const hiring = hiringOf(hiringId, { repoToken: TOKEN, deliveryMode: 'push' });
    await take(
      hirings,
      hiringId,
      { ...opening, open: { number: 1, taskId: taskOf(hiringId, 1), marker: {}, hiring } },
      1_000,
    );
    const open = await hirings.find(hiringId);
    expect(open?.attempt?.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
    await take(hirings, hiringId, { event: 'over_cancelled', cause: 'x', reread: true }, 1_000);
    const over = await hirings.find(hiringId);
    expect(over?.attempt?.hiring).toEqual(hiringOf(hiringId, { deliveryMode: 'push' }));
    expect(over?.received.hiring).toEqual(hiringOf(hiringId));
  });

  test('keeps the token of what may be a retry until that was read', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    await take(hirings, hiringId, { event: 'over_failed', cause: 'x', reread: true }, 1_000);
    await hirings.accept([deliveryOf(hiringId, { atMs: 2_000 }, { repoToken: TOKEN })]);
    const tokenReceived = async () => (await hirings.find(hiringId))?.received.hiring.repoToken?.reveal();

    await take(hirings, hiringId, { cause: 'the read failed', dueAtMs: 20_000 }, 2_000);
    expect(await tokenReceived()).toBe(TOKEN.reveal());
    await take(hirings, hiringId, { cause: 'it is over', reread: true }, 20_000);
    expect(await tokenReceived()).toBeUndefined();
  });
}
