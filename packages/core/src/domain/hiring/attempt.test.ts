import { describe, expect, test } from 'vitest';
import { resolveAttempt, type KnownAttempt } from './attempt.ts';
import { hiringIdSchema } from './ids.ts';
import { unreadHiring, type AttemptMarker, type Hiring } from './hiring.ts';
import type { State } from './states.ts';

function read(status: string, marker: AttemptMarker = {}): Hiring {
  const hiring = unreadHiring(hiringIdSchema.parse('0b7e1d2c-3f4a-4b5c-8d6e-7f8091a2b3c4'));
  return { ...hiring, status, marker };
}

function known(state: State, marker: AttemptMarker = {}, number = 1): KnownAttempt {
  return { state, marker, number };
}

describe('which attempt a read speaks of', () => {
  test.each([
    [
      'the first, counted by the marketplace',
      undefined,
      read('in_progress', { traceAttempt: 3 }),
      { kind: 'next', number: 3 },
    ],
    ['the first, counted by nobody', undefined, read('in_progress'), { kind: 'next', number: 1 }],
    [
      'the same count',
      known('sent', { traceAttempt: 1 }),
      read('in_progress', { traceAttempt: 1 }),
      { kind: 'same' },
    ],
    [
      'a greater count while at work',
      known('sent', { traceAttempt: 1 }),
      read('in_progress', { traceAttempt: 2 }),
      { kind: 'next', number: 2 },
    ],
    [
      'a greater count after a failure',
      known('failed', { traceAttempt: 1 }),
      read('in_progress', { traceAttempt: 2 }),
      { kind: 'next', number: 2 },
    ],
    [
      'a count beside our own number',
      known('failed', { traceAttempt: 4 }, 1),
      read('in_progress', { traceAttempt: 5 }),
      { kind: 'next', number: 5 },
    ],
    ['no count, failed and active again', known('failed'), read('in_progress'), { kind: 'next', number: 2 }],
    ['no count, cancelled and active again', known('cancelled'), read('paid'), { kind: 'next', number: 2 }],
    ['no count, at work and active', known('acknowledged'), read('in_progress'), { kind: 'same' }],
    ['no count, failed and still failed', known('failed'), read('failed'), { kind: 'same' }],
    ['no count, failed and queued', known('failed'), read('queued'), { kind: 'same' }],
    [
      'a new dispatch while at work: maybe a mere redelivery',
      known('sent', { dispatchId: 'a' }),
      read('in_progress', { dispatchId: 'b' }),
      { kind: 'same' },
    ],
    [
      'a new dispatch after a failure',
      known('failed', { dispatchId: 'a' }),
      read('in_progress', { dispatchId: 'b' }),
      { kind: 'next', number: 2 },
    ],
    [
      'the old dispatch after a failure: a stale read',
      known('failed', { dispatchId: 'a' }),
      read('in_progress', { dispatchId: 'a' }),
      { kind: 'same' },
    ],
  ] as const)('%s', (_name, before, now, expected) => {
    expect(resolveAttempt(before, now)).toEqual(expected);
  });

  test.each([
    ['a smaller count', known('sent', { traceAttempt: 2 }, 2), read('in_progress', { traceAttempt: 1 })],
    ['what was completed, shown as active', known('completed'), read('in_progress')],
    [
      'what was completed, shown as active under the same count',
      known('completed', { traceAttempt: 1 }),
      read('in_progress', { traceAttempt: 1 }),
    ],
  ])('%s is stale', (_name, before, now) => {
    expect(resolveAttempt(before, now).kind).toBe('stale');
  });
});
