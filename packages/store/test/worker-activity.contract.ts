import type { HiringId, WorkerActivity, State } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { claimOf, deliveryOf, newHiringId, openingOf, settlementOf, take, WORKER } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

const { roomId, userId } = WORKER;
const FAR_MS = 900_000;

function activityOf(eventId: string | undefined, more: Partial<WorkerActivity> = {}): WorkerActivity {
  return { roomId, userId, kind: eventId === undefined ? 'typing' : 'message', eventId, atMs: 10, ...more };
}

/** What every `SignLog` does, together with the hirings that it wakes. */
export function activityLogContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  async function sent(): Promise<HiringId> {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId)]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
    await take(hirings, hiringId, { event: 'staged', cause: 'x', dueAtMs: 1_000 }, 1_000);
    await take(hirings, hiringId, { event: 'sent', cause: 'x', dueAtMs: FAR_MS }, 1_000);
    return hiringId;
  }

  test('what is said behind a text that is still to be read waits for it, in its own room alone', async () => {
    const { activities } = subject;
    const id = await sent();
    const longTextUrl = 'mxc://server/1';
    await activities.record(
      'one',
      's1',
      [
        activityOf('$1', { text: 'first' }),
        activityOf('$2', { text: 'long …', longTextUrl }),
        activityOf('$3', { text: 'last' }),
        activityOf('$4', { text: 'elsewhere', roomId: '!other:test' }),
      ],
      1_000,
    );
    const texts = async (room = roomId) =>
      (await activities.since(room, userId, 0, 10)).map(({ text }) => text);
    expect([await texts(), await texts('!other:test')]).toEqual([['first'], ['elsewhere']]);
    const again = await subject.restart();
    const [unread, ...rest] = await again.activities.unread(10);
    expect([unread, rest]).toMatchObject([{ roomId, userId, url: longTextUrl }, []]);
    const claim = await claimOf(again.hirings, id, FAR_MS);
    await again.hirings.commit(claim, { cause: 'x', dueAtMs: 2 * FAR_MS }, FAR_MS);
    await again.activities.read(unread?.sequence ?? 0, 'long, to its last line', FAR_MS);
    expect((await again.activities.since(roomId, userId, 0, 10)).map(({ text }) => text)).toEqual([
      'first',
      'long, to its last line',
      'last',
    ]);
    expect(await again.activities.unread(10)).toEqual([]);
    // Its hiring is looked at again.
    expect(await again.hirings.nextDueAtMs()).toBeLessThanOrEqual(FAR_MS);
  });

  test('the beginning has to do where the text cannot be read, or where one worker names too many', async () => {
    const { activities } = subject;
    const many = Array.from({ length: 7 }, (_, index) =>
      activityOf(`$${index}`, { text: `beginning ${index}`, longTextUrl: `mxc://server/${index}` }),
    );
    await activities.record('one', 's1', many, 1_000);
    for (let read = 0; read < 5; read += 1) {
      const [unread] = await activities.unread(10);
      await activities.read(unread?.sequence ?? 0, undefined, 1_000);
    }
    expect(await activities.unread(10)).toEqual([]);
    const stored = await activities.since(roomId, userId, 0, 10);
    expect(stored.map(({ text }) => text)).toEqual(many.map(({ text }) => text));
  });

  test('a stream begins without a position, and each account has its own', async () => {
    const { activities } = subject;
    expect(await activities.position('one')).toBeUndefined();
    expect(await activities.latest()).toBe(0);
    await activities.record('one', 's1', [], 1_000);
    await activities.record('one', 's2', [], 1_000);
    await activities.record('two', 's9', [], 1_000);
    expect(await activities.position('one')).toBe('s2');
    expect(await activities.position('two')).toBe('s9');
    const again = await subject.restart();
    expect(await again.activities.position('one')).toBe('s2');
  });

  test('up to when a stream was heard is kept for each account, though nothing was said', async () => {
    const { activities } = subject;
    expect(await activities.syncedUntilMs('one')).toBeUndefined();
    await activities.record('one', 's1', [], 2_000, 1_500);
    await activities.record('two', 's1', [], 3_000);
    expect(await activities.syncedUntilMs('one')).toBe(1_500);
    expect(await activities.syncedUntilMs('two')).toBe(3_000);
    await activities.record('one', 's1', [], 9_000, 8_500);
    const again = await subject.restart();
    expect(await again.activities.syncedUntilMs('one')).toBe(8_500);
  });

  test('for how long a stream was listened to is kept, and what is stored with it may be newer than that', async () => {
    const { activities } = subject;
    expect(await activities.listenedMs('one')).toBe(0);
    await activities.record('one', 's1', [activityOf('$1')], 2_000, 1_500, {
      fromMs: 0,
      untilMs: 500,
      nowMs: 900,
    });
    await activities.record('one room', 'gap', [activityOf('$late')], 2_000);
    expect(await activities.listenedMs('one')).toBe(500);
    const again = await subject.restart();
    const listened = { fromMs: 500, untilMs: 1_500, nowMs: 1_600 };
    await again.activities.record('one', 's2', [activityOf('$2')], 1, 1, listened);
    expect(await again.activities.listenedMs('one')).toBe(1_500);
    const stored = await again.activities.since(roomId, userId, 0, 10);
    expect(stored.map(({ eventId, listenedMs }) => [eventId, listenedMs])).toEqual([
      ['$1', 900],
      ['$late', undefined],
      ['$2', 1_600],
    ]);
  });

  test('time that two have listened to is counted once', async () => {
    const { activities } = subject;
    await activities.record('one', 's1', [], 1_000, 1_000, { fromMs: 0, untilMs: 10_000, nowMs: 10_000 });
    await activities.record('one', 's1', [activityOf('$1')], 1_000, 1_000, {
      fromMs: 0,
      untilMs: 9_000,
      nowMs: 9_500,
    });
    expect(await activities.listenedMs('one')).toBe(10_000);
    // It may have been said as long after what is known as the one that stored it listened.
    expect(await activities.since(roomId, userId, 0, 10)).toMatchObject([{ listenedMs: 19_500 }]);
  });

  test('activities come back as they were, in their order, for one worker in one room', async () => {
    const { activities } = subject;
    const ofWorker = [
      activityOf('$1', { text: 'working \u0000 on it', replacesEventId: '$0' }),
      activityOf('$1', { kind: 'receipt' }),
      activityOf('$4'),
    ];
    const ofOthers = [activityOf('$2', { userId: '@bob:test' }), activityOf('$3', { roomId: '!other:test' })];
    await activities.record('one', 's1', [...ofOthers, ...ofWorker], 1_000);
    const stored = await activities.since(roomId, userId, 0, 10);
    expect(stored).toMatchObject(ofWorker);
    const [first, second] = stored;
    expect(await activities.since(roomId, userId, first?.sequence ?? 0, 1)).toEqual([second]);
    expect(await activities.latest()).toBe(stored.at(-1)?.sequence);
  });

  test('an activity that is already there is stored once and wakes nobody again', async () => {
    const { activities, hirings } = subject;
    const hiringId = await sent();
    await activities.record('one', 's1', [activityOf('$1')], 2_000);
    await take(hirings, hiringId, { cause: 'looked', dueAtMs: FAR_MS }, 2_000);
    await activities.record('one', 's1', [activityOf('$1'), activityOf('$1')], 3_000);
    expect(await activities.since(roomId, userId, 0, 10)).toHaveLength(1);
    expect(await hirings.nextDueAtMs()).toBe(FAR_MS);
  });

  test('typing, which names no event, takes the place of the typing before', async () => {
    const { activities } = subject;
    await activities.record('one', 's1', [activityOf(undefined, { atMs: 1 }), activityOf('$1')], 1_000);
    const seen = await activities.latest();
    await activities.record('one', 's2', [activityOf(undefined, { atMs: 2 })], 2_000);
    expect(await activities.since(roomId, userId, seen, 10)).toMatchObject([{ kind: 'typing', atMs: 2 }]);
    expect(await activities.since(roomId, userId, 0, 10)).toHaveLength(2);
  });

  test('the hirings whose worker was seen are due at once', async () => {
    const { activities, hirings } = subject;
    const hiringId = await sent();
    const calls: string[] = [];
    hirings.onChange(() => calls.push('changed'));
    await activities.record('one', 's1', [activityOf('$1', { userId: '@stranger:test' })], 2_000);
    await activities.record('one', 's2', [activityOf('$2', { roomId: '!other:test' })], 2_000);
    expect(await hirings.nextDueAtMs()).toBe(FAR_MS);
    await activities.record('one', 's3', [activityOf('$3')], 2_000);
    expect(await hirings.nextDueAtMs()).toBe(2_000);
    await expect.poll(() => calls.length).toBe(1);
    const claim = await claimOf(hirings, hiringId, 2_000);
    expect(claim.record.rereadWanted).toBe(false);
  });

  test('an activity during a step is looked at right after it', async () => {
    const { activities, hirings } = subject;
    const hiringId = await sent();
    const claim = await claimOf(hirings, hiringId, FAR_MS);
    await activities.record('one', 's1', [activityOf('$1')], FAR_MS + 10);
    await hirings.commit(claim, { cause: 'nothing seen', dueAtMs: FAR_MS * 2 }, FAR_MS + 20);
    expect(await hirings.nextDueAtMs()).toBe(FAR_MS + 20);
  });

  test.each<[State, boolean]>([
    ['acknowledged', true],
    ['attention', true],
    ['submitted', false],
    ['settling', false],
  ])('of an attempt that is %s: woken is %s', async (state, woken) => {
    const { activities, hirings } = subject;
    const hiringId = await sent();
    const step = { cause: 'x', dueAtMs: FAR_MS * 2 };
    const steps = {
      acknowledged: { ...step, event: 'acknowledged' },
      attention: { ...step, event: 'operator_required' },
      submitted: { ...step, event: 'submitted' },
      settling: { ...step, event: 'failure_decided', settlement: settlementOf(1) },
    } as const;
    if (!(state in steps)) throw new Error(`no step leads to ${state}`);
    const name =
      state === 'acknowledged' || state === 'attention' || state === 'submitted' ? state : 'settling';
    await take(hirings, hiringId, steps[name], FAR_MS);
    await activities.record('one', 's1', [activityOf('$1')], FAR_MS + 5);
    expect(await hirings.nextDueAtMs()).toBe(woken ? FAR_MS + 5 : FAR_MS * 2);
  });

  test('a chatty worker keeps its newest activities and pushes out nobody', async () => {
    const { activities } = subject;
    await activities.record('one', 's0', [activityOf('$quiet', { userId: '@quiet:test' })], 1_000);
    const many = Array.from({ length: 1_500 }, (_, index) => activityOf(`$${index}`));
    await activities.record('one', 's1', many, 1_000);
    const kept = await activities.since(roomId, userId, 0, 10_000);
    expect(kept).toHaveLength(1_000);
    expect(kept.at(-1)?.eventId).toBe('$1499');
    expect(await activities.since(roomId, '@quiet:test', 0, 10)).toHaveLength(1);
  });

  test('activities that are older than any hiring go', async () => {
    const { activities } = subject;
    const dayMs = 24 * 60 * 60 * 1_000;
    await activities.record('one', 's1', [activityOf('$old')], 0);
    await activities.record('one', 's2', [activityOf('$new')], 31 * dayMs);
    expect(await activities.since(roomId, userId, 0, 10)).toMatchObject([{ eventId: '$new' }]);
  });
}
