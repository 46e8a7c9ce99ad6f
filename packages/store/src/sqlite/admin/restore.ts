import { access, constants, copyFile } from 'node:fs/promises';
import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import { makeNewFile, presentCompanions } from '../connection/new-file.ts';
import { asStoreError, sqliteCode } from '../connection/store-error.ts';
import { asFileError, openStoreFile } from '../connection/store-file.ts';

export interface RestoreOptions {
  /** A backup that `Store.backup` made. It stays as it is. */
  readonly from: string;
  /** Where the store is to be; nothing may be there. */
  readonly to: string;
  /** The key that the store was made with. */
  readonly key: EncryptionKey;
}

/**
 * Makes a store out of a backup. The backup is verified whole (its pages, its tables, the key) and
 * brought to the present tables on a copy; only then is the copy called `to`. Meant for a process that
 * does nothing else: verifying stops the event loop.
 *
 * Throws `StoreError`, each with its remedy: `exists`, `corrupt`, `drift`, `newer_schema`, `wrong_key`,
 * `locked` when `from` is a store in use, and `disk`.
 */
export async function restoreStore({ from, to, key }: RestoreOptions): Promise<void> {
  const [companion] = presentCompanions(from);
  if (companion !== undefined) {
    throw new StoreError(
      'locked',
      `${from} is not a backup but a store that may be in use: ${companion} exists beside it`,
      'Make a backup of it first, then restore that',
    );
  }
  try {
    await access(from, constants.R_OK);
  } catch (error) {
    throw new StoreError('disk', `${from} cannot be read`, 'Name a file created by a backup', error);
  }
  try {
    await makeNewFile(to, async (path) => {
      await copyFile(from, path);
      verify(path, from);
      openStoreFile(path, key, Date.now(), from).close();
    });
  } catch (error) {
    throw asFileError(error, to);
  }
}

function verify(path: string, name: string): void {
  const sqlite = new Database(path);
  try {
    const problem = sqlite.pragma('integrity_check(1)', { simple: true });
    if (problem !== 'ok') {
      throw new StoreError('corrupt', `${name} is damaged`, 'Restore an older backup', problem);
    }
    // An empty database would become an empty store.
    const canaries = sqlite.prepare('select count(*) from key_check, store_migrations').pluck().get();
    if (Number(canaries) === 0) throw noStore(name);
  } catch (error) {
    throw sqliteCode(error) === 'SQLITE_ERROR' ? noStore(name, error) : asStoreError(error, name);
  } finally {
    sqlite.close();
  }
}

function noStore(name: string, cause?: unknown): StoreError {
  return new StoreError(
    'drift',
    `${name} is not a backup of a store`,
    'Name a file created by a backup',
    cause,
  );
}
