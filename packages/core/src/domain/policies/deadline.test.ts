import { expect, test } from 'vitest';
import { deadlineOf, giveUpAtMs } from './deadline.ts';

const policy = { maxDurationMs: 1_000_000, unacknowledgedMarginMs: 1000, maxOverdueMs: 5000 };

test('a hiring without a deadline has the longest time that the owner allows', () => {
  expect(deadlineOf(undefined, 500, policy)).toBe(1_000_500);
});

test('an attempt that nobody took is given up a margin before its deadline', () => {
  expect(giveUpAtMs(100_000, 0, policy)).toBe(99_000);
});

test('a hire shorter than the margin still gets half of its time', () => {
  expect(giveUpAtMs(1000, 0, policy)).toBe(500);
});

test('a deadline that was past when the attempt was opened is given up at once', () => {
  expect(giveUpAtMs(1000, 5000, policy)).toBe(1000);
});
