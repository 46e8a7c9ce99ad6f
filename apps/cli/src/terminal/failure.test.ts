import { StoreError } from '@agrenting-hiclaw/core/domain';
import { OPERATION_ERROR_KINDS, OperationError } from '@agrenting-hiclaw/operations/operation-error';
import { describe, test } from 'vitest';
import { CommandError, EXIT } from './command-error.ts';
import { failureOf } from './failure.ts';

describe('A command that fails', () => {
  test('ends with an exit code by the kind of the failure of an operation', ({ expect }) => {
    const codes = OPERATION_ERROR_KINDS.map((kind) => [
      kind,
      failureOf(new OperationError(kind, 'it failed')).exitCode,
    ]);
    expect(Object.fromEntries(codes)).toEqual({
      invalid: 2,
      not_found: 2,
      misconfigured: 2,
      exists: 2,
      conflict: 1,
      refused: 1,
      unavailable: 3,
      unknown: 1,
    });
  });

  test('has the remedy of the failure, and the own one of the tool where callers differ', ({ expect }) => {
    const remedy = 'Try again later.';
    expect(failureOf(new OperationError('unavailable', 'it is away', { remedy })).remedy).toBe(remedy);
    const registered = new OperationError('exists', 'it is there', { code: 'worker_registered' });
    expect(failureOf(registered).remedy).toContain('pass --');
  });

  test('of the store, of itself and of unknown origin are distinguished, too', ({ expect }) => {
    expect(failureOf(new StoreError('locked', 'it is in use', 'Stop the apps'))).toEqual({
      message: 'it is in use',
      remedy: 'Stop the apps.',
      exitCode: EXIT.unavailable,
    });
    expect(failureOf(new CommandError(EXIT.usage, 'wrong'))).toMatchObject({ exitCode: 2, message: 'wrong' });
    expect(failureOf('thrown text')).toMatchObject({ exitCode: 1, message: 'thrown text' });
  });
});
