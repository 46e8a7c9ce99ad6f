/**
 * When the worker last said what decides by its order in the room. Messages of a gap may be read after newer ones: they
 * are compared with these times, all by the homeserver's clock.
 */
export interface SaidSoFar {
  /** The newest message, whatever it means. */
  readonly lastMs: number;
  /** The newest that does not speak of another task. */
  readonly ownMs?: number | undefined;
  /** The newest with words and without a marker. */
  readonly talkMs?: number | undefined;
  /** The newest that has a marker, or is a question of its guard. */
  readonly markerMs?: number | undefined;
  /** The newest report that the task is completed, and the newest that says something of a SHA-256. */
  readonly completedMs?: number | undefined;
  readonly reportedMs?: number | undefined;
  /** When messages got their newest text or were taken back, by the event that was edited. */
  readonly edited?: readonly { readonly eventId: string; readonly atMs: number }[] | undefined;
}

/** Something that a worker said, which was still, and which nothing was done about yet. */
export interface PendingSaying {
  readonly kind: 'question' | 'error';
  readonly what: string;
  /** The event by which it was said first. */
  readonly source: string;
  /** When, by the homeserver's clock. */
  readonly atMs: number;
}
