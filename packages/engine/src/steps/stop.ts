import type { StepCommit } from '@agrenting-hiclaw/core/domain';
import type { StepContext } from '../context.ts';
import { stepFailed, waits } from '../step-results.ts';
import { taskOf } from './task.ts';

/** Tries to tell a worker that its task is off, before the hiring ends without that. */
const MAX_STOP_TRIES = 3;
/** Each look reads the hiring, so that a short wait of the homeserver is not taken at its word. */
const LEAST_WAIT_MS = 1_000;

/**
 * Tells the worker that the attempt is off, if it was told of it and may be at work. Undefined when
 * there is nothing more to do; else what to commit, to try again later. The message bears the same
 * transaction id whenever it is repeated, so the worker hears it once.
 */
export async function askWorkerToStop(context: StepContext): Promise<StepCommit | undefined> {
  const { record, ports } = context;
  const { attempt } = record;
  const worker = attempt?.progress.worker;
  if (attempt === undefined || worker === undefined || attempt.progress.messages.length === 0)
    return undefined;
  if (!mayBeAtWork(context)) return undefined;
  const outcome = await ports.messenger.send({
    ...taskOf(record, attempt, worker),
    purpose: 'stop',
    number: 1,
  });
  if (outcome.kind === 'sent') return undefined;
  if (outcome.kind === 'limited') {
    const waitMs = Math.max(LEAST_WAIT_MS, outcome.retryAfterMs);
    return waits(
      context,
      'the homeserver limits the rate of messages, including the one that stops the worker',
      waitMs,
    );
  }
  if ((record.lastFailure?.count ?? 0) >= MAX_STOP_TRIES) return undefined;
  return stepFailed(context, { code: 'stop_not_sent', problem: outcome.problem });
}

function mayBeAtWork({ record }: StepContext): boolean {
  switch (record.state) {
    case 'sent':
    case 'acknowledged':
    case 'attention':
      return true;
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'submitted':
    case 'settling':
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'rejected':
      return false;
  }
}
