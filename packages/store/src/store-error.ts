import Database from 'better-sqlite3';

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

/** The primary result code of an error of SQLite, such as `SQLITE_BUSY`; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined;
  return /^SQLITE_[A-Z]+/.exec(error.code)?.[0] ?? error.code;
}

/** True for the failure after which nobody knows what of the file is on disk; it must not be written again. */
export function losesWrites(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_IOERR_(FSYNC|DIR_FSYNC)$/.test(error.code);
}

/** An error of SQLite as a `StoreError`; anything else is a bug and stays as it is. */
export function asStoreError(error: unknown, file: string): unknown {
  switch (sqliteCode(error) ?? '') {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case 'SQLITE_PROTOCOL':
      return new StoreError(
        'locked',
        `Another process keeps ${file} locked`,
        'Find it with "fuser" or "lsof" and end its transaction; what was not stored is retried by its sender',
        error,
      );
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new StoreError(
        'corrupt',
        `${file} is damaged or no database`,
        'Restore it from a backup; open hirings are heard again from the marketplace',
        error,
      );
    case 'SQLITE_FULL':
      return new StoreError('disk', `The disk of ${file} is full`, 'Make room on it', error);
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
      return new StoreError(
        'disk',
        `${file} cannot be written`,
        'Let the user of this process write the file and its directory',
        error,
      );
    case 'SQLITE_CANTOPEN':
      return new StoreError(
        'disk',
        `${file} cannot be opened`,
        'Create its directory and let the user of this process write there',
        error,
      );
    case 'SQLITE_IOERR':
      return new StoreError('disk', `The disk of ${file} fails`, 'Check the disk, then start again', error);
    default:
      return error;
  }
}

/** What every call gets once the store was closed. */
export function storeClosed(): StoreError {
  return new StoreError('closed', 'The store was closed', 'Open it again');
}
