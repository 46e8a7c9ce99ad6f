import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { feeOf, formatCents, parseCents } from './money.ts';

describe('amounts', () => {
  test.each([
    ['0', 0],
    ['25.00', 2_500],
    ['12.5', 1_250],
    ['0.20000000', 20],
    [12.5, 1_250],
    ['999999999999.99', 99_999_999_999_999],
  ])('%j is %i cents', (amount, cents) => {
    expect(parseCents(amount)).toBe(cents);
  });

  test.each([
    '',
    '-1',
    '+1',
    '1,5',
    '1.',
    '.5',
    '1e3',
    ' 1',
    '0.001',
    '1.123456789',
    '1000000000000',
    'NaN',
    0.1 + 0.2,
  ])('%j is none that the ledger can hold', (amount) => {
    expect(parseCents(amount)).toBeUndefined();
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999_999 }), (cents) => {
        expect(parseCents(formatCents(cents))).toBe(cents);
      }),
    );
  });
});

describe('the fee', () => {
  test.each([
    [2_000, 100],
    [1_000, 50],
    [20, 1],
    [10, 1],
    [9, 0],
    [1, 0],
    [0, 0],
    [29, 1],
    [30, 2],
  ])('of %i cents is %i', (price, fee) => {
    expect(feeOf(price)).toBe(fee);
  });
});
