import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecastPayout, formatCents, parseCents } from './money.ts';

test.each([
  ['25.00', 2500n],
  ['0', 0n],
  ['0.2', 20n],
  ['10.005', 1001n],
  ['10.0049', 1000n],
  ['999999999999999.99', 99_999_999_999_999_999n],
])('%s is %s cents', (amount, cents) => {
  expect(parseCents(amount)).toBe(cents);
});

test.each([['1e309'], ['-1'], ['1,50'], [''], ['NaN'], ['0x10'], ['1.']])('%j is no amount', (amount) => {
  expect(parseCents(amount)).toBeUndefined();
  expect(forecastPayout(amount)).toBeUndefined();
});

test.each([
  ['10.00', '9.50'],
  ['0.20', '0.19'],
  ['0.00', '0.00'],
])('a price of %s pays about %s', (price, payout) => {
  expect(forecastPayout(price)).toBe(payout);
});

test('what is formatted is read back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (cents) => {
      expect(parseCents(formatCents(cents))).toBe(cents);
    }),
  );
});
