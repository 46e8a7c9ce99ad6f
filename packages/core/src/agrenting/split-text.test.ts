import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitText } from './split-text.ts';

test('a short text is one part, an empty one none', () => {
  expect(splitText('done so far', 5_000)).toEqual(['done so far']);
  expect(splitText('  \n ', 5_000)).toEqual([]);
});

test('a long text is cut at the end of a line, else of a word, else anywhere but within a character', () => {
  expect(splitText('one two\nthree four', 12)).toEqual(['one two', 'three four']);
  expect(splitText('one two three', 8)).toEqual(['one two', 'three']);
  expect(splitText('😀😀😀', 3)).toEqual(['😀', '😀', '😀']);
});

test('every part fits, and together they are the text but for white space between them', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.integer({ min: 2, max: 60 }),
      (text, most) => {
        const parts = splitText(text, most);
        expect(parts.every((part) => part.length <= most)).toBe(true);
        const bare = (each: string) => each.toWellFormed().replace(/\s+/g, '');
        expect(bare(parts.join(''))).toBe(bare(text));
      },
    ),
  );
});
