import { type AcceptOutcome, type ReceivedDelivery, StoreError } from '@agrenting-hiclaw/core/domain';
import type { Connection, Part } from '../connection/connection.ts';
import { storeClosed } from '../connection/store-error.ts';

/** Waiting for the disk at most; then senders are told to come again. */
const MAX_WAITING_ITEMS = 20_000;
const MAX_WAITING_CHARACTERS = 64 * 1024 * 1024;

/** What was heard on its way to the disk. Each item has a savepoint of its own, so that a bad one fails alone. */
export class AcceptQueue {
  readonly #connection: Connection;
  readonly #put: (item: ReceivedDelivery) => AcceptOutcome;
  readonly #writing = new Set<Promise<unknown>>();
  #waitingItems = 0;
  #waitingCharacters = 0;
  #closed = false;

  constructor(connection: Connection, put: (item: ReceivedDelivery) => AcceptOutcome) {
    this.#connection = connection;
    this.#put = put;
  }

  /** Resolves once the items are on disk. */
  async add(items: readonly ReceivedDelivery[]): Promise<readonly AcceptOutcome[]> {
    if (this.#closed) throw storeClosed();
    if (items.length === 0) return [];
    const characters = items.reduce((sum, item) => sum + item.raw.length, 0);
    if (
      this.#waitingItems + items.length > MAX_WAITING_ITEMS ||
      this.#waitingCharacters + characters > MAX_WAITING_CHARACTERS
    ) {
      throw new StoreError(
        'overloaded',
        `${this.#waitingItems} documents are waiting to be written`,
        'The sender should retry; if this persists, check the speed of the disk',
      );
    }
    this.#waitingItems += items.length;
    this.#waitingCharacters += characters;
    const [only] = items;
    const writing = this.#connection.write(() =>
      items.length === 1 && only !== undefined
        ? [{ kind: 'kept', value: this.#put(only) } as const]
        : items.map((item) => this.#connection.part(() => this.#put(item))),
    );
    this.#writing.add(writing);
    try {
      return outcomesOf(items, await writing);
    } finally {
      this.#writing.delete(writing);
      this.#waitingItems -= items.length;
      this.#waitingCharacters -= characters;
    }
  }

  /** Takes nothing more in, and resolves when nothing is waiting any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#writing);
  }
}

function outcomesOf(
  items: readonly ReceivedDelivery[],
  parts: readonly Part<AcceptOutcome>[],
): readonly AcceptOutcome[] {
  const failed = parts.find((part) => part.kind === 'undone');
  if (failed !== undefined && parts.every((part) => part.kind === 'undone')) throw failed.error;
  return parts.map((part, index) => (part.kind === 'kept' ? part.value : notKept(items[index])));
}

function notKept(item: ReceivedDelivery | undefined): AcceptOutcome {
  const parsed = item?.parsed;
  const hiringId =
    parsed?.kind === 'hiring'
      ? parsed.hiring.hiringId
      : parsed?.kind === 'malformed'
        ? parsed.hiringId
        : undefined;
  return { kind: 'malformed', hiringId, problem: 'the store could not keep it' };
}
