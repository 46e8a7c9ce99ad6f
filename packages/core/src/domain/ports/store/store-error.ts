/**
 * What went wrong with the store:
 * - `newer_schema`: a newer release wrote the file
 * - `drift`: the tables are not those that the migrations make
 * - `key`: the encryption key could not be read or made
 * - `wrong_key`: the file was written with another key
 * - `corrupt`: the file, or a row of it, cannot be read
 * - `locked`: another process kept the file locked for too long
 * - `disk`: the disk is full, read-only or failing
 * - `exists`: a file that would be made is already there
 * - `overloaded`: more is waiting to be written than is kept in memory
 * - `closed`: the store was closed
 */
export type StoreErrorKind =
  | 'newer_schema'
  | 'drift'
  | 'key'
  | 'wrong_key'
  | 'corrupt'
  | 'locked'
  | 'disk'
  | 'exists'
  | 'overloaded'
  | 'closed';

/** A failure of the store, with what to do about it. Never holds a credential or text from outside. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** What happened. */
  readonly problem: string;
  /** What the operator can do. */
  readonly remedy: string;

  constructor(kind: StoreErrorKind, problem: string, remedy: string, cause?: unknown) {
    super(`${problem}. ${remedy}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.problem = problem;
    this.remedy = remedy;
  }
}
