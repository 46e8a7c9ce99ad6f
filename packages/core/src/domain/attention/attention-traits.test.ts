import { expect, test } from 'vitest';
import { attentionReasonSchema, HOLD_CODES } from './attention-reason.ts';
import { ATTENTION_CODES, ATTENTION_TRAITS } from './attention-traits.ts';

test('nothing that the outside caused waits for an operator alone', () => {
  const outside = ATTENTION_CODES.filter((code) => ATTENTION_TRAITS[code].cause === 'outside');
  expect(outside.length).toBeGreaterThan(5);
  expect(outside.filter((code) => ATTENTION_TRAITS[code].endsBy === 'nothing')).toEqual([]);
});

test('what its owner wants to decide is never decided by time', () => {
  const decided = ATTENTION_CODES.filter((code) => ATTENTION_TRAITS[code].cause === 'owner');
  expect(decided.filter((code) => ATTENTION_TRAITS[code].endsBy !== 'nothing')).toEqual([]);
});

test('every reason has traits', () => {
  const others = attentionReasonSchema.options.flatMap((option) =>
    'shape' in option ? [option.shape.code.value] : [],
  );
  expect(ATTENTION_CODES.toSorted()).toEqual([...others, ...HOLD_CODES].toSorted());
});
