import {
  DEFAULT_POLICY,
  NO_SECRETS,
  type AttemptRecord,
  type StoredActivity,
} from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readActivity } from '../src/worker-signals.ts';
import { alice, REPORT_TO, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ANSWER = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

/** A message of a gap in the room, which could be read only now. */
async function readLate(text: string, saidAtMs: number): Promise<void> {
  const activity = { roomId: alice.roomId, userId: alice.userId, kind: 'message', text } as const;
  await world.store.activities.record(
    'of a room',
    'late',
    [{ ...activity, eventId: `$late-${saidAtMs}`, atMs: saidAtMs, saidAtMs, readLate: true }],
    world.nowMs,
  );
}

describe('a message that is read after newer ones', () => {
  test('takes no question of the guard for answered', async () => {
    const id = await world.atWork();
    const saidAtMs = world.nowMs + SECOND;
    await world.run(5 * SECOND);
    await world.says('Waiting for approval: rm -rf build', '$asks');
    await world.run(MINUTE);
    expect((await world.attentionOf(id))?.reason.code).toBe('guard_question');
    await readLate('I look into the folder first.', saidAtMs);
    await world.run(MINUTE);
    expect((await world.attentionOf(id))?.reason.code).toBe('guard_question');
    expect((await world.record(id)).attempt?.progress.guard?.eventId).toBe('$asks');
  });

  test('asks for no yes to a command that the worker has long gone past', async () => {
    const id = await world.atWork();
    const saidAtMs = world.nowMs + SECOND;
    await world.run(5 * SECOND);
    await world.says('It is built. Going on.');
    await readLate('Waiting for approval: rm -rf build', saidAtMs);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('brings no BLOCKED behind the report that the task is completed', async () => {
    const id = await world.atWork();
    const saidAtMs = world.nowMs + SECOND;
    await world.run(5 * SECOND);
    await world.says(world.line(id, 'TASK_COMPLETED', 'done'));
    await world.run(SECOND);
    await readLate(world.line(id, 'BLOCKED', 'no key'), saidAtMs);
    await world.run(50 * SECOND);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('takes back no BLOCKED that was said after it', async () => {
    const id = await world.atWork();
    const saidAtMs = world.nowMs + SECOND;
    await world.run(5 * SECOND);
    await world.says(world.line(id, 'BLOCKED', 'no key'));
    await world.run(SECOND);
    await readLate(world.line(id, 'TASK_COMPLETED', 'the first part'), saidAtMs);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('shows no activity where it was said before the worker was told', async () => {
    const saidAtMs = world.nowMs;
    world.nowMs += MINUTE;
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await readLate('Good morning.', saidAtMs);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
  });
});

test('a clock of the homeserver that is set back changes nothing for what is heard as it is said', async () => {
  const id = await world.atWork();
  const activity = { roomId: alice.roomId, userId: alice.userId, kind: 'message' } as const;
  const received = async (text: string, saidAtMs: number) =>
    await world.store.activities.record(
      '@agrenting:x',
      `at ${saidAtMs}`,
      [{ ...activity, text, eventId: `$at-${saidAtMs}`, atMs: world.nowMs, saidAtMs }],
      world.nowMs,
    );
  await received('Starting.', world.nowMs + 60 * MINUTE);
  await received('Waiting for approval: rm -rf build', world.nowMs);
  await world.run(MINUTE);
  expect((await world.attentionOf(id))?.reason.code).toBe('guard_question');
});

interface Event {
  readonly words: string;
  /** An earlier event that it edits, as a part of all before it. */
  readonly edits: number | undefined;
}

const WORDS = [
  'BLOCKED: TASK - no key',
  'QUESTION: TASK - which key?',
  'PROGRESS: TASK - half of it',
  `TASK_COMPLETED: TASK - done (sha256=${'a'.repeat(64)})`,
  `TASK_COMPLETED: TASK - done (sha256=${'b'.repeat(64)})`,
  'TASK_COMPLETED: TASK - done',
  'Waiting for approval: rm -rf build',
  'Error: the model is overloaded',
  'I go on.',
  '',
];
const events = fc.array(
  fc.record<Event>({
    words: fc.constantFrom(...WORDS),
    edits: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 9 },
);

describe('whatever of what a worker says is read late, and in whatever parts', () => {
  async function read(attempt: AttemptRecord, parts: readonly (readonly StoredActivity[])[]) {
    let read = attempt;
    for (const activities of parts) {
      const { progress } = await readActivity(read, activities, {
        reportTo: REPORT_TO,
        forwardsProgress: true,
        progressLimit: DEFAULT_POLICY.progressLimit,
        secrets: NO_SECRETS,
        nowMs: world.nowMs,
        stillMs: 8_000,
        acknowledgeMs: 120_000,
        blockedMs: 30_000,
        answerWaitMs: 3_600_000,
      });
      read = { ...attempt, progress };
    }
    const { guard, blocked, pending, reported, claimedAtMs, received } = read.progress;
    return { guard, blocked, pending, reported, claimedAtMs, received };
  }

  test('it comes to the same', async () => {
    const { attempt } = await world.record(await world.atWork());
    if (attempt === undefined) throw new Error('no attempt');
    const { activitySequence } = attempt.progress;
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 9, maxLength: 9 }),
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 9, maxLength: 9 }),
        async (said, gaps, waitsMs) => {
          let atMs = world.nowMs;
          const inOrder = said.map(({ words, edits }, index): StoredActivity => {
            atMs += waitsMs[index] ?? 1;
            const replaced = edits === undefined ? -1 : Math.floor(edits * index);
            const isEdit = replaced >= 0 && index > 0 && said[replaced]?.edits === undefined;
            return {
              ...alice,
              kind: 'message',
              sequence: activitySequence + index + 1,
              eventId: `$${index}`,
              replacesEventId: isEdit ? `$${replaced}` : undefined,
              text: words.replace('TASK -', `${attempt.taskId} -`),
              atMs,
              saidAtMs: atMs,
            };
          });
          // What is in no gap comes first, then one gap after the other.
          const arrived = [0, 1, 2]
            .map((gap) => inOrder.filter((_, index) => gaps[index] === gap))
            .flatMap((activities, gap) => activities.map((activity) => ({ activity, readLate: gap > 0 })))
            .map(({ activity, readLate }, index) =>
              Object.assign({}, activity, { readLate, sequence: activitySequence + index + 1 }),
            );
          const expected = await read(attempt, [inOrder]);
          expect(await read(attempt, [arrived])).toEqual(expected);
          expect(
            await read(
              attempt,
              arrived.map((activity) => [activity]),
            ),
          ).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
