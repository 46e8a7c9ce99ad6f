import { expect, test } from 'vitest';
import { outsideText } from './outside-text.ts';

test.each([
  ['Authorization: Bearer abc.def-ghi', 'Authorization: [redacted]'],
  ['clone https://ghp_x:y@github.com/a/b', 'clone https://[redacted]@github.com/a/b'],
  ['github_pat_11ABCDEFG0123456789_abc', '[redacted]'],
  ['ap_abcdefghijklmnopqrstuvwxyz', '[redacted]'],
  ['key q1W+e2R/t3Y+u4I/o5P+a6S/d7F+g8H/j9K+l0Z/x1C= refused', 'key [redacted] refused'],
])('takes the credential out of %j', (text, expected) => {
  expect(outsideText(text)).toBe(expected);
});

test('leaves ids and words alone', () => {
  const text = 'Hiring 0b7e4a52-3f0f-4d0e-9c61-4a1e9d53d5d9 is already completed';
  expect(outsideText(text)).toBe(text);
});

test('makes one line of it, without control and direction characters', () => {
  expect(outsideText('a\r\n\u0000b\u202ec\u2028d')).toBe('a bc d');
});
