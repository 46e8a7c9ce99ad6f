import { expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

const hundred = Array.from({ length: 100 }, (_, index) => (index * 37) % 100);

test('a quantile is the value that so large a share does not exceed', () => {
  expect([0.01, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([0, 49, 98, 99]);
  expect(median([3, 1, 2])).toBe(2);
});

test('nothing measured is no figure', () => {
  expect(() => quantile([], 0.5)).toThrow('no values');
});
