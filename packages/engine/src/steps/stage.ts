import type { StepCommit } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { moved, needsPerson, troubled, withProof } from '../outcomes.ts';

/** `confirmed`: chooses the worker and puts the task folder in storage. */
export async function stage(context: AttemptContext): Promise<StepCommit> {
  const { attempt, record, ports, nowMs } = context;
  const unfit = whyUnfit(context);
  if (unfit !== undefined) return needsPerson(context, unfit.why, unfit.todo);

  const choice = await ports.directory.choose(record.agentId, attempt.hiring.workerMatrixId);
  if (choice.kind === 'nobody') {
    return needsPerson(context, 'no worker is configured for this agent', choice.problem);
  }
  const { worker } = choice;
  const outcome = await ports.storage.stage({
    taskId: attempt.taskId,
    attempt: attempt.number,
    hiring: attempt.hiring,
    worker,
    heardAtMs: record.heardAtMs,
  });
  switch (outcome.kind) {
    case 'staged': {
      const { progress } = attempt;
      return moved(context, 'staged', `the task folder of ${worker.name} was read back`, {
        progress: {
          ...progress,
          worker,
          attention: undefined,
          proofs: withProof(progress.proofs, 'staged', nowMs, outcome.evidence),
          // Whatever the worker does from here on may be about this attempt.
          signSequence: progress.messages.length > 0 ? progress.signSequence : await ports.signs.latest(),
        },
      });
    }
    case 'refused':
      return needsPerson(
        context,
        outcome.problem,
        'Mend what the problem names; the task folder is written again by itself.',
      );
    case 'unavailable':
      return troubled(context, outcome.problem);
  }
}

/** Why no worker may be given this hiring; undefined when one may. */
export function whyUnfit({ attempt }: AttemptContext): { why: string; todo: string } | undefined {
  const { deliveryMode, description } = attempt.hiring;
  switch (deliveryMode) {
    case 'push':
      return {
        why: 'the hirer wants the work pushed to a repository, which is not supported yet',
        todo: 'Let it be: it is reported as failed before its deadline, and the hirer is refunded. Or cancel it on the marketplace.',
      };
    case 'unclear':
      return {
        why: 'it has repository fields but no delivery mode that we know, so how to deliver is unclear',
        todo: 'Ask the hirer to hire again with delivery mode "output". Let it be, and it is reported as failed before its deadline.',
      };
    case 'output':
      break;
  }
  if (description.trim() !== '') return undefined;
  return {
    why: 'the hiring has no task text',
    todo: 'Look the hiring up on the marketplace. Let it be, and it is reported as failed before its deadline.',
  };
}
