import { expect, test } from 'vitest';
import { printable } from './paint.ts';
import { block, table } from './show.ts';

/** Columns that a terminal takes for a row, at most. */
const columnsOf = (row: string): number =>
  Array.from(row).reduce((sum, character) => sum + (character < '\u0080' ? 1 : 2), 0);

/** Every 61st character that there is, in an order that mixes all kinds, with ordinary words between them. */
const EVERYTHING = Array.from({ length: 18_000 }, (_, index) => ((index * 7_919) % 18_000) * 61)
  .map((code) => `${String.fromCodePoint(code)}${code % 5 === 0 ? ' a word ' : ''}`)
  .join('');

test.each([20, 40, 80, 132])('no row of a block is broken by a terminal of %i columns', (columns) => {
  const rows = printable(block({ columns }, EVERYTHING)).split('\n');
  expect(rows.filter((row) => !row.startsWith('  |'))).toEqual([]);
  expect(rows.filter((row) => columnsOf(row) > columns)).toEqual([]);
});

test.each([
  ['plain letters', `${'x'.repeat(76)}amount   $9999.00`],
  ['wide letters', `${'界'.repeat(38)}amount   $9999.00`],
  ['tabs', `${'\t'.repeat(19)}amount   $9999.00`],
  ['what is shown by its code', `${'\u200b'.repeat(9)}xxxxamount   $9999.00`],
])('%s before it bring no words to the beginning of a row', (_what, text) => {
  const rows = printable(block({}, text)).split('\n');
  expect(rows.filter((row) => row.includes('$9999.00')).every((row) => row.startsWith('  | '))).toBe(true);
  expect(rows.filter((row) => columnsOf(row) > 80)).toEqual([]);
});

test('a block says all of its text', () => {
  const text = 'one line of words '.repeat(50).trim();
  const said = block({ columns: 40 }, text).replaceAll(/\n? {2}\| /g, '');
  expect(said.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
});

test('what is broken off a row of a table stands indented', () => {
  const rows = [['one', `${'x'.repeat(80)}two  all is well`]];
  const shown = table({ colours: false, columns: 40 }, ['A', 'B'], rows).split('\n');
  expect(shown.slice(2).every((row) => row.startsWith('    '))).toBe(true);
  expect(shown.filter((row) => row.length > 40)).toEqual([]);
});
