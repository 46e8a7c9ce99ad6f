import { deliveryOf, type TaskOrder, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { policyOf, type AttemptContext } from '../context.ts';

/** The order of an attempt, but for what was read for it outside; the same attempt gives the same order. */
export function orderOf(context: AttemptContext, worker: WorkerAddress): TaskOrder {
  const { record, attempt } = context;
  const { hiring } = attempt;
  return {
    taskId: attempt.taskId,
    attempt: attempt.number,
    hiring: { ...hiring, deliveryMode: deliveryOf(hiring, policyOf(context)) },
    worker,
    receivedAtMs: record.receivedAtMs,
  };
}
