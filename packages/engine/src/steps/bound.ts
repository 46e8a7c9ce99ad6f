import { isEnd, latestEndAtMs, type StepCommit } from '@agrenting-hiclaw/core/domain';
import { deadlineAtMs, type AttemptContext, type StepContext } from '../context.ts';
import { failureDecided, mayBeSettled, needsPerson } from '../outcomes.ts';
import { settledInTime } from './settled-in-time.ts';

/** What lies there at the very end is looked at once more, for as long as a result has to lie still. */
const LAST_LOOK_MS = 60_000;

/**
 * Every open state has an end. What a step came to passes here: a hiring that only waits is asked how long it has done so.
 * One that the marketplace does not show as ours within the longest time becomes `attention`, as does a settlement that
 * is not taken long past the deadline; any other attempt is reported as failed, long past its deadline, whoever it waits for.
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
  if (record.state !== 'heard' || nowMs < record.heardAtMs + settings.deadline.maxDurationMs) return commit;
  const asked = needsPerson(
    context,
    'the marketplace does not show the hiring as ready to be worked on',
    'Look the hiring up on the marketplace. It is read further by itself, and begins as soon as it is ready there.',
    { code: 'not_confirmed' },
  );
  return { ...asked, reread: commit.reread };
}

function endedInTime(context: AttemptContext, commit: StepCommit): StepCommit {
  const { record, attempt, settings, nowMs } = context;
  const endAtMs = latestEndAtMs(
    deadlineAtMs(attempt.hiring, context.ports),
    record.heardAtMs,
    settings.deadline,
  );
  if (nowMs < endAtMs) return commit;
  const progress = commit.progress ?? attempt.progress;
  const { lastLookAtMs } = progress;
  const lookAgainMs = (lastLookAtMs ?? nowMs) + LAST_LOOK_MS;
  if (nowMs < lookAgainMs) {
    const dueAtMs = Math.min(commit.dueAtMs ?? lookAgainMs, lookAgainMs);
    return { ...commit, dueAtMs, progress: { ...progress, lastLookAtMs: lastLookAtMs ?? nowMs } };
  }
  const failed = failureDecided(
    context,
    { reason: 'timeout', text: 'The work was not done by the deadline.' },
    { cause: 'the work was not done long after its deadline', progress },
  );
  return { ...failed, reread: commit.reread, marker: commit.marker };
}
