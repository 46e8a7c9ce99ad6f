import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';

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
        `Another process has locked ${file}`,
        'Find it with "fuser" or "lsof" and end its transaction; what was not stored is retried by its sender',
        error,
      );
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new StoreError(
        'corrupt',
        `${file} is damaged or not a database`,
        'Restore it from a backup; open hirings are read again from the marketplace',
        error,
      );
    case 'SQLITE_FULL':
      return new StoreError('disk', `The disk of ${file} is full`, 'Free some space', error);
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
      return new StoreError(
        'disk',
        `${file} cannot be written`,
        'Give the user of this process write access to the file and its directory',
        error,
      );
    case 'SQLITE_CANTOPEN':
      return new StoreError(
        'disk',
        `${file} cannot be opened`,
        'Create its directory and give the user of this process write access to it',
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
