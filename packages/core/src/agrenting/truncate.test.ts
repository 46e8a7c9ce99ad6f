import fc from 'fast-check';
import { expect, test } from 'vitest';
import { truncate } from './truncate.ts';

test('leaves short text alone', () => {
  expect(truncate('Grüezi 🙂', 9, '…')).toBe('Grüezi 🙂');
});

test('cuts with a mark and never through a character', () => {
  expect(truncate('aaa🙂bbb', 5, '…')).toBe('aaa…');
  expect(truncate('aaa🙂bbb', 6, '…')).toBe('aaa🙂…');
});

test('gives text that is well formed and within the bound, whatever came', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.integer({ min: 3, max: 50 }),
      (text, max) => {
        const cut = truncate(text, max, '…');
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      },
    ),
  );
});
