import { expect, test } from 'vitest';
import { ATTENTION_TRAITS, traitsOf } from './attention-cause.ts';
import { ATTENTION_CODES } from './attention-code.ts';

test('nothing that the outside caused waits for an operator alone', () => {
  const outside = ATTENTION_CODES.filter((code) => ATTENTION_TRAITS[code].cause === 'outside');
  expect(outside.length).toBeGreaterThan(5);
  expect(outside.filter((code) => ATTENTION_TRAITS[code].endsBy === 'nothing')).toEqual([]);
});

test('what its owner wants to decide is never decided by time', () => {
  const decided = ATTENTION_CODES.filter((code) => ATTENTION_TRAITS[code].cause === 'owner');
  expect(decided.filter((code) => ATTENTION_TRAITS[code].endsBy !== 'nothing')).toEqual([]);
  expect(traitsOf(undefined)).toEqual({ cause: 'owner', endsBy: 'nothing' });
});
