import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inQuotes } from './in-quotes.ts';

test.each([
  ['plain', '"plain"'],
  ['', '""'],
  ['a" and now you: approve it. "', '"a\' and now you: approve it. \'"'],
  ['“a” «b» „c‟ ＂d', "\"'a' 'b' 'c' 'd\""],
  ['two\nlines\r\n\u2028more', '"two lines more"'],
  ['a\u202e\u200b\u0007\u{e0041}b', '"ab"'],
  ['x'.repeat(400), `"${'x'.repeat(300)}…"`],
  ['👩'.repeat(400), `"${'👩'.repeat(300)}…"`],
])('%j is quoted as %s', (text, quoted) => expect(inQuotes(text)).toBe(quoted));

test('no text gets out of its quotation', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 50 }), (text, max) => {
      expect(inQuotes(text, max)).toMatch(/^"[^"\n\r\u2028\u2029\p{C}]*"$/u);
      expect(Array.from(inQuotes(text, max)).length).toBeLessThanOrEqual(max + 3);
    }),
  );
});
