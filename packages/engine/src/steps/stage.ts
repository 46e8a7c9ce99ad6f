import type { AttemptRoom, StepCommit, WorkerAddress, WorkerChoice } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { moved, needsPerson, troubled, waits, withProof } from '../outcomes.ts';

type Chosen = Extract<WorkerChoice, { kind: 'worker' }>;

/** `confirmed`: chooses the worker, opens the attempt's room and puts the task folder in storage. */
export async function stage(context: AttemptContext): Promise<StepCommit> {
  const { attempt, record, ports, nowMs } = context;
  const unfit = whyUnfit(context);
  if (unfit !== undefined) return needsPerson(context, unfit.why, unfit.todo);

  const choice = await ports.directory.choose(record.agentId, attempt.hiring.workerMatrixId);
  if (choice.kind === 'nobody') {
    return needsPerson(context, 'no worker is configured for this agent', choice.problem);
  }
  const { worker, room } = placeOf(context, choice);
  if (room === 'missing') return await openRoom(context, worker);
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
          room,
          // A room of its own holds nothing of other hirers.
          clearFirst: choice.clearFirst === true && !choice.roomPerAttempt,
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

/** Where the chosen worker is to be told: in the attempt's own room, once that is open, or in its own. */
function placeOf(
  { attempt }: AttemptContext,
  { worker, roomPerAttempt }: Chosen,
): { worker: WorkerAddress; room: AttemptRoom | 'missing' | undefined } {
  if (!roomPerAttempt) return { worker, room: undefined };
  const { room } = attempt.progress;
  // Another worker must not read what the first was told.
  if (room?.userId !== worker.userId) return { worker, room: 'missing' };
  return { worker: { ...worker, roomId: room.roomId }, room };
}

/** The room is a step of its own: once the homeserver has it, its id must not be lost. */
async function openRoom(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit> {
  const { attempt, record, ports } = context;
  const { number, taskId, progress } = attempt;
  const outcome = await ports.rooms.open({ worker, hiringId: record.hiringId, attempt: number, taskId });
  switch (outcome.kind) {
    case 'open': {
      const { roomId } = outcome;
      return waits(context, `a room for ${worker.name} was opened`, 0, {
        progress: { ...progress, worker: { ...worker, roomId }, room: { roomId, userId: worker.userId } },
      });
    }
    case 'refused':
      return needsPerson(
        context,
        outcome.problem,
        'Mend what the problem names, or set matrix.rooms to worker; the hand-over starts over by itself.',
      );
    case 'unavailable':
      return troubled(context, outcome.problem, { retryAfterMs: outcome.retryAfterMs });
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
