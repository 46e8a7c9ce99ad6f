import {
  currentHiring,
  deadlineOf,
  giveUpAtMs,
  latestEndAtMs,
  type AttemptProgress,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import { deadlineAtMs, openedAtMs, type AttemptContext } from './context.ts';
import { waits } from './step-results.ts';

/** Moments of an attempt, by our own clock as far as the marketplace's is known. */
export interface AttemptTimes {
  /** From then on an attempt that no worker has taken is given up. */
  readonly giveUpMs: number;
  readonly deadlineMs: number;
  /** From then on any attempt is reported as failed, no matter who it waits for. */
  readonly latestEndMs: number;
}

/** The moments of an attempt; before the first read of a process they are no better than its clock. */
export function timesOf({ attempt, ports, settings }: TimesContext): AttemptTimes {
  const openedMs = openedAtMs(attempt, ports);
  const statedMs = deadlineAtMs(currentHiring(attempt), ports);
  // A hirer's retry may bear the deadline of the first attempt, and nobody has it run again to have it fail at once.
  const isFormer = attempt.number > 1 && statedMs !== undefined && statedMs <= openedMs;
  const ourMs = isFormer ? undefined : statedMs;
  return {
    giveUpMs: giveUpAtMs(ourMs, openedMs, settings.deadline),
    deadlineMs: deadlineOf(ourMs, openedMs, settings.deadline),
    latestEndMs: latestEndAtMs(ourMs, openedMs, settings.deadline),
  };
}

type TimesContext = Pick<AttemptContext, 'attempt' | 'ports' | 'settings'>;

/**
 * Whether a moment of `timesOf` has come. Only a step that has read the hiring can say so: our own clock may be wrong by
 * hours, which nothing but an answer of the marketplace shows, and a hiring that cannot be read cannot be settled either.
 */
export function hasCome({ reading, nowMs }: AttemptContext, momentMs: number): boolean {
  return reading.hasSucceeded && nowMs >= momentMs;
}

/**
 * Whether a step of this state may decide something by the clock, and so begins with a read. One that watches a worker goes
 * on without, where the last was a moment ago: steps follow one another fast while a result changes.
 */
export function decidesByClock(context: AttemptContext): boolean {
  const { giveUpMs, deadlineMs, latestEndMs } = timesOf(context);
  const { state, lastReadAtMs = 0 } = context.record;
  const isFresh = context.nowMs - lastReadAtMs < context.settings.inspectMs;
  switch (state) {
    case 'confirmed':
    case 'staged':
      return context.nowMs >= giveUpMs;
    case 'sent':
    case 'attention':
      return context.nowMs >= giveUpMs && !isFresh;
    case 'acknowledged':
      return context.nowMs >= deadlineMs && !isFresh;
    case 'submitted':
      return context.nowMs >= latestEndMs && !isFresh;
    case 'received':
    case 'settling':
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'rejected':
      return false;
  }
}

/** As long as a result has to lie still, or the sync of the homeserver takes to catch up. */
const LAST_LOOK_MS = 60_000;
/** Longer without a read is an outage, or a process that was not running. */
const LONG_UNREAD_MS = 5 * 60_000;

/** The same commit, due for another look soon, with the moment since when it is the last one. */
export function lookingOnce(context: AttemptContext, commit: StepCommit, sinceMs: number): StepCommit {
  const lookAgainMs = Math.min(context.nowMs + context.settings.inspectMs, sinceMs + LAST_LOOK_MS);
  const progress = { ...(commit.progress ?? context.attempt.progress), lastLookAtMs: sinceMs };
  return { ...commit, dueAtMs: Math.min(commit.dueAtMs ?? lookAgainMs, lookAgainMs), progress };
}

/** Since when an attempt is looked at for the last time after a moment that has come; undefined before that. */
export function lastLookSince({ lastLookAtMs }: AttemptProgress, momentMs: number): number | undefined {
  return lastLookAtMs === undefined || lastLookAtMs < momentMs ? undefined : lastLookAtMs;
}

/** Whether the last look is over. */
export function isLastLookOver({ nowMs }: Pick<AttemptContext, 'nowMs'>, sinceMs: number): boolean {
  return nowMs >= sinceMs + LAST_LOOK_MS;
}

/**
 * What to wait with before a worker is given up: after a time without reads, what it did meanwhile may still be coming in.
 * Undefined when there is nothing to wait for.
 */
export function catchUp(context: AttemptContext, progress: AttemptProgress): StepCommit | undefined {
  const { record, settings, nowMs } = context;
  const wasUnread = nowMs - (record.lastReadAtMs ?? 0) >= LONG_UNREAD_MS;
  const sinceMs = wasUnread ? nowMs : lastLookSince(progress, timesOf(context).giveUpMs);
  if (sinceMs === undefined || isLastLookOver(context, sinceMs)) return undefined;
  const cause = 'activity of the worker since then may still arrive';
  return lookingOnce(context, waits(context, cause, settings.inspectMs, { progress }), sinceMs);
}
