import type { PendingSaying, SaidSoFar, StoredSign, WorkerStatement } from '@agrenting-hiclaw/core/domain';

/** Where a message stands among all that its worker said in the room. */
export interface Place {
  /** By the homeserver's clock; of what is heard as it is said never before what was heard already. */
  readonly atMs: number;
  /** Whether it was read after newer messages, so that its time counts and not its turn. */
  readonly isLate: boolean;
}

/** Edited messages of which the time is remembered. */
const MAX_EDITED = 30;

/**
 * The place of a message. What is heard as it is said is the newest, even where the homeserver's clock was set back; only
 * what was read late is put in its place by its time.
 */
export function placeOf(sign: StoredSign, said: SaidSoFar | undefined): Place {
  const atMs = sign.saidAtMs ?? sign.atMs;
  if (sign.readLate === true) return { atMs, isLate: true };
  return { atMs: Math.max(atMs, said?.lastMs ?? atMs), isLate: false };
}

/** Whether what was said at that time came after the message. */
export function isBehind({ atMs, isLate }: Place, otherMs: number | undefined): boolean {
  return isLate && otherMs !== undefined && otherMs > atMs;
}

/** What is remembered of the order after one more message. */
export function saidAfter(
  before: SaidSoFar | undefined,
  sign: StoredSign,
  said: WorkerStatement,
  { atMs }: Place,
): SaidSoFar {
  const newest = (known: number | undefined, counts: boolean) =>
    counts ? Math.max(known ?? atMs, atMs) : known;
  const isMarked = said.kind !== 'other' && said.kind !== 'error' && said.kind !== 'other_task';
  return {
    lastMs: Math.max(before?.lastMs ?? atMs, atMs),
    ownMs: newest(before?.ownMs, said.kind !== 'other_task'),
    markerMs: newest(before?.markerMs, isMarked),
    completedMs: newest(before?.completedMs, said.kind === 'completed'),
    reportedMs: newest(before?.reportedMs, said.kind === 'completed' && said.digest !== undefined),
    edited: editedAfter(before?.edited, sign.replacesEventId, atMs),
  };
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
  { eventId, replacesEventId }: StoredSign,
  place: Place,
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
  sign: StoredSign,
  said: WorkerStatement,
  place: Place,
): PendingSaying | undefined {
  if (pending === undefined || isBehind(place, pending.atMs)) return pending;
  // Edited or taken back: its newest text is heard anew.
  if (sign.replacesEventId === pending.source) return undefined;
  if (said.kind === 'other_task') return pending;
  return pending.kind === 'error' || said.kind === 'completed' ? undefined : pending;
}
