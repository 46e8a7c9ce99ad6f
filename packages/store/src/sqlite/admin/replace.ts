import { existsSync } from 'node:fs';
import { copyFile, link, rename, rm, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { presentCompanions } from '../connection/new-file.ts';
import { restoreStore, type RestoreOptions } from './restore.ts';
import { sqliteCode } from '../connection/store-error.ts';
import { asFileError } from '../connection/store-file.ts';

export interface Replaced {
  /** Where the store that was there before lies now; undefined when there was none. */
  readonly kept: string | undefined;
}

export interface ReplaceOptions extends RestoreOptions {
  /** Milliseconds since 1970, for the name of what is kept. */
  readonly nowMs: number;
}

/**
 * Replaces the store with one made out of a backup, which is kept beside it. The backup is verified
 * whole before anything is moved, and the new file takes the place of the old one in one step.
 *
 * Throws `StoreError`: `locked` while any process works on the store, and those of `restoreStore`. Nothing is
 * changed then.
 */
export async function replaceStore({ from, to, key, nowMs }: ReplaceOptions): Promise<Replaced> {
  if (resolve(from) === resolve(to)) {
    throw new StoreError('exists', `${from} is the store itself`, 'Name a file created by a backup');
  }
  if (!existsSync(to)) {
    await restoreStore({ from, to, key });
    return { kept: undefined };
  }
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-');
  const fresh = `${to}.restored-${stamp}`;
  const kept = `${to}.before-${stamp}`;
  await restoreStore({ from, to: fresh, key });
  try {
    settle(to);
    // What SQLite left beside a damaged file belongs to it; beside a sound one nothing is left.
    for (const name of presentCompanions(to)) await rename(name, `${kept}${name.slice(to.length)}`);
    await keepUnder(to, kept);
    await rename(fresh, to);
    return { kept };
  } catch (error) {
    throw asFileError(error, to);
  } finally {
    await rm(fresh, { force: true });
  }
}

/**
 * Brings the store into its one file. SQLite grants that only to a process that is alone with it, so this tells whether
 * somebody else has it open. A damaged file is left as it is.
 */
function settle(file: string): void {
  let sqlite: Database.Database | undefined;
  try {
    sqlite = new Database(file, { timeout: 0, fileMustExist: true });
    sqlite.pragma('journal_mode = delete');
  } catch (error) {
    const code = sqliteCode(error);
    if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return;
    if (code !== 'SQLITE_BUSY' && code !== 'SQLITE_LOCKED') throw error;
    const remedy = 'Stop agrenting-hiclaw up or the apps, then restore';
    throw new StoreError('locked', `${file} is in use by a process`, remedy, error);
  } finally {
    sqlite?.close();
  }
}

/** A second name for the file, so that there is a store under its own name at every moment. */
async function keepUnder(file: string, kept: string): Promise<void> {
  try {
    await link(file, kept);
  } catch {
    // Such file systems have no hard links.
    await copyFile(file, kept).catch(async (error: unknown) => {
      await unlink(kept).catch(() => undefined);
      throw error;
    });
  }
}
