import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('a table is one line a row', () => {
  expect(
    csvOf([
      ['day', 'cents'],
      ['2026-11-27', 950],
    ]),
  ).toBe('day,cents\r\n2026-11-27,950\r\n');
});

test.each([
  ['a,b', '"a,b"'],
  ['say "yes"', '"say ""yes"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['@sum', "'@sum"],
])('%j stands as %s', (text, cell) => expect(csvOf([[text]])).toBe(`${cell}\r\n`));

test('a number below zero is no formula', () => expect(csvOf([[-1]])).toBe('-1\r\n'));
