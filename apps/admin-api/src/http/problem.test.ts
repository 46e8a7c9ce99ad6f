import { OPERATION_ERROR_KINDS, OperationError } from '@agrenting-hiclaw/operations/operation-error';
import { describe, test } from 'vitest';
import { problemOf } from './problem.ts';

describe('A failed operation', () => {
  test('is answered with a status by its kind', ({ expect }) => {
    const statuses = OPERATION_ERROR_KINDS.map((kind) => [
      kind,
      problemOf(new OperationError(kind, 'it failed'))?.status,
    ]);
    expect(Object.fromEntries(statuses)).toEqual({
      invalid: 400,
      not_found: 404,
      misconfigured: 422,
      exists: 409,
      conflict: 409,
      refused: 424,
      unavailable: 424,
      unknown: 424,
    });
  });

  test('says what to do, by its code where the API has its own way', ({ expect }) => {
    const error = new OperationError('exists', 'it is registered', { code: 'worker_registered' });
    expect(problemOf(error)?.toJSON()).toMatchObject({
      detail: 'it is registered',
      todo: expect.stringContaining('agrenting-hiclaw register'),
    });
  });
});
