import { describe, expect, test } from 'vitest';
import { moneyOfCents, moneyOfPrice } from './money.ts';
import { ago, duration, size, utcTime } from './time.ts';

describe('money', () => {
  test('in cents is shown in dollars', () => expect(moneyOfCents(123_456)).toBe('$1,234.56'));
  test('of a hiring is the decimal string of the marketplace', () =>
    expect(moneyOfPrice('25.5')).toBe('$25.50'));
  test.each([null, ''])('that is not said is a dash', (price) => expect(moneyOfPrice(price)).toBe('–'));
  test.each(['free', '1e3', '-1', '0x10', '9'.repeat(30)])('%s is no amount and is quoted', (price) => {
    expect(moneyOfPrice(price)).toBe(`unreadable (“${price}”)`);
  });
});

describe('time', () => {
  test.each([
    [-5_000, '5 sec. ago'],
    [-59_999, '59 sec. ago'],
    [-60_000, '1 min. ago'],
    [7_200_000, 'in 2 hr.'],
    [-86_400_000, 'yesterday'],
    [0, 'now'],
  ])('%d ms from now is %s', (differenceMs, shown) => expect(ago(differenceMs, 0)).toBe(shown));

  test('in a title is UTC', () => expect(utcTime(0)).toBe('1970-01-01 00:00:00 UTC'));

  test.each([
    [340, '340 ms'],
    [1_240, '1.2 s'],
    [59_400, '59 s'],
    [80_000, '1 min 20 s'],
    [7_200_000, '2 h'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms took %s', (durationMs, shown) => expect(duration(durationMs)).toBe(shown));
});

test.each([
  [12, '12 B'],
  [2_048, '2.0 KiB'],
  [5_242_880, '5.0 MiB'],
])('%d bytes are %s', (bytes, shown) => expect(size(bytes)).toBe(shown));
