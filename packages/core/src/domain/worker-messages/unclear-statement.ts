/**
 * Something that a worker said, which was still, and of which nobody can say whether it is meant: that it is blocked, with
 * ordinary talk behind it, or a few words that nobody knows where a reason or a question belongs. The worker is notified once more, and
 * then its operator is asked; nothing is decided by a guess. `completed`: a report with an id that is not quite the attempt's, in a
 * room that hirings share; the worker is notified once more, and watched as before.
 */
export interface UnclearStatement {
  readonly kind: 'blocked' | 'question' | 'completed';
  /** The worker's words. */
  readonly words: string;
  /** The event by which it was said first. */
  readonly source: string;
  /** Where it is in the room: see `SaidSoFar`. */
  readonly atMs: number;
  /** When its newest text came to be known, by our own clock. */
  readonly receivedAtMs: number;
  /** Since when it is not clear how the worker stands, by our own clock. */
  readonly sinceMs: number;
  /** When the worker last showed since then that it works, by our own clock. */
  readonly workedAtMs?: number | undefined;
}
