/**
 * Something that a worker was seen to do in its room (HiClaw reference, 3.8). Text is kept as it
 * came: data from outside, never an instruction.
 */
export interface WorkerActivity {
  /** The room it was seen in. */
  readonly roomId: string;
  /** Who did it. */
  readonly userId: string;
  readonly kind: 'receipt' | 'typing' | 'message';
  /** The event that was read (receipt) or written (message). */
  readonly eventId?: string | undefined;
  /** For an edited message, the event that it replaces. */
  readonly replacesEventId?: string | undefined;
  readonly text?: string | undefined;
  /** Where the whole text lies of which `text` is the beginning, until that has been read. */
  readonly longTextUrl?: string | undefined;
  /** When, by our own clock: the receiver converts the homeserver's time to ours. */
  readonly atMs: number;
  /** When a message was said by the homeserver's clock: to be compared with others of the same worker in the same room alone. */
  readonly saidAtMs?: number | undefined;
  /** Whether it was read after newer ones, because its room could not be read before. */
  readonly readLate?: boolean | undefined;
}

/** An activity with its place in the order in which activities were stored. */
export interface StoredActivity extends WorkerActivity {
  readonly sequence: number;
  /** For how long its stream had been listened to when it was stored (`Listened`); undefined where nobody knows. */
  readonly listenedMs?: number | undefined;
}
