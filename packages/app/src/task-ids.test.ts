import { hiringIdSchema, NONCE_DIGITS, Secret } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { createTaskIds } from './task-ids.ts';

const HIRINGS = ['550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440001'].map((id) =>
  hiringIdSchema.parse(id),
);

/** The parts that nobody without the key knows, by hiring, attempt and renewal. */
function noncesUnder(key: string): readonly string[] {
  const taskIdFor = createTaskIds(new Secret(key));
  return HIRINGS.flatMap((id) =>
    [1, 2, 11].flatMap((attempt) =>
      [0, 1, 2].map((renewal) => taskIdFor(id, attempt, renewal).slice(-NONCE_DIGITS)),
    ),
  );
}

test('knowing every other task id tells nothing of the next, nor with another key of the same', () => {
  const own = noncesUnder('a'.repeat(44));
  const other = noncesUnder('b'.repeat(44));
  expect(own.every((nonce) => /^[0-9a-f]{24}$/.test(nonce))).toBe(true);
  expect(new Set([...own, ...other]).size).toBe(2 * 2 * 3 * 3);
});

test('a store that is made again under the same key finds the folders of the lost one', () => {
  expect(noncesUnder('a'.repeat(44))).toEqual(noncesUnder('a'.repeat(44)));
});
