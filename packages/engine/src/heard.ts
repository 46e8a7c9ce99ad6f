import type {
  HeardSaying,
  HeardStatement,
  SaidSoFar,
  StepCommit,
  StoredSign,
  WorkerStatement,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from './context.ts';
import { isBehind, wasEditedSince, type Place } from './room-order.ts';
import type { EngineSettings } from './settings.ts';

/** How long a saying has to be still before it counts. */
export type Patience = Pick<EngineSettings, 'stillMs' | 'blockedMs'>;

/** Of one attempt so many are remembered while they are not still; a hirer is told of no more. */
const MAX_HEARD = 30;

/**
 * What is not still yet after one more message: of an edited message the newest text alone, whatever that means now. That a
 * worker is blocked, or its model failed, is over once it says something else.
 */
export function hear(
  heard: readonly HeardSaying[],
  sign: StoredSign,
  said: WorkerStatement,
  { nowMs, stillMs, place, said: before }: Hearing,
): readonly HeardSaying[] {
  const source = sourceOf(sign);
  const others = heard.filter(
    (one) => isBehind(place, one.placeMs) || (one.source !== source && one.eventId !== source),
  );
  const kept = others.filter((one) => isBehind(place, one.placeMs) || !isOver(one, sign, said, stillMs));
  const statement = statementIn(said);
  if (statement === undefined || wasEditedSince(sign, place, before)) return kept;
  if (place.isLate && wasOverBy(statement, place.atMs, before, stillMs)) return kept;
  // What is said again by another message is as old as it was.
  const same = others.find((one) => one.statement.kind === statement.kind && !kept.includes(one));
  const heardAtMs = same?.heardAtMs ?? nowMs;
  const { eventId, atMs } = sign;
  const one = { source, eventId, statement, atMs, placeMs: place.atMs, heardAtMs };
  return [...kept, one].toSorted((a, b) => a.placeMs - b.placeMs).slice(-MAX_HEARD);
}

/** What a message is heard with: our time, how long it has to be still, and what was said in the room before it came. */
export interface Hearing {
  readonly nowMs: number;
  readonly stillMs: number;
  readonly place: Place;
  readonly said: SaidSoFar | undefined;
}

/** The same as `isOver`, by what had been heard already when the saying was read late. */
function wasOverBy(
  { kind }: HeardStatement,
  atMs: number,
  { ownMs = -Infinity, markerMs = -Infinity, completedMs = -Infinity }: Partial<SaidSoFar> = {},
  stillMs: number,
): boolean {
  switch (kind) {
    case 'blocked':
      return markerMs > atMs || ownMs - atMs >= stillMs;
    case 'error':
      return ownMs > atMs;
    case 'question':
      return completedMs > atMs;
    case 'approval_question':
    case 'progress':
      return false;
  }
}

/** The same for a message and for its edits. */
function sourceOf({ replacesEventId, eventId, sequence }: StoredSign): string {
  return replacesEventId ?? eventId ?? String(sequence);
}

function statementIn(said: WorkerStatement): HeardStatement | undefined {
  switch (said.kind) {
    case 'blocked':
    case 'question':
    case 'progress':
    case 'error':
      return said;
    case 'approval_question':
      return { kind: 'approval_question' };
    case 'completed':
    case 'other_task':
    case 'other':
      return undefined;
  }
}

function isOver(
  { statement, atMs }: HeardSaying,
  sign: StoredSign,
  said: WorkerStatement,
  stillMs: number,
): boolean {
  if (said.kind === 'other_task') return false;
  switch (statement.kind) {
    case 'blocked':
      // A long answer comes in several messages: what follows at once may belong to it.
      return !(said.kind === 'other' || said.kind === 'error') || sign.atMs - atMs >= stillMs;
    case 'error':
      return true;
    case 'question':
      return said.kind === 'completed';
    case 'approval_question':
    case 'progress':
      return false;
  }
}

/** When a saying counts, by our clock. */
function countsFromMs({ statement, heardAtMs }: HeardSaying, { stillMs, blockedMs }: Patience): number {
  // It ends the hiring, so it is looked at twice.
  return heardAtMs + (statement.kind === 'blocked' ? Math.max(blockedMs, stillMs) : stillMs);
}

/** Takes apart what has been still for long enough, oldest first, and what has not. */
export function settled(
  heard: readonly HeardSaying[],
  nowMs: number,
  patience: Patience,
): { readonly still: readonly HeardSaying[]; readonly heard: readonly HeardSaying[] } {
  const isStill = (one: HeardSaying) => nowMs >= countsFromMs(one, patience);
  return { still: heard.filter((one) => isStill(one)), heard: heard.filter((one) => !isStill(one)) };
}

/** The commit, due in time for the next saying that will count. */
export function inTime({ attempt, settings, nowMs }: AttemptContext, commit: StepCommit): StepCommit {
  const { heard = [] } = commit.progress ?? attempt.progress;
  const nextMs = Math.min(...heard.map((one) => countsFromMs(one, settings)).filter((atMs) => atMs > nowMs));
  if (commit.trouble !== undefined || commit.dueAtMs === undefined || nextMs >= commit.dueAtMs) return commit;
  return { ...commit, dueAtMs: nextMs };
}
