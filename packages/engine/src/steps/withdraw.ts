import type { Settlement, StepCommit } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { finishOf } from '../finish.ts';
import { remembering, waits } from '../step-results.ts';
import { inspectWorker, submitted } from './inspect-worker.ts';

/**
 * Before a failure is first sent that was decided because no result came: takes it back where the worker has delivered
 * since, as when the marketplace was away for long. Undefined when it is to be sent.
 */
export async function withdraw(
  context: AttemptContext,
  { endpoint, unknownSends }: Settlement,
): Promise<StepCommit | undefined> {
  const { record, attempt, settings } = context;
  const { worker, messages, verdict } = attempt.progress;
  // It may have been taken.
  if (endpoint !== 'failure' || unknownSends > 0 || verdict?.kind !== 'failure') return undefined;
  const { looksLeft = 0 } = verdict;
  if (looksLeft === 0 || worker === undefined || messages.length === 0) return undefined;
  const seen = await inspectWorker(context, worker);
  const { progress } = seen.evidence;
  if (seen.kind === 'seen' && !seen.hasResult) return undefined;
  const learned = { ...context, attempt: remembering(attempt, progress) };
  const { leftMs } = seen.kind === 'seen' ? finishOf(learned, seen) : { leftMs: settings.inspectMs };
  // A worker that waits for an answer has not finished, and does not soon.
  if (leftMs === Infinity) return undefined;
  if (seen.kind === 'seen' && seen.changed.length === 0 && leftMs <= 0) {
    const commit = submitted(learned, seen.evidence);
    return {
      ...commit,
      event: 'failure_withdrawn',
      cause: 'a result arrived before the failure was sent',
      progress: { ...(commit.progress ?? progress), verdict: undefined, concern: undefined },
    };
  }
  return {
    ...waits(context, 'a result may still arrive before the failure is sent', leftMs, {
      progress: { ...progress, verdict: { ...verdict, looksLeft: looksLeft - 1 } },
    }),
    lastFailure: record.lastFailure,
  };
}
