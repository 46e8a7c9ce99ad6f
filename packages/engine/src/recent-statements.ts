import {
  answerLeftMs,
  type AttemptProgress,
  type RecentStatement,
  type StatementContent,
  type SaidSoFar,
  type StepCommit,
  type StoredActivity,
  type WorkerStatement,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from './context.ts';
import { isBehind, isTalk, wasEditedSince, type RoomPosition } from './room-order.ts';
import type { EngineSettings } from './settings.ts';

/** How long a saying has to be still before it counts. */
export type Patience = Pick<EngineSettings, 'stillMs' | 'blockedMs' | 'acknowledgeMs'>;

/** Of one attempt so many are remembered while they are not still; a hirer receives no more. */
const MAX_STATEMENTS = 30;

/**
 * What is not still yet after one more message: of an edited message the newest text alone, whatever that means now. That a
 * worker is blocked is over once it says so with another marker; words without one make it doubtful. That its model failed is
 * over once it says anything else.
 */
export function ingest(
  received: readonly RecentStatement[],
  activity: StoredActivity,
  said: WorkerStatement,
  { nowMs, place, said: before }: MessageContext,
): readonly RecentStatement[] {
  const source = sourceOf(activity);
  const isNewer = (one: RecentStatement) => isBehind(place, one.placeMs);
  const isSource = (one: RecentStatement) => one.source === source || one.eventId === source;
  const replaced = received.find((one) => !isNewer(one) && isSource(one));
  const others = received.filter((one) => isNewer(one) || !isSource(one));
  const over = others.filter((one) => !isNewer(one) && isOver(one, said));
  const kept = others
    .filter((one) => !over.includes(one))
    .map((one) => (isNewer(one) ? one : talkedOver(one, activity, said, place)));
  const statement = statementIn(said);
  if (statement === undefined || wasEditedSince(activity, place, before)) return kept;
  if (place.isLate && wasOverBy(statement, place.atMs, before)) return kept;
  const isSame = (one: RecentStatement | undefined) => one?.statement.kind === statement.kind;
  // What is said again by another message is as old as it was.
  const same = over.find((one) => isSame(one));
  const meant = isSame(replaced) ? replaced : same;
  const one: RecentStatement = {
    source,
    eventId: activity.eventId,
    statement,
    atMs: activity.atMs,
    placeMs: place.atMs,
    receivedAtMs: same?.receivedAtMs ?? nowMs,
    sinceMs: meant?.sinceMs ?? nowMs,
    receivedListenedMs: same === undefined ? activity.listenedMs : same.receivedListenedMs,
    sinceListenedMs: meant === undefined ? activity.listenedMs : meant.sinceListenedMs,
    talkedMs: statement.kind === 'blocked' ? talkBehind(place, before) : undefined,
  };
  return [...kept, one].toSorted((a, b) => a.placeMs - b.placeMs).slice(-MAX_STATEMENTS);
}

/** What a message is heard with: our time, and what was said in the room before it came. */
export interface MessageContext {
  readonly nowMs: number;
  readonly place: RoomPosition;
  readonly said: SaidSoFar | undefined;
}

/** The same as `isOver`, by what had been heard already when the saying was read late. */
function wasOverBy(
  { kind }: StatementContent,
  atMs: number,
  { ownMs = -Infinity, markerMs = -Infinity, completedMs = -Infinity }: Partial<SaidSoFar> = {},
): boolean {
  switch (kind) {
    case 'blocked':
      return markerMs > atMs;
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
function sourceOf({ replacesEventId, eventId, sequence }: StoredActivity): string {
  return replacesEventId ?? eventId ?? String(sequence);
}

function statementIn(said: WorkerStatement): StatementContent | undefined {
  switch (said.kind) {
    case 'blocked':
    case 'question':
    case 'progress':
    case 'error':
      return said;
    case 'approval_question':
      return { kind: 'approval_question' };
    case 'completed':
    case 'completed_in_doubt':
    case 'other_task':
    case 'other':
      return undefined;
  }
}

function isOver({ statement }: RecentStatement, said: WorkerStatement): boolean {
  if (said.kind === 'other_task') return false;
  switch (statement.kind) {
    case 'blocked':
      return said.kind !== 'other' && said.kind !== 'error' && said.kind !== 'completed_in_doubt';
    case 'error':
      return true;
    case 'question':
      return said.kind === 'completed';
    case 'approval_question':
    case 'progress':
      return false;
  }
}

/** The saying with one more message behind it. */
function talkedOver(
  one: RecentStatement,
  activity: StoredActivity,
  said: WorkerStatement,
  place: RoomPosition,
): RecentStatement {
  if (one.statement.kind !== 'blocked' || !isTalk(activity, said)) return one;
  return { ...one, talkedMs: Math.max(one.talkedMs ?? place.atMs, place.atMs) };
}

/** Words without a marker that are known to stand behind a message that is read late. */
function talkBehind(place: RoomPosition, said: SaidSoFar | undefined): number | undefined {
  return isBehind(place, said?.talkMs) ? said?.talkMs : undefined;
}

/** A worker that spoke of its own work goes on with that. */
function mayBeOfWork(statement: StatementContent): boolean {
  return statement.kind === 'error' && statement.isVague === true;
}

/** The memory once the worker types, or its folder changes: what it said of an error was about its work. */
export function withoutVagueErrors(progress: AttemptProgress): AttemptProgress {
  const { received } = progress;
  if (received?.some(({ statement }) => mayBeOfWork(statement)) !== true) return progress;
  const others = received.filter(({ statement }) => !mayBeOfWork(statement));
  return { ...progress, received: others.length === 0 ? undefined : others };
}

/** Edited without an end, a saying counts when it has meant the same for so many times as long as it has to be still. */
const MAX_PATIENCES = 10;

/** How long a saying has to be still: since its newest text, or since it has meant the same. */
function patienceMs(
  { statement }: Pick<RecentStatement, 'statement'>,
  { stillMs, blockedMs, acknowledgeMs }: Patience,
): { readonly newest: number; readonly same: number } {
  const newest = Math.max(
    stillMs,
    mayBeOfWork(statement) ? acknowledgeMs : 0,
    endsIt(statement) ? blockedMs : 0,
  );
  return { newest, same: MAX_PATIENCES * newest };
}

/** It is looked at twice. */
function endsIt({ kind }: StatementContent): boolean {
  return kind === 'blocked';
}

/** When a saying counts by our own clock, unless nobody listens or that is set: when to look. */
function expectedAtMs(one: RecentStatement, patience: Patience): number {
  const { newest, same } = patienceMs(one, patience);
  return Math.min(one.receivedAtMs + newest, one.sinceMs + same);
}

/** How far what is stored may be ahead of what is known to be all, since an answer is waited for; more is of another stream. */
const MAX_AHEAD_MS = 120_000;

/** The saying with when it was heard as far as that is known: later than now by no more than an answer takes. */
function counted(one: RecentStatement, listenedMs: number): RecentStatement {
  const reach = (ms = listenedMs): number => Math.min(ms, listenedMs + MAX_AHEAD_MS);
  return {
    ...one,
    receivedListenedMs: reach(one.receivedListenedMs),
    sinceListenedMs: reach(one.sinceListenedMs),
  };
}

/**
 * Takes apart what has been still for long enough, oldest first, and what has not. That is counted by the time for which somebody
 * has listened: otherwise nothing is known to be still, since what was said meanwhile comes behind it; and no clock is
 * set in it.
 */
export function settled(
  sayings: readonly RecentStatement[],
  listenedMs: number,
  patience: Patience,
): { readonly still: readonly RecentStatement[]; readonly received: readonly RecentStatement[] } {
  if (listenedMs === -Infinity) return { still: [], received: sayings };
  const received = sayings.map((one) => counted(one, listenedMs));
  const isStill = (one: RecentStatement): boolean => {
    const { receivedListenedMs = listenedMs, sinceListenedMs = listenedMs } = one;
    const { newest, same } = patienceMs(one, patience);
    return listenedMs >= Math.min(receivedListenedMs + newest, sinceListenedMs + same);
  };
  return { still: received.filter((one) => isStill(one)), received: received.filter((one) => !isStill(one)) };
}

/** After a moment that is due it is soon known whether anything was said up to then, but for outages: then it is asked ever more rarely. */
const NEWS_WAIT_MS = 1_000;
const MAX_NEWS_WAIT_MS = 30_000;

/** The commit, due in time for the next saying that will count. */
export function inTime({ attempt, settings, nowMs }: AttemptContext, commit: StepCommit): StepCommit {
  const { received = [] } = commit.progress ?? attempt.progress;
  const nextMs = Math.min(
    ...received
      .map((one) => expectedAtMs(one, settings))
      .filter((atMs) => atMs > nowMs - MAX_NEWS_WAIT_MS)
      .map((atMs) => Math.max(atMs, nowMs + NEWS_WAIT_MS, nowMs + Math.ceil((nowMs - atMs) / 2))),
  );
  if (commit.lastFailure !== undefined || commit.dueAtMs === undefined || nextMs >= commit.dueAtMs)
    return commit;
  return { ...commit, dueAtMs: nextMs };
}

/** Whether the worker asked something that was not answered yet, be it still or told to the hirer; by our own clock. */
export function waitsForAnswer(
  { received = [], pending, conversation }: AttemptProgress,
  nowMs: number,
  answerWaitMs: number,
): boolean {
  if (pending?.kind === 'question' || received.some(({ statement }) => statement.kind === 'question'))
    return true;
  return (answerLeftMs(conversation, nowMs, answerWaitMs) ?? 0) > 0;
}
