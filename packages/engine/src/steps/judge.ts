import { judgeResult, quotable, type StepCommit, type Verdict } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { failureDecided, moved, needsPerson, settlementOf, troubled } from '../outcomes.ts';

/**
 * `submitted`: collects what the worker delivered and judges it. Submission is payment, so what does
 * not pass the gate waits for its owner (Agrenting API reference, 5.4).
 */
export async function judge(context: AttemptContext): Promise<StepCommit> {
  const { attempt, ports } = context;
  const collected = await ports.storage.collect(attempt.taskId);
  switch (collected.kind) {
    case 'unavailable':
      return troubled(context, collected.problem);
    case 'failure': {
      const text = quotable(collected.failure.text) ?? 'The worker reported that it could not do the work.';
      const failure = { ...collected.failure, text };
      return failureDecided(context, failure, { cause: 'the worker reports that it failed' });
    }
    case 'unclear':
      return held(context, collected.why);
    case 'result':
      break;
  }
  const gate = judgeResult(collected.result, attempt.hiring);
  if (gate.kind === 'held') return held(context, gate.why);
  const verdict: Verdict = { kind: 'result', result: collected.result };
  return moved(context, 'result_accepted', 'the result passed the gate', {
    settlement: settlementOf(context, verdict),
    progress: { ...attempt.progress, verdict },
  });
}

function held(context: AttemptContext, why: string): StepCommit {
  const { taskId, progress } = context.attempt;
  return needsPerson(
    context,
    `the result is held: ${why}`,
    `Look at shared/tasks/${taskId}/. A better result.md there is judged anew by itself; without one, the hiring is reported as failed before its deadline.`,
    { cause: 'the result is held', judged: progress.listing?.digest },
  );
}
