import { closeSync, openSync } from 'node:fs';
import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import type { EncryptionKey } from './encryption-key.ts';
import { checkKey } from './key-check.ts';
import { migrate } from './migrations.ts';
import { asStoreError } from './store-error.ts';

/** Opening may wait for another process that is just migrating; nothing else runs yet. */
const OPENING_TIMEOUT_MS = 10_000;
/** What the write-ahead log is cut back to after a burst. */
const MAX_IDLE_LOG_BYTES = 64 * 1024 * 1024;

/** SQLite's own default is 2 MB, less than the indexes of a store with a million hirings. */
const CACHE_KIB = 32 * 1024;

/**
 * Opens a store's file, which is made when it is not there, brings it to the present tables and checks the
 * key. Errors call it `name`, which is its path unless it is only a copy of another.
 */
export function openStoreFile(
  path: string,
  key: EncryptionKey,
  nowMs: number,
  name = path,
): Database.Database {
  let sqlite: Database.Database | undefined;
  try {
    // SQLite gives its other files the mode of this one: what hirers write is for the owner only.
    closeSync(openSync(path, 'a', 0o600));
    sqlite = new Database(path, { timeout: OPENING_TIMEOUT_MS });
    sqlite.pragma('journal_mode = wal');
    sqlite.pragma('synchronous = full');
    sqlite.pragma('secure_delete = on');
    sqlite.pragma(`cache_size = -${CACHE_KIB}`);
    sqlite.pragma(`journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
    migrate(sqlite, name);
    sqlite.pragma('foreign_keys = on');
    checkKey(sqlite, key, name, nowMs);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw asFileError(error, name);
  }
}

/** An error of SQLite or of the file system as a `StoreError`; anything else is a bug and stays as it is. */
export function asFileError(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return asStoreError(error, file);
  if ('code' in error && error.code === 'ENOSPC') {
    return new StoreError('disk', `The disk of ${file} is full`, 'Free some space', error);
  }
  return new StoreError(
    'disk',
    `${file} cannot be opened`,
    'Create its directory and give the user of this process write access to it',
    error,
  );
}
