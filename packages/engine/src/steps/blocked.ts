import type { StepCommit, WorkFailure } from '@agrenting-hiclaw/core/domain';
import { rulesOf, type AttemptContext } from '../context.ts';
import { failureDecided, requireOperator } from '../step-results.ts';

/**
 * The worker says that it cannot do the work: the hirer is refunded, unless it was told so much meanwhile that this may be
 * the work. Then the owner decides, so that nobody gets an answer bit by bit and the money back.
 */
export function blocked(context: AttemptContext, failure: WorkFailure, cause: string): StepCommit {
  const { attempt } = context;
  const { listing } = attempt.progress;
  if (!wasToldMuch(context, failure.text.length)) {
    return failureDecided(context, failure, { cause, unlessDelivered: true });
  }
  return requireOperator(context, { code: 'told_then_blocked' }, { judged: listing?.digest });
}

/** Whether the hirer has so much of its workers' words, over all attempts, that this may be the work; `more` characters count, too. */
export function wasToldMuch(context: AttemptContext, more = 0): boolean {
  const { toldCharacters = 0 } = context.attempt.progress.conversation ?? {};
  return toldCharacters + more > rulesOf(context).muchToldCharacters;
}
