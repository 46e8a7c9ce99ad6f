import type { WorkerActivity, StoredActivity } from '../workers/activity.ts';

/**
 * For how long a stream has been listened to, by a clock that nobody sets: what is said while nobody listens is not heard, and
 * a time of day may be set. Told by who listens, from what stood in the log before it.
 */
export interface Listened {
  /** What the log said before. */
  readonly fromMs: number;
  /** As much of it is known as had passed by then: all that was said before is stored now. */
  readonly untilMs: number;
  /** What has passed by now. What is stored with it may have been said a moment ago. */
  readonly nowMs: number;
}

/** What workers were seen to do, with the place in the homeserver's stream up to which it is complete. */
export interface ActivityLog {
  /** The stored place in the stream of this account; undefined before the first. */
  position(account: string): Promise<string | undefined>;
  /**
   * Stores activities and moves the place in one transaction, and wakes the hirings whose worker was seen:
   * a crash never moves the place past activities that are not stored. An activity that is already there is
   * stored once. `heardUntilMs`, `nowMs` unless it is given: everything that happened before is stored now. Where another has
   * told the log of its listening since `listened.fromMs` was read, no time is counted twice.
   */
  record(
    account: string,
    position: string,
    activities: readonly WorkerActivity[],
    nowMs: number,
    syncedUntilMs?: number,
    listened?: Listened,
  ): Promise<void>;
  /**
   * Up to when everything that happened in the stream of this account is stored, by our own clock; undefined before the first.
   * What has not been heard since then may have been said all the same.
   */
  syncedUntilMs(account: string): Promise<number | undefined>;
  /** For how long the stream of this account has been listened to, in milliseconds; 0 before the first. */
  listenedMs(account: string): Promise<number>;
  /**
   * Signs of one worker in one room with a greater sequence, oldest first, at most `limit`: none from the first on whose
   * whole text is still to be read, so that what a worker said is heard in its order.
   */
  since(roomId: string, userId: string, sequence: number, limit: number): Promise<readonly StoredActivity[]>;
  /** The sequence of the newest stored activity; 0 when there is none. */
  latest(): Promise<number>;
}

/** A message whose text is to be read elsewhere. */
export interface UnreadText {
  readonly sequence: number;
  readonly roomId: string;
  readonly userId: string;
  readonly url: string;
}

/** The messages of a `SignLog` that hold the beginning of a text only; what is to be read of them outlives a process. */
export interface LongTexts {
  /** The oldest such message of each worker in each room, at most `limit`. */
  unread(limit: number): Promise<readonly UnreadText[]>;
  /** Notes the whole text, or that the beginning has to do, and wakes the hirings whose worker said it. */
  read(sequence: number, text: string | undefined, nowMs: number): Promise<void>;
}
