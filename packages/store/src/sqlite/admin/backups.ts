import { open, type FileHandle } from 'node:fs/promises';
import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { makeNewFile } from '../connection/new-file.ts';
import { storeClosed } from '../connection/store-error.ts';
import { asFileError } from '../connection/store-file.ts';

/** Copied at once; the event loop runs before the next ones. */
const PAGES_PER_TURN = 64;
/** Brought to the disk meanwhile, so that the last step need not wait for all of it. */
const TURNS_PER_FLUSH = 64;

/** Copies of a store that is at work. */
export class Backups {
  readonly #file: string;
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Resolves once the copy is on disk. */
  async backup(file: string): Promise<void> {
    if (this.#closed) throw storeClosed();
    const running = this.#make(file);
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Breaks off what is running, and resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }

  async #make(file: string): Promise<void> {
    let snapshot: Database.Database | undefined;
    try {
      const source = openSnapshot(this.#file);
      snapshot = source;
      await makeNewFile(file, async (path) => await this.#copy(source, path));
    } catch (error) {
      throw asFileError(error, file);
    } finally {
      snapshot?.close();
    }
  }

  async #copy(source: Database.Database, path: string): Promise<void> {
    const handle = await open(path, 'r+');
    const flushing = new Flushing(handle);
    let turns = 0;
    try {
      await source.backup(path, {
        progress: () => {
          if (this.#closed) throw storeClosed();
          turns += 1;
          if (turns % TURNS_PER_FLUSH === 0) flushing.start();
          return PAGES_PER_TURN;
        },
      });
      await flushing.end();
    } finally {
      await handle.close();
    }
  }
}

/**
 * A connection that sees the file as it is now, whatever is written later. Without it, every write of
 * another process would make the copying start over.
 */
function openSnapshot(file: string): Database.Database {
  let sqlite: Database.Database | undefined;
  try {
    sqlite = new Database(file, { readonly: true, fileMustExist: true });
    sqlite.exec('begin');
    sqlite.prepare('select number from store_migrations limit 1').get();
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw asFileError(error, file);
  }
}

/** Brings a file that is being written to the disk, one wait after the other. */
class Flushing {
  readonly #handle: FileHandle;
  #running: Promise<void> | undefined;
  #problem: StoreError | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  start(): void {
    this.#running ??= this.#flush();
  }

  async end(): Promise<void> {
    await this.#running;
    if (this.#problem !== undefined) throw this.#problem;
  }

  async #flush(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      this.#problem = new StoreError(
        'disk',
        'A backup could not be written to the disk',
        'Check the disk',
        error,
      );
    } finally {
      this.#running = undefined;
    }
  }
}
