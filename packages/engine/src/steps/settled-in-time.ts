import type { StepCommit } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { timesOf } from '../deadlines.ts';
import { requireOperator } from '../step-results.ts';

/** Before the deadline the settlement is tried in any case this long before it, however long the wait has grown. */
const LAST_TRIES_MS = [60_000, 10_000] as const;

/**
 * A settlement that the marketplace does not take: it is read and sent again, with waits that grow, until the longest time
 * past the deadline is over, and even then now and then. Beside that its operator is alerted, once; the deadline is not
 * slept through.
 */
export function settledInTime(context: AttemptContext, commit: StepCommit): StepCommit {
  const { record, attempt, settings, nowMs } = context;
  const { lastFailure } = commit;
  if (record.state !== 'settling' || lastFailure === undefined) return commit;
  const forMs = nowMs - lastFailure.sinceMs;
  const isDelayed = forMs >= settings.delayedMs;
  const { deadlineMs, latestEndMs } = timesOf(context);
  const isPastEnd = nowMs >= latestEndMs;
  // One that came back from there is there again with the first try that gets nowhere.
  const wasThere = (attempt.progress.standstills ?? 0) > 0;
  if (isPastEnd && (isDelayed || wasThere)) return notSettled(context, commit);
  const timely = { ...commit, dueAtMs: dueBefore(deadlineMs, nowMs, commit.dueAtMs) };
  const progress = commit.progress ?? attempt.progress;
  if (!isDelayed || progress.concern !== undefined) return timely;
  return {
    ...timely,
    event: 'settlement_delayed',
    cause: `the marketplace has not accepted the settlement for ${Math.round(forMs / 1000)} s`,
    progress: { ...progress, concern: { code: 'settlement_delayed', sinceMs: lastFailure.sinceMs } },
  };
}

/** A wait is cut where it would go over one of the last moments before the deadline. */
function dueBefore(deadlineMs: number, nowMs: number, dueAtMs: number | undefined): number | undefined {
  if (dueAtMs === undefined) return undefined;
  const moments = LAST_TRIES_MS.map((beforeMs) => deadlineMs - beforeMs).filter((atMs) => atMs > nowMs);
  return Math.min(dueAtMs, ...moments);
}

function notSettled(context: AttemptContext, commit: StepCommit): StepCommit {
  const asked = requireOperator(
    context,
    { code: 'not_settled' },
    {
      progress: { ...(commit.progress ?? context.attempt.progress), concern: undefined },
      settlement: commit.settlement,
      marker: commit.marker,
      notBeforeMs: commit.dueAtMs,
    },
  );
  return { ...asked, reread: commit.reread };
}
