import type { HiringId, TaskId } from '../../hiring/ids.ts';

/** What goes of a hiring that is over: its texts, its task folders, or all that is stored of it. */
export type Remains = 'texts' | 'folders' | 'history';

/** A hiring that is over. */
export interface EndedHiring {
  readonly hiringId: HiringId;
  /** When it came to its end; a hirer's retry opens it again and makes this another moment. */
  readonly endedAtMs: number;
  /** Of every attempt. */
  readonly taskIds: readonly TaskId[];
}

export interface EndedRequest {
  readonly remains: Remains;
  /** Only what ended before this moment. */
  readonly beforeMs: number;
  /** Goes on behind this one. */
  readonly after?: EndedHiring | undefined;
  readonly limit: number;
}

/**
 * Lets go of what is over. Only a hiring at its end, of which nothing waits to be looked at, is touched;
 * each call says again of which end it speaks, so that one that was opened again meanwhile is left alone.
 * Repeating anything changes nothing.
 */
export interface Retention {
  /** The longest ended first. `history` only when its folders are deleted and its rooms were left. */
  ended(request: EndedRequest): Promise<readonly EndedHiring[]>;
  /** Empties what hirer and worker said, and what was heard, in one transaction. Gives those that were. */
  empty(ended: readonly EndedHiring[]): Promise<readonly HiringId[]>;
  /** Notes that nothing is left in its task folders. False when it is open again. */
  foldersDeleted(ended: EndedHiring): Promise<boolean>;
  /** Deletes all rows of them, in one transaction. Gives those that were. */
  forget(ended: readonly EndedHiring[]): Promise<readonly HiringId[]>;
  /** Empties documents that name no stored hiring and were last heard before then. Gives how many there were. */
  emptyStrays(beforeMs: number): Promise<number>;
  /** How many `emptyStrays` would empty now. */
  strays(beforeMs: number): Promise<number>;
}
