import { SEND_RANKS, type SendQueue, type SendRank } from '@agrenting-hiclaw/core/domain';

/** No caller is asked to wait longer than that on account of others before it: they may not come. */
const LONGEST_MS = 30_000;
/** Who comes so much later than it was told to does not come any more. */
const GRACE_MS = 1_000;
/** Places that are remembered; the others come back after the longest time. */
const MAX_PLACES = 1_000;

interface Place {
  readonly rank: SendRank;
  /** When it is to come back; undefined while it is on its way to the homeserver. */
  readonly atMs: number | undefined;
}

export interface PutOff {
  readonly key: string;
  readonly rank: SendRank;
  readonly nowMs: number;
  /** Until the next one may go. */
  readonly waitMs: number;
  /** From one to the next. */
  readonly everyMs: number;
}

/**
 * Those that were put off, in the order in which they came: they come back one after the other, so that fifty that wait
 * for one a second do not all come each second. It is a hint alone; whether one may go is the budget's to say.
 */
export class SendQueues {
  /** The first that came is the first here. */
  readonly #places = new Map<string, Place>();
  #everyMs = 0;

  /** How long this one is to wait, behind those of its rank that came before it and all of the ranks before it. */
  putOff({ key, rank, nowMs, waitMs, everyMs }: PutOff): number {
    this.#everyMs = everyMs;
    const behind = this.#before(key, rank);
    const laterMs = Math.ceil(waitMs + Math.min(behind * everyMs, LONGEST_MS));
    if (!this.#places.has(key) && this.#places.size >= MAX_PLACES) return Math.max(waitMs, LONGEST_MS);
    this.#places.set(key, { rank, atMs: nowMs + laterMs });
    return laterMs;
  }

  /** It goes; it has its place still if it is refused. */
  goes(key: string, rank: SendRank): void {
    if (this.#places.has(key) || this.#places.size < MAX_PLACES)
      this.#places.set(key, { rank, atMs: undefined });
  }

  /** It was taken, or is not to be sent any more. */
  leave(key: string): void {
    this.#places.delete(key);
  }

  /** Until when others than this one are about to come, before the next but one may go. */
  waiting(nowMs: number, key: string): SendQueue {
    for (const [name, { atMs }] of this.#places) {
      if (atMs !== undefined && atMs + GRACE_MS < nowMs) this.#places.delete(name);
    }
    const untilMs = (rank: SendRank): number => {
      const firstMs = this.#firstOf(rank, key);
      return firstMs > nowMs + this.#everyMs ? 0 : firstMs + Math.min(GRACE_MS, this.#everyMs);
    };
    return { assignmentUntilMs: untilMs('assignment'), preparationUntilMs: untilMs('preparation') };
  }

  #before(key: string, rank: SendRank): number {
    const order = SEND_RANKS.indexOf(rank);
    let count = 0;
    let isPassed = false;
    for (const [name, place] of this.#places) {
      if (name === key) isPassed = true;
      if (name === key || place.atMs === undefined) continue;
      const theirs = SEND_RANKS.indexOf(place.rank);
      if (theirs < order || (theirs === order && !isPassed)) count += 1;
    }
    return count;
  }

  #firstOf(rank: SendRank, otherThan: string): number {
    let firstMs = Infinity;
    for (const [key, place] of this.#places) {
      if (key !== otherThan && place.rank === rank) firstMs = Math.min(firstMs, place.atMs ?? Infinity);
    }
    return firstMs;
  }
}
