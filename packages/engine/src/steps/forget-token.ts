import { taskIdsOf, type StepCommit } from '@agrenting-hiclaw/core/domain';
import type { StepContext } from '../context.ts';
import { stepFailed } from '../step-results.ts';
import { orderOf } from './task-order.ts';

/** Tries to take the hirer's token out of the task folder, before the attempt ends without that. */
const MAX_TRIES = 5;

/**
 * Takes the hirer's token out of the task folder of an attempt that ends, where the owner has workers push by
 * themselves. Undefined when there is nothing more to do; else what to commit, to try again.
 */
export async function forgetToken(context: StepContext): Promise<StepCommit | undefined> {
  const { record, ports } = context;
  const { attempt } = record;
  const worker = attempt?.progress.worker;
  if (attempt === undefined || worker === undefined || attempt.progress.tokenInFolder !== true)
    return undefined;
  // Folders that were given up have it as well.
  for (const taskId of taskIdsOf(attempt)) {
    const order = orderOf({ ...context, attempt: { ...attempt, taskId } }, worker);
    const outcome = await ports.storage.forgetToken(order);
    if (outcome.kind === 'staged' || (record.lastFailure?.count ?? 0) >= MAX_TRIES) continue;
    return stepFailed(context, { code: 'token_not_removed', problem: outcome.problem });
  }
  return undefined;
}
