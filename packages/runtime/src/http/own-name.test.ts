import { expect, test } from 'vitest';
import { isOwnName } from './own-name.ts';

test.each([
  ['127.0.0.1:8791', '127.0.0.1', true],
  ['localhost:8791', '127.0.0.1', true],
  ['LOCALHOST', 'localhost', true],
  ['[::1]:8791', '::1', true],
  ['console.localhost:8791', '127.0.0.1', true],
  [undefined, '127.0.0.1', true],
  ['evil.example:8791', '127.0.0.1', false],
  ['evil.example', '::1', false],
  ['127.0.0.1.evil.example', '127.0.0.1', false],
  ['localhost.evil.example', '127.0.0.1', false],
  ['[evil.example]', '127.0.0.1', false],
  ['', '127.0.0.1', false],
  ['adapter.example', '0.0.0.0', true],
  ['adapter.example', '10.0.0.7', true],
])('Host %s for a server on %s: %s', (header, bound, own) => {
  expect(isOwnName(header, bound)).toBe(own);
});
