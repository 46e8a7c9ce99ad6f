import { expect, test } from 'vitest';
import { counted } from './counted.ts';

test.each([
  [0, 'warning', undefined, '0 warnings'],
  [1, 'warning', undefined, '1 warning'],
  [2, 'warning', undefined, '2 warnings'],
  [1, 'try', 'tries', '1 try'],
  [3, 'try', 'tries', '3 tries'],
])('%i of %j', (count, one, many, words) => {
  expect(counted(count, one, many)).toBe(words);
});
