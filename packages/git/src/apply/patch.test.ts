import { expect, test } from 'vitest';
import { dateOf } from './patch.ts';

const NOON_SECONDS = Date.UTC(2024, 0, 1, 12) / 1_000;

test.for<readonly [string | undefined, string | undefined]>([
  ['Mon, 1 Jan 2024 12:00:00 +0000', `@${NOON_SECONDS} +0000`],
  ['Mon, 1 Jan 2024 20:00:00 +0800', `@${NOON_SECONDS} +0800`],
  ['Mon, 1 Jan 2024 12:00:00', `@${NOON_SECONDS} +0000`],
  ['2024-01-01 12:00:00', `@${NOON_SECONDS} +0000`],
  ['soon', undefined],
  [undefined, undefined],
])('the date of a patch, %j, is %j', ([text, date]) => {
  expect(dateOf(text)).toBe(date);
});
