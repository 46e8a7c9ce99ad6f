/** What a message of a worker means, as far as something follows from it that is better not done twice. */
export type StatementContent =
  | {
      readonly kind: 'blocked';
      readonly why: string;
      /** It may be a "none", or meant for another hiring. */
      readonly isVague?: boolean | undefined;
      readonly goesOn?: boolean | undefined;
    }
  | { readonly kind: 'question'; readonly what: string; readonly isVague?: boolean | undefined }
  | { readonly kind: 'progress'; readonly what: string }
  /** `isVague`: it may be a sentence about the worker's own work. */
  | { readonly kind: 'error'; readonly what: string; readonly isVague?: boolean | undefined }
  /** `AttemptProgress.guard` has the question. */
  | { readonly kind: 'approval_question' };

/**
 * Something that a worker said a moment ago. It counts once it has been still for a while: until then it may be edited,
 * since runtimes write an answer by editing a message, it may be taken back, or be followed by something else.
 */
export interface RecentStatement {
  /** The event by which it was said first; its edits have the same. */
  readonly source: string;
  /** The event of its newest text. */
  readonly eventId?: string | undefined;
  readonly statement: StatementContent;
  /** When the newest text was said, by the homeserver's clock where it says so. */
  readonly atMs: number;
  /** Where it is in the room: see `SaidSoFar`. */
  readonly placeMs: number;
  /** When the newest text came to be known, by our own clock. */
  readonly receivedAtMs: number;
  /** Since when it has meant the same, by our own clock. */
  readonly sinceMs: number;
  /** For how long its stream had been listened to (`Listened`) when the newest text came to be known: this is counted from. */
  readonly receivedListenedMs?: number | undefined;
  /** The same of since when it has meant the same: what is edited without an end counts some time all the same. */
  readonly sinceListenedMs?: number | undefined;
  /** Of a worker that says it is blocked: where its newest words without a marker stand behind that. */
  readonly talkedMs?: number | undefined;
}
