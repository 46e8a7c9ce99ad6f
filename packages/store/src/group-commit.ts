import type { AcceptOutcome, Heard } from '@agrenting-hiclaw/core/domain';
import type { Connection, Part } from './connection.ts';
import { storeClosed, StoreError } from './store-error.ts';

/** One transaction holds at most this many items, so that the event loop goes on in between. */
const MAX_ITEMS_PER_TRANSACTION = 256;
/** Waiting for the disk at most; then senders are told to come again. */
const MAX_WAITING_ITEMS = 20_000;
const MAX_WAITING_CHARACTERS = 64 * 1024 * 1024;

interface Waiting {
  readonly items: readonly Heard[];
  readonly characters: number;
  readonly resolve: (outcomes: readonly AcceptOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * All that is heard in one turn of the event loop shares one transaction, and so one wait for the
 * disk; each item has a savepoint of its own, so that a bad one fails alone.
 */
export class GroupCommit {
  readonly #connection: Connection;
  readonly #put: (item: Heard) => AcceptOutcome;
  #waiting: Waiting[] = [];
  #waitingItems = 0;
  #waitingCharacters = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection, put: (item: Heard) => AcceptOutcome) {
    this.#connection = connection;
    this.#put = put;
  }

  /** Resolves once the items are on disk. */
  async add(items: readonly Heard[]): Promise<readonly AcceptOutcome[]> {
    if (this.#closed) throw storeClosed();
    if (items.length === 0) return [];
    const characters = items.reduce((sum, item) => sum + item.raw.length, 0);
    if (
      this.#waitingItems + items.length > MAX_WAITING_ITEMS ||
      this.#waitingCharacters + characters > MAX_WAITING_CHARACTERS
    ) {
      throw new StoreError(
        'overloaded',
        `${this.#waitingItems} documents wait to be written`,
        'Let the sender come again; when it lasts, look at how fast the disk is',
      );
    }
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ items, characters, resolve, reject });
      this.#waitingItems += items.length;
      this.#waitingCharacters += characters;
      this.#running ??= this.#run();
    });
  }

  /** Takes nothing more in, and resolves when nothing is waiting any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await endOfTurn();
        await this.#commit(this.#takeBatch());
      }
    } finally {
      this.#running = undefined;
    }
  }

  #takeBatch(): readonly Waiting[] {
    let items = 0;
    let calls = 0;
    for (const waiting of this.#waiting) {
      items += waiting.items.length;
      if (calls > 0 && items > MAX_ITEMS_PER_TRANSACTION) break;
      calls += 1;
    }
    return this.#waiting.splice(0, calls);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const kept = await this.#connection.write(() =>
        batch.map((call) => call.items.map((item) => this.#connection.part(() => this.#put(item)))),
      );
      for (const [index, call] of batch.entries()) answer(call, kept[index] ?? []);
    } catch (error) {
      for (const call of batch) call.reject(error);
    } finally {
      for (const call of batch) {
        this.#waitingItems -= call.items.length;
        this.#waitingCharacters -= call.characters;
      }
    }
  }
}

function answer(call: Waiting, parts: readonly Part<AcceptOutcome>[]): void {
  const failed = parts.find((part) => part.kind === 'undone');
  if (failed !== undefined && parts.every((part) => part.kind === 'undone')) {
    call.reject(failed.error);
    return;
  }
  call.resolve(parts.map((part, index) => (part.kind === 'kept' ? part.value : notKept(call.items[index]))));
}

function notKept(item: Heard | undefined): AcceptOutcome {
  const hiringId = item?.parsed.kind === 'hiring' ? item.parsed.hiring.hiringId : item?.parsed.hiringId;
  return { kind: 'malformed', hiringId, problem: 'the store could not keep it' };
}

async function endOfTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
