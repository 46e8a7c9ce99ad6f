import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '@agrenting-hiclaw/core/domain';
import type Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { GroupCommit, type GroupedCommit } from './group-commit.ts';
import { asStoreError, losesWrites, sqliteCode, storeClosed } from './store-error.ts';

/** SQLite itself waits this long for a lock. It stops the event loop meanwhile, so it is short. */
const BUSY_TIMEOUT_MS = 100;
/** Between two tries the event loop runs. The spread keeps two processes from colliding forever. */
const RETRY_WAIT_MS = { min: 5, max: 50 };
/** The write-ahead log is moved into the file when it has so many pages; SQLite's own default. */
const LOG_PAGES = 1000;
/** A lock that is held this long is no contention any more. */
const PATIENCE_MS = 15_000;

export type Queries = BetterSQLite3Database;

/** What became of one part of a transaction. */
export type Part<T> =
  | { readonly kind: 'kept'; readonly value: T }
  | { readonly kind: 'undone'; readonly error: unknown };

/**
 * The one connection of a store. Work is synchronous, because a transaction must not wait; what waits
 * for other processes does so between the tries, without stopping the event loop.
 */
export class Connection {
  readonly queries: Queries;
  readonly #sqlite: Database.Database;
  readonly #file: string;
  readonly #closing = new AbortController();
  /** Made once: that costs more than a small transaction. */
  readonly #transaction: Database.Transaction<(work: () => void) => void>;
  readonly #writes: GroupCommit;
  /** How the connection is set now. */
  #durable = true;
  #broken: StoreError | undefined;

  constructor(sqlite: Database.Database, file: string, onCommit?: (commit: GroupedCommit) => void) {
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#sqlite = sqlite;
    this.#transaction = sqlite.transaction((work) => work());
    this.#file = file;
    this.queries = drizzle(sqlite);
    const transactions = {
      alone: async (work: () => void, durable: boolean) => await this.#alone(work, durable, PATIENCE_MS),
      together: async (works: readonly (() => void)[], durable: boolean) =>
        await this.#alone(() => works.map((work) => this.part(work)), durable, PATIENCE_MS),
    };
    this.#writes = new GroupCommit(transactions, onCommit);
  }

  /**
   * Runs `work` in a transaction that has the write lock from its start, so that what it read is
   * still so when it writes. It is on disk when the promise resolves. What is written in one turn of the
   * event loop shares the transaction, yet each work is all or nothing. `work` may run more than once.
   * Rejects with `StoreError` `locked` when another process keeps the lock for too long.
   */
  async write<T>(work: () => T): Promise<T> {
    return await this.#writes.add(work, true);
  }

  /**
   * The same for what no one is promised, such as a lease: other processes see it when the promise resolves, but
   * a loss of power may undo it, for everybody. It does not wait for the disk.
   */
  async writeLightly<T>(work: () => T): Promise<T> {
    return await this.#writes.add(work, false);
  }

  /** The same, at once, alone and with a patience of its own. */
  async writeNow<T>(work: () => T, patienceMs: number): Promise<T> {
    return await this.#alone(work, true, patienceMs);
  }

  /** Runs one reading statement. */
  async read<T>(work: () => T): Promise<T> {
    return await this.#patiently(work);
  }

  /** Runs a part of a transaction that fails alone. Throws when the whole transaction was lost with it. */
  part<T>(work: () => T): Part<T> {
    let problem: unknown;
    try {
      const value = valueOf<T>((note) =>
        this.#transaction(() => {
          try {
            note(work());
          } catch (error) {
            problem = error;
            throw error;
          }
        }),
      );
      return { kind: 'kept', value };
    } catch (error) {
      // A full disk ends the transaction itself; going on would commit the other parts one by one. Any
      // error but that of the work means that the part could not be undone.
      if (!this.#sqlite.inTransaction || error !== problem || losesWrites(error)) throw error;
      return { kind: 'undone', error: asStoreError(error, this.#file) };
    }
  }

  /** Ends every wait and closes the file. What is called afterwards rejects with `closed`. */
  close(): void {
    this.#closing.abort();
    this.#sqlite.close();
  }

  async #alone<T>(work: () => T, durable: boolean, patienceMs: number): Promise<T> {
    return await this.#patiently(() => {
      this.#set(durable);
      return valueOf<T>((note) => this.#transaction.immediate(() => note(work())));
    }, patienceMs);
  }

  /** What is not durable leaves it to the others to move the log into the file, too. */
  #set(durable: boolean): void {
    if (durable === this.#durable) return;
    this.#sqlite.pragma(`synchronous = ${durable ? 'full' : 'normal'}`);
    this.#sqlite.pragma(`wal_autocheckpoint = ${durable ? LOG_PAGES : 0}`);
    this.#durable = durable;
  }

  async #patiently<T>(work: () => T, patienceMs = PATIENCE_MS): Promise<T> {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      if (this.#closing.signal.aborted) throw storeClosed();
      if (this.#broken !== undefined) throw this.#broken;
      try {
        // Within one that could not be ended, reads would see and writes would add to what never happens.
        if (this.#sqlite.inTransaction) this.#sqlite.exec('rollback');
        return work();
      } catch (error) {
        this.#rollBack();
        if (losesWrites(error)) this.#broken = lostWrites(this.#file, error);
        if (sqliteCode(error) !== 'SQLITE_BUSY' || performance.now() > giveUpAtMs) {
          throw this.#broken ?? asStoreError(error, this.#file);
        }
      }
      await this.#pause();
    }
  }

  /** Gives the lock back that a failed rollback left; what cannot be ended now is before the next work. */
  #rollBack(): void {
    try {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('rollback');
    } catch {
      // The error that led here says more.
    }
  }

  async #pause(): Promise<void> {
    const { min, max } = RETRY_WAIT_MS;
    try {
      await sleep(min + Math.random() * (max - min), undefined, { signal: this.#closing.signal });
    } catch {
      throw storeClosed();
    }
  }
}

/** What `run` noted; a transaction that is made once cannot say of which type its work's value is. */
function valueOf<T>(run: (note: (value: T) => void) => void): T {
  let noted: { readonly value: T } | undefined;
  run((value) => {
    noted = { value };
  });
  if (noted === undefined) throw new Error('a transaction ended without its work');
  return noted.value;
}

function lostWrites(file: string, cause: unknown): StoreError {
  return new StoreError(
    'disk',
    `The disk of ${file} could not store the data`,
    'Check the disk, then start this process again: nothing more is written until then',
    cause,
  );
}
