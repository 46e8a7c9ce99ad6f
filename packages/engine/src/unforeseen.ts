import { attentionWhy, isEnd, type StepCommit } from '@agrenting-hiclaw/core/domain';
import type { StepContext } from './context.ts';
import { hasCome, timesOf } from './deadlines.ts';
import { failureDecided, MAX_UNFORESEEN, mayBeSettled, requireOperator, stepFailed } from './step-results.ts';

/** What failed unexpectedly: the step itself, or storing what it came to. */
export type UnforeseenCode = 'step_failed' | 'commit_refused';

/**
 * What to commit after a failure that nobody foresaw: a wait that grows; after five in a row an operator is asked, and
 * shortly before the deadline the hirer is refunded, unless the marketplace may have a settlement already, or the step
 * could not read the hiring. An attempt in `attention` is looked at further.
 */
export function unforeseen(context: StepContext, code: UnforeseenCode): StepCommit {
  const { record, nowMs } = context;
  const { attempt, state } = record;
  const again = tryAgain(context, code);
  if (isEnd(state) || unforeseenOf(context) + 1 < MAX_UNFORESEEN) return again;
  if (attempt !== undefined && !mayBeSettled(record)) {
    const withAttempt = { ...context, attempt };
    const { giveUpMs } = timesOf(withAttempt);
    if (hasCome(withAttempt, giveUpMs)) {
      return failureDecided(
        withAttempt,
        { reason: 'other', text: 'The work could not be done because of a technical problem.' },
        { cause: `${attentionWhy({ code })}, and the deadline is near` },
      );
    }
    if (state === 'attention' && nowMs < giveUpMs) {
      return { ...again, dueAtMs: Math.min(again.dueAtMs ?? giveUpMs, giveUpMs) };
    }
  }
  if (state === 'attention') return again;
  return {
    ...requireOperator(context, { code }),
    // Counted on: near the deadline it is not tried five times more.
    lastFailure: again.lastFailure,
  };
}

/** The failure counted, and nothing else: the hiring is looked at again after a wait that grows. */
export function tryAgain(context: StepContext, code: UnforeseenCode): StepCommit {
  const commit = stepFailed(context, { code });
  if (commit.lastFailure === undefined) return commit;
  return { ...commit, lastFailure: { ...commit.lastFailure, unforeseen: unforeseenOf(context) + 1 } };
}

function unforeseenOf({ record }: StepContext): number {
  return record.lastFailure?.unforeseen ?? 0;
}
