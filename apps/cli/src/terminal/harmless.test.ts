import { expect, test } from 'vitest';
import { harmless } from './harmless.ts';
import { escaped } from './show.ts';

test.each([
  ['what moves the cursor', 'a\u001B[2Jb', 'a<U+001B>[2Jb'],
  ['what sets the clipboard', '\u001B]52;c;aGk=\u0007', '<U+001B>]52;c;aGk=<U+0007>'],
  ['the same in one character', '\u009B2J', '<U+009B>2J'],
  ['what goes back to the beginning of the line', 'paid\rfree', 'paid<U+000D>free'],
  ['what turns the direction', 'a\u202Ecod.exe', 'a<U+202E>cod.exe'],
  ['what is not seen', 'a\u200Bb', 'a<U+200B>b'],
])('%s is shown by its code', (_what, text, shown) => expect(harmless(text)).toBe(shown));

test.each([
  ['a colour', '\u001B[33mneeds you\u001B[39m'],
  ['lines and tabs', 'one\n\ttwo\n'],
  ['other letters and pictures', 'Grüße, 你好, שלום, 👩‍💻'],
])('%s stays as it is', (_what, text) => expect(harmless(text)).toBe(text));

test('lines that end in two characters end in one', () => expect(harmless('a\r\nb')).toBe('a\nb'));

test('a document keeps what it says, in characters that no terminal obeys', () => {
  const value = { text: 'a\u001B]0;x\u0007\u009B\u202Eb\u{E0041}', emoji: '👩‍💻' };
  const json = escaped(JSON.stringify(value, undefined, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(harmless(json)).toBe(json);
});
