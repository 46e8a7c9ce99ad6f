import type {
  PendingSaying,
  SaidSoFar,
  StoredActivity,
  UnclearStatement,
  WorkerStatement,
} from '@agrenting-hiclaw/core/domain';

/** Where a message stands among all that its worker said in the room. */
export interface RoomPosition {
  /** By the homeserver's clock; of what is heard as it is said never before what was heard already. */
  readonly atMs: number;
  /** Whether it was read after newer messages, so that its time counts and not its turn. */
  readonly isLate: boolean;
}

/** Longer text is no word for silence. */
const MAX_SILENT_CHARACTERS = 1_000;

/** Edited messages of which the time is remembered. */
const MAX_EDITED = 30;

/**
 * The place of a message. What is heard as it is said is the newest, even where the homeserver's clock was set back; only
 * what was read late is put in its place by its time.
 */
export function positionOf(activity: StoredActivity, said: SaidSoFar | undefined): RoomPosition {
  const atMs = activity.saidAtMs ?? activity.atMs;
  if (activity.readLate === true) return { atMs, isLate: true };
  return { atMs: Math.max(atMs, said?.lastMs ?? atMs), isLate: false };
}

/** Whether what was said at that time came after the message. */
export function isBehind({ atMs, isLate }: RoomPosition, otherMs: number | undefined): boolean {
  return isLate && otherMs !== undefined && otherMs > atMs;
}

/**
 * Whether an activity came after a moment of which the newest activity by then is known. One that was read late was stored after it
 * all the same: it counts by its time.
 */
export function cameAfter(activity: StoredActivity, sequence: number, atMs: number): boolean {
  return activity.sequence > sequence && (activity.readLate !== true || activity.atMs >= atMs);
}

/** What a worker says by which it is not known to report anything. */
const SAYS_NOTHING_SURE: ReadonlySet<WorkerStatement['kind']> = new Set([
  'other',
  'error',
  'completed_in_doubt',
]);

/** What is remembered of the order after one more message. */
export function saidAfter(
  before: SaidSoFar | undefined,
  activity: StoredActivity,
  said: WorkerStatement,
  { atMs }: RoomPosition,
): SaidSoFar {
  const newest = (known: number | undefined, counts: boolean) =>
    counts ? Math.max(known ?? atMs, atMs) : known;
  const isMarked = said.kind !== 'other_task' && !SAYS_NOTHING_SURE.has(said.kind);
  return {
    lastMs: Math.max(before?.lastMs ?? atMs, atMs),
    ownMs: newest(before?.ownMs, said.kind !== 'other_task'),
    talkMs: newest(before?.talkMs, isTalk(activity, said)),
    markerMs: newest(before?.markerMs, isMarked),
    completedMs: newest(before?.completedMs, said.kind === 'completed'),
    reportedMs: newest(before?.reportedMs, said.kind === 'completed' && said.digest !== undefined),
    edited: editedAfter(before?.edited, activity.replacesEventId, atMs),
  };
}

/**
 * Whether a message of the worker has words and no marker. One that was taken back has none, and nor has a runtime's word
 * for silence (HiClaw reference, 2.4).
 */
export function isTalk({ text = '' }: StoredActivity, { kind }: WorkerStatement): boolean {
  if (!SAYS_NOTHING_SURE.has(kind)) return false;
  const words = text.slice(0, MAX_SILENT_CHARACTERS).trim();
  return words !== '' && words !== 'NO_REPLY';
}

function editedAfter(
  edited: SaidSoFar['edited'] = [],
  eventId: string | undefined,
  atMs: number,
): SaidSoFar['edited'] {
  if (eventId === undefined) return edited.length === 0 ? undefined : edited;
  const before = edited.find((one) => one.eventId === eventId)?.atMs ?? atMs;
  const others = edited.filter((one) => one.eventId !== eventId);
  return [...others, { eventId, atMs: Math.max(before, atMs) }].slice(-MAX_EDITED);
}

/** Whether a newer text of the message is known, or that it was taken back. */
export function wasEditedSince(
  { eventId, replacesEventId }: StoredActivity,
  place: RoomPosition,
  said: SaidSoFar | undefined,
): boolean {
  const edits = said?.edited ?? [];
  return edits.some(
    (one) => (one.eventId === eventId || one.eventId === replacesEventId) && isBehind(place, one.atMs),
  );
}

/** What still waits to be acted on after one more message. */
export function pendingAfter(
  pending: PendingSaying | undefined,
  activity: StoredActivity,
  said: WorkerStatement,
  place: RoomPosition,
): PendingSaying | undefined {
  if (pending === undefined || isBehind(place, pending.atMs)) return pending;
  // Edited or taken back: its newest text is heard again.
  if (activity.replacesEventId === pending.source) return undefined;
  if (said.kind === 'other_task') return pending;
  return pending.kind === 'error' || said.kind === 'completed' ? undefined : pending;
}

/** What is not clear yet after one more message: any other marker shows how the worker stands. */
export function unclearAfter(
  unclear: UnclearStatement | undefined,
  { replacesEventId }: StoredActivity,
  said: WorkerStatement,
  place: RoomPosition,
): UnclearStatement | undefined {
  if (unclear === undefined || isBehind(place, unclear.atMs)) return unclear;
  switch (said.kind) {
    case 'completed':
    case 'progress':
    case 'approval_question':
      return undefined;
    case 'question':
      return said.isVague === true ? unclear : undefined;
    case 'blocked':
      // It counts from the start once it has been still.
      return unclear;
    case 'completed_in_doubt':
    case 'error':
    case 'other_task':
    case 'other':
      // Edited to something else, or taken back.
      return replacesEventId === unclear.source ? undefined : unclear;
  }
}
