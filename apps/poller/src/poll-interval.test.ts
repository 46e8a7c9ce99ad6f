import { expect, test } from 'vitest';
import type { PendingList } from '@agrenting-hiclaw/app';
import { PollInterval } from './poll-interval.ts';

const EVERY_MS = 30_000;
const read: PendingList = { kind: 'read', listed: 0, fresh: [], malformed: 0 };
const failed: PendingList = { kind: 'failed', problem: 'HTTP 500', unauthorized: false };
const refused: PendingList = { kind: 'failed', problem: 'HTTP 401', unauthorized: true };
const limited: PendingList = {
  kind: 'failed',
  problem: 'HTTP 429',
  unauthorized: false,
  retryAfterMs: 50_000,
};

const paceOf = (random: number): PollInterval =>
  new PollInterval({ everyMs: EVERY_MS, random: () => random });

test('never waits longer than it should while something is read', () => {
  expect(paceOf(0.999).after([read, read])).toBeLessThanOrEqual(EVERY_MS);
  expect(paceOf(0).after([read, failed])).toBe(24_000);
});

test('waits as long as the marketplace asks for, up to ten minutes', () => {
  expect(paceOf(0).after([limited, read])).toBe(50_000);
  expect(paceOf(0).after([{ ...limited, retryAfterMs: 1e12 }, read])).toBe(600_000);
});

test('waits longer and longer while nothing answers, and as before once something does', () => {
  const pace = paceOf(0.999);
  const waits = Array.from({ length: 6 }, () => pace.after([failed, failed]));
  expect(waits[0]).toBeGreaterThan(EVERY_MS);
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  expect(waits.at(-1)).toBeGreaterThan(299_000);
  expect(waits.at(-1)).toBeLessThanOrEqual(300_000);
  expect(pace.after([read, failed])).toBeLessThanOrEqual(EVERY_MS);
});

test('waits up to a quarter of an hour while the key is refused', () => {
  const pace = paceOf(0.999);
  const waits = Array.from({ length: 8 }, () => pace.after([refused, refused]));
  expect(waits.at(-1)).toBeGreaterThan(899_000);
  expect(waits.at(-1)).toBeLessThanOrEqual(900_000);
});
