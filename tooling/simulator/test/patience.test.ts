import { hiringIdSchema, unreadHiring } from '@agrenting-hiclaw/core/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { Patience } from '../src/checks/patience.ts';
import { Timeline } from '../src/timeline.ts';
import { Violations } from '../src/violations.ts';

const HIRING = hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001');
/** Nothing happens to the hiring meanwhile. */
const CLAIM = {
  record: { hiringId: HIRING, rereadWanted: false, attempt: { number: 1, hiring: unreadHiring(HIRING) } },
  requeues: 0,
  notifications: 1,
};
const WAIT_MS = 300_000;

let timeline: Timeline;
let violations: Violations;
let patience: Patience;
/** When the attempt has to be done. */
let deadlineMs: number | undefined;
beforeEach(() => {
  deadlineMs = Infinity;
  timeline = new Timeline(0);
  violations = new Violations(() => undefined);
  patience = new Patience({ timeline, violations, skewMs: 0, clockSetAtMs: -Infinity }, () => deadlineMs);
});

function pass(forMs: number): void {
  const untilMs = timeline.nowMs + forMs;
  timeline.after(forMs, () => undefined);
  while (timeline.step(untilMs));
}

/** A process begins a step of what was due. */
function begins(process: string, claimedMs = timeline.nowMs): void {
  patience.claimed(process, CLAIM, claimedMs);
}

function sends(process: string): (retryAfterMs: number) => void {
  return patience.asks(process, HIRING, 'settlement');
}

/** A process sends, is asked for patience, and stores that. */
function isPutOff(process: string): void {
  begins(process);
  sends(process)(WAIT_MS);
  patience.committed(process, CLAIM, {});
}

function broken(): readonly string[] {
  return violations.all.map(({ rule }) => rule);
}

test.each(['the same process', 'another process'])(
  '%s that begins a step during a wait has patience',
  (who) => {
    isPutOff('one');
    pass(WAIT_MS / 2);
    const process = who === 'the same process' ? 'one' : 'another';
    begins(process);
    sends(process);
    expect(broken()).toEqual(['who is asked for patience has it']);
  },
);

test('after the wait it is sent again', () => {
  isPutOff('one');
  pass(WAIT_MS);
  begins('one');
  sends('one');
  expect(broken()).toEqual([]);
});

test('a process that stood still since before the wait was stored cannot know of it', () => {
  begins('stalled');
  pass(60_000);
  isPutOff('one');
  pass(WAIT_MS / 2);
  sends('stalled');
  expect(broken()).toEqual([]);
});

test('what such a process sends ends the wait for nobody else', () => {
  begins('stalled');
  pass(60_000);
  isPutOff('one');
  pass(WAIT_MS / 3);
  sends('stalled');
  pass(WAIT_MS / 3);
  begins('one');
  sends('one');
  expect(broken()).toEqual(['who is asked for patience has it']);
});

test('an answer that a process gets behind its next step of the hiring is none to that step', () => {
  begins('one');
  const wanted = sends('one');
  pass(60_000);
  begins('one');
  wanted(WAIT_MS);
  patience.committed('one', CLAIM, {});
  begins('one');
  sends('one');
  expect(broken()).toEqual([]);
});

test('what was claimed by the time before the clock was set back is not asked to have patience', () => {
  isPutOff('one');
  pass(WAIT_MS / 3);
  begins('stalled', timeline.nowMs + WAIT_MS);
  pass(WAIT_MS / 3);
  begins('one');
  sends('one');
  expect(broken()).toEqual([]);
});

describe('a settlement that is sent again at once, its deadline', () => {
  test.each([
    ['a minute away', WAIT_MS / 2 + 60_000, []],
    ['two minutes away', WAIT_MS / 2 + 120_000, ['who is asked for patience has it']],
    ['past since before the wait', -1, ['who is asked for patience has it']],
    ['known to nobody', undefined, []],
  ])('%s', (_, atMs, rules) => {
    deadlineMs = atMs;
    isPutOff('one');
    pass(WAIT_MS / 2);
    begins('one');
    sends('one');
    expect(broken()).toEqual(rules);
  });
});
