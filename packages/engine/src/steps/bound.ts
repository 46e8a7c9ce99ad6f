import { isEnd, type StepCommit } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext, StepContext } from '../context.ts';
import { isLastLookOver, lastLookSince, lookingOnce, timesOf } from '../deadlines.ts';
import { failureDecided, mayBeSettled, requireOperator } from '../step-results.ts';
import { settledInTime } from './settled-in-time.ts';

/**
 * Every open state has an end. What a step came to passes here: a hiring that only waits is asked how long it has done so.
 * One that the marketplace does not show as ours within the longest time becomes `attention`, as does a settlement that
 * is not taken long past the deadline, and one that cannot be read then; any other attempt is reported as failed, long past
 * its deadline, no matter who it waits for.
 */
export function bounded(context: StepContext, commit: StepCommit): StepCommit {
  const { record } = context;
  const { attempt, state } = record;
  if (commit.event !== undefined || commit.open !== undefined || isEnd(state)) return commit;
  if (attempt === undefined) return confirmedInTime(context, commit);
  const withAttempt = { ...context, attempt };
  if (mayBeSettled(record)) return settledInTime(withAttempt, commit);
  return endedInTime(withAttempt, commit);
}

function confirmedInTime(context: StepContext, commit: StepCommit): StepCommit {
  const { record, settings, nowMs } = context;
  if (record.state !== 'received' || nowMs < record.receivedAtMs + settings.deadline.maxDurationMs)
    return commit;
  const asked = requireOperator(context, { code: 'not_confirmed' });
  return { ...asked, reread: commit.reread };
}

function endedInTime(context: AttemptContext, commit: StepCommit): StepCommit {
  const { attempt, reading, nowMs } = context;
  const { latestEndMs } = timesOf(context);
  if (nowMs < latestEndMs) return commit;
  if (!reading.hasSucceeded) return reading.problem === undefined ? commit : unreadAtEnd(context, commit);
  const progress = commit.progress ?? attempt.progress;
  // What lies there at the very end is looked at once more.
  const sinceMs = lastLookSince(progress, latestEndMs) ?? nowMs;
  if (!isLastLookOver(context, sinceMs)) return lookingOnce(context, commit, sinceMs);
  const failed = failureDecided(
    context,
    { reason: 'timeout', text: 'The work was not completed by the deadline.' },
    { cause: 'the work was not completed long after its deadline', progress, unlessDelivered: true },
  );
  return { ...failed, reread: commit.reread, marker: commit.marker };
}

/** Nothing is decided without a read, but the operator is alerted. What was decided goes on as soon as there is one. */
function unreadAtEnd(context: AttemptContext, commit: StepCommit): StepCommit {
  const { record, attempt, reading } = context;
  if (record.state === 'attention') return commit;
  const progress = commit.progress ?? attempt.progress;
  return requireOperator(
    context,
    { code: 'unread_past_deadline', problem: reading.problem ?? '' },
    { progress, judged: progress.listing?.digest },
  );
}
