/**
 * Why an operation failed, as far as its callers tell it apart:
 * - `invalid`: what the caller gave cannot be read
 * - `not_found`: nothing has the name that the caller gave
 * - `misconfigured`: the configuration is wrong, or lacks what the operation needs
 * - `exists`: what would be made is already there, and the caller has not said to make another
 * - `conflict`: the operation does not fit the current state
 * - `refused`: another system refused, or failed
 * - `unavailable`: another system could not be reached, and nothing was changed
 * - `unknown`: another system may have done it, but its answer was lost or unreadable: repeating may do it twice
 */
export const OPERATION_ERROR_KINDS = [
  'invalid',
  'not_found',
  'misconfigured',
  'exists',
  'conflict',
  'refused',
  'unavailable',
  'unknown',
] as const;

export type OperationErrorKind = (typeof OPERATION_ERROR_KINDS)[number];

/** A failure for which each caller has a remedy of its own. */
export type OperationErrorCode = 'worker_registered';

export interface OperationErrorOptions {
  /** What to do about it, for any caller. */
  readonly remedy?: string | undefined;
  readonly code?: OperationErrorCode | undefined;
  readonly cause?: unknown;
}

/**
 * An operation that failed, in words for the person who wanted it. Callers decide by the kind and the code, never by the
 * words. Imported by its own path, because all of the operations take half a second to load.
 */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly kind: OperationErrorKind;
  readonly code: OperationErrorCode | undefined;
  readonly remedy: string | undefined;

  constructor(
    kind: OperationErrorKind,
    message: string,
    { remedy, code, cause }: OperationErrorOptions = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.code = code;
    this.remedy = remedy;
  }
}
