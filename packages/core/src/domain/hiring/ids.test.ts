import { expect, test } from 'vitest';
import { hiringIdSchema, idempotencyKeyOf, isTaskOf, taskIdOf, transactionIdOf } from './ids.ts';

const id = hiringIdSchema.parse('550E8400-E29B-41D4-A716-446655440000');

test('names that others depend on', () => {
  const taskId = taskIdOf(id, 2, '0123456789abcdef01234567');
  expect(taskId).toBe('agrenting-550e8400-e29b-41d4-a716-446655440000-a2-0123456789abcdef01234567');
  expect(transactionIdOf(taskId, 'assignment', 3)).toBe(`${taskId}-assignment-3`);
  expect(isTaskOf(taskId, id, 2)).toBe(true);
  expect(isTaskOf(taskId, id, 21)).toBe(false);
  expect(() => taskIdOf(id, 2, '')).toThrow('invalid_format');
  expect(idempotencyKeyOf(id, 2, 'result', 1)).toBe(idempotencyKeyOf(id, 2, 'result', 1));
});

test('keys differ by hiring, attempt, endpoint and generation', () => {
  const keys = new Set([
    idempotencyKeyOf(id, 1, 'result', 1),
    idempotencyKeyOf(id, 2, 'result', 1),
    idempotencyKeyOf(id, 1, 'failure', 1),
    idempotencyKeyOf(id, 1, 'result', 2),
    idempotencyKeyOf(hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440001'), 1, 'result', 1),
  ]);
  expect(keys.size).toBe(5);
});
