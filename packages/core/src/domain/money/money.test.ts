import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earningOf, forecastPayout, formatCents, parseCents } from './money.ts';

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

test('a hiring without a price is free, and what is no amount earns nothing that could be told', () => {
  expect(earningOf(undefined)).toEqual({ grossCents: 0n, feeCents: 0n, netCents: 0n });
  expect(earningOf('0.00')).toEqual({ grossCents: 0n, feeCents: 0n, netCents: 0n });
  expect(earningOf('a lot')).toBeUndefined();
});

test('fee and net are the gross, whatever the price, and the fee is 5 % to half a cent', () => {
  const prices = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.stringMatching(/^\d{1,8}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`);
  fc.assert(
    fc.property(prices, (price) => {
      const { grossCents = -1n, feeCents = 0n, netCents = 0n } = earningOf(price) ?? {};
      expect(grossCents).toBe(parseCents(price));
      expect(feeCents + netCents).toBe(grossCents);
      const offBy = feeCents * 200n - grossCents * 10n;
      expect(offBy > -100n && offBy <= 100n).toBe(true);
      expect(formatCents(netCents)).toBe(forecastPayout(price));
    }),
  );
});
