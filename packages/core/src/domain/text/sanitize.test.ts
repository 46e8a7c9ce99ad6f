import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitize, sanitizeJson } from './sanitize.ts';

test.each([
  ['what moves the cursor', 'a\u001B[2Jb', 'a<U+001B>[2Jb'],
  [
    'a colour, which may be that of the background',
    '\u001B[8mhidden\u001B[0m',
    '<U+001B>[8mhidden<U+001B>[0m',
  ],
  ['a colour in its longer form', '\u001B[38;2;0;0;0mx', '<U+001B>[38;2;0;0;0mx'],
  ['a colour behind the one-character form', '\u009B8mx', '<U+009B>8mx'],
  ['what sets the clipboard', '\u001B]52;c;aGk=\u0007', '<U+001B>]52;c;aGk=<U+0007>'],
  ['a link that goes elsewhere', '\u001B]8;;https://x\u001B\\y', '<U+001B>]8;;https://x<U+001B>\\y'],
  ['the same in one character', '\u009D52;c;aGk=\u009C', '<U+009D>52;c;aGk=<U+009C>'],
  ['a device control string', '\u001BP+q\u001B\\', '<U+001B>P+q<U+001B>\\'],
  ['what goes back to the beginning of the line', 'paid\rfree', 'paid<U+000D>free'],
  ['what goes back one letter', 'paid\b\b\b\bfree', 'paid<U+0008><U+0008><U+0008><U+0008>free'],
  ['what turns the direction', 'a\u202Ecod.exe', 'a<U+202E>cod.exe'],
  ['what turns it within itself', 'a\u2066b\u2069', 'a<U+2066>b<U+2069>'],
  ['what is not seen', 'a\u200Bb\u3164c\u{E0041}', 'a<U+200B>b<U+3164>c<U+E0041>'],
  ['half a character', 'a\uD800b', 'a<U+D800>b'],
])('%s is shown by its code', (_what, text, shown) => expect(sanitize(text)).toBe(shown));

test.each([
  ['lines and tabs', 'one\n\ttwo\n'],
  ['other letters and pictures', 'Grüße, 你好, שלום, 👩‍💻, ❤️'],
])('%s stays as it is', (_what, text) => expect(sanitize(text)).toBe(text));

test('lines that end in two characters end in one', () => expect(sanitize('a\r\nb')).toBe('a\nb'));

test('nothing that a terminal obeys is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sanitize(text)).not.toMatch(/[[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]--[\n\t\u200c\u200d]]/v);
    }),
  );
});

test('a document keeps what it says, in characters that no terminal obeys', () => {
  const value = { text: 'a\u001B]0;x\u0007\u009B8m\u202Eb\u{E0041}', emoji: '👩‍💻' };
  const json = sanitizeJson(JSON.stringify(value, undefined, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(sanitize(json)).toBe(json);
});
