import type { StepCommit, WorkFailure } from '@agrenting-hiclaw/core/domain';
import { policyOf, type AttemptContext } from '../context.ts';
import { failureDecided, requireOperator } from '../step-results.ts';

/**
 * The worker says that it cannot do the work: the hirer is refunded, unless it was told so much meanwhile that this may be
 * the work. Then the owner decides, so that nobody gets an answer bit by bit and the money back.
 */
export function blocked(context: AttemptContext, failure: WorkFailure, cause: string): StepCommit {
  const { attempt } = context;
  const { listing } = attempt.progress;
  if (!hasSentMuch(context, failure.text.length)) {
    return failureDecided(context, failure, { cause, unlessDelivered: true });
  }
  return requireOperator(context, { code: 'blocked_after_messages' }, { judged: listing?.digest });
}

/** Whether the hirer has so much of its workers' words, over all attempts, that this may be the work; `more` characters count, too. */
export function hasSentMuch(context: AttemptContext, more = 0): boolean {
  const { sentCharacters = 0 } = context.attempt.progress.conversation ?? {};
  return sentCharacters + more > policyOf(context).maxUnpaidCharacters;
}
