import { expect, test } from 'vitest';
import { parseDeadlineMs, parseTimeMs } from './time.ts';

const NOON_MS = Date.UTC(2026, 3, 17, 12);

test.for([
  '2026-04-17T12:00:00Z',
  '2026-04-17T12:00:00.000Z',
  '2026-04-17T12:00:00.000000Z',
  '2026-04-17t12:00:00z',
  '2026-04-17T12:00:00',
  '2026-04-17T12:00:00.000123',
  '2026-04-17T12:00',
  '2026-04-17 12:00:00',
  '2026-04-17 12:00:00.000000',
  '2026-04-17 12:00:00 UTC',
  '2026-04-17 12:00:00Z',
  '2026-04-17T20:00:00+08:00',
  '2026-04-17T20:00:00+0800',
  '2026-04-17T20:00:00+08',
  '2026-04-17 20:00:00 +08:00',
  '2026-04-17T08:30:00-03:30',
  ' 2026-04-17T12:00:00 ',
  'Fri, 17 Apr 2026 12:00:00 GMT',
  'Fri, 17 Apr 2026 20:00:00 +0800',
  '17 Apr 2026 12:00:00',
  'Fri, 17 Apr 2026 12:00 -0000',
])('%j is noon in UTC', (text) => {
  expect(parseTimeMs(text)).toBe(NOON_MS);
});

test('fractions are kept to the millisecond, and a day alone begins in UTC', () => {
  expect(parseTimeMs('2026-04-17T12:00:00.123456')).toBe(NOON_MS + 123);
  expect(parseTimeMs('2026-04-17T12:00:00,9999')).toBe(NOON_MS + 999);
  expect(parseTimeMs('2026-04-17')).toBe(Date.UTC(2026, 3, 17));
  expect(parseTimeMs('2016-12-31T23:59:60Z')).toBe(Date.UTC(2017, 0, 1));
});

test('a day alone is over, as a deadline, with its end in UTC', () => {
  expect(parseDeadlineMs('2026-04-17')).toBe(Date.UTC(2026, 3, 18));
  expect(parseDeadlineMs(' 2026-12-31 ')).toBe(Date.UTC(2027, 0, 1));
  expect(parseDeadlineMs('2026-04-17T12:00:00Z')).toBe(NOON_MS);
  expect(parseDeadlineMs('2026-02-30')).toBeUndefined();
});

test.for([
  '',
  'soon',
  '-5',
  '1776427200',
  '2026-02-30T12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-04-17T24:00:00Z',
  '2026-04-17T12:61:00Z',
  '2026-04-17T12:00:00+99:00',
  '2026-04-17T12:00:00 PST',
  '04/17/2026 12:00',
  'Fri, 17 Apr 2026 12:00:00 PST',
  'Fri, 17 Foo 2026 12:00:00 GMT',
])('%j is no time', (text) => {
  expect(parseTimeMs(text)).toBeUndefined();
});
