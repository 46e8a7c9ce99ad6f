import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

test.each([
  ['45', 45_000],
  ['0', 0],
  ['1.5', 1500],
  ['Mon, 23 Nov 2026 10:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
  ['1000000000', 600_000],
  ['Mon, 23 Nov 2099 10:00:00 GMT', 600_000],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
])('%j asks for a wait of %s ms', (value, expected) => {
  expect(retryAfterMs(new Headers({ 'Retry-After': value }), NOW_MS)).toBe(expected);
});

test('says nothing without the header', () => {
  expect(retryAfterMs(new Headers(), NOW_MS)).toBeUndefined();
});

test.each([
  ['45', '40', 5_000],
  ['45', '400', 0],
  ['45', '-3', 45_000],
  ['Mon, 23 Nov 2026 10:00:30 GMT', '40', 30_000],
])('%j asks for less of what lay in a cache for %s s', (value, age, expected) => {
  expect(retryAfterMs(new Headers({ 'Retry-After': value, Age: age }), NOW_MS)).toBe(expected);
});
