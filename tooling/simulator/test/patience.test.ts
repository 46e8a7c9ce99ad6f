import { hiringIdSchema } from '@agrenting-hiclaw/core/domain';
import { beforeEach, expect, test } from 'vitest';
import { Patience } from '../src/checks/patience.ts';
import { Timeline } from '../src/timeline.ts';
import { Violations } from '../src/violations.ts';

const HIRING = hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001');
/** Nothing happens to the hiring meanwhile. */
const CLAIM = { record: { hiringId: HIRING, rereadWanted: false }, pokes: 0, wakes: 1 };
const WAIT_MS = 300_000;

let timeline: Timeline;
let violations: Violations;
let patience: Patience;
beforeEach(() => {
  timeline = new Timeline(0);
  violations = new Violations(() => undefined);
  patience = new Patience({ timeline, violations, clockSetAtMs: -Infinity });
});

function pass(forMs: number): void {
  const untilMs = timeline.nowMs + forMs;
  timeline.after(forMs, () => undefined);
  while (timeline.step(untilMs));
}

function sends(process: string): void {
  patience.asks(process, HIRING, 'settlement');
}

/** A process sends, is asked for patience, and stores that. */
function isPutOff(process: string): void {
  patience.claimed(process, CLAIM);
  sends(process);
  patience.wanted(process, HIRING, 'settlement', WAIT_MS);
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
    patience.claimed(process, CLAIM);
    sends(process);
    expect(broken()).toEqual(['who is asked for patience has it']);
  },
);

test('after the wait it is sent again', () => {
  isPutOff('one');
  pass(WAIT_MS);
  patience.claimed('one', CLAIM);
  sends('one');
  expect(broken()).toEqual([]);
});

test('a process that stood still since before the wait was stored cannot know of it', () => {
  patience.claimed('stalled', CLAIM);
  pass(60_000);
  isPutOff('one');
  pass(WAIT_MS / 2);
  sends('stalled');
  expect(broken()).toEqual([]);
});

test('what such a process sends ends the wait for nobody else', () => {
  patience.claimed('stalled', CLAIM);
  pass(60_000);
  isPutOff('one');
  pass(WAIT_MS / 3);
  sends('stalled');
  pass(WAIT_MS / 3);
  patience.claimed('one', CLAIM);
  sends('one');
  expect(broken()).toEqual(['who is asked for patience has it']);
});
