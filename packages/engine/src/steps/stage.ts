import {
  brokenRule,
  deliveryOf,
  isPriceUnclear,
  type AttemptRoom,
  type StageOutcome,
  type AttentionCode,
  type StepCommit,
  type TaskDelivery,
  type WorkerAddress,
  type WorkerChoice,
} from '@agrenting-hiclaw/core/domain';
import { policyOf, type AttemptContext } from '../context.ts';
import { deliveryFor } from './delivery.ts';
import { orderOf } from './task-order.ts';
import {
  failureDecided,
  transitioned,
  requireOperator,
  remembering,
  stepFailed,
  waits,
  withMilestone,
} from '../step-results.ts';
import { receiveAgain, assignedBefore } from './adopt.ts';
import { meddledNames, meddledWith } from './inspect-worker.ts';
import { giveUpFolder, renewFolder } from './renew-folder.ts';
import { taskOf } from './task.ts';
import { writtenNow } from './written.ts';

type Chosen = Extract<WorkerChoice, { kind: 'worker' }>;

/**
 * `confirmed`: sees whether the owner allows the work, chooses the worker, opens the attempt's room, reads the hirer's
 * repository where the work is pushed, and puts the task folder in storage.
 */
export async function stage(context: AttemptContext): Promise<StepCommit> {
  const { attempt, record, ports } = context;
  if (attempt.progress.wantsNewFolder === true) return await renewFolder(context);
  const refused = await refusal(context);
  if (refused !== undefined) return refused;
  const unfit = whyUnfit(context);
  if (unfit !== undefined) return requireOperator(context, { code: unfit });
  const asked = ownerAsked(context);
  if (asked !== undefined) return asked;
  const meddled = await meddledSinceAssigned(context);
  if (meddled !== undefined) return meddled;

  const choice = await ports.directory.choose(record.agentId, attempt.hiring.workerMatrixId);
  if (choice.kind === 'nobody') {
    return requireOperator(context, { code: 'worker_missing', problem: choice.problem });
  }
  const { worker, room } = placeOf(context, choice);
  if (room === 'missing') return await openRoom(context, worker);
  const delivery = await deliveryFor(context);
  if (delivery.kind === 'decided') return delivery.commit;
  const { progress } = attempt;
  // Whatever becomes of this step, the token is taken out of the folder at the end.
  if (delivery.delivery.mode === 'push_by_worker' && progress.tokenInFolder !== true) {
    const noted = { ...progress, worker, tokenInFolder: true };
    return waits(context, 'the repository token is added to the task folder', 0, { progress: noted });
  }
  const order = {
    ...orderOf(context, worker),
    delivery: delivery.delivery,
    context: await ports.marketplace.context(record.agentId),
    isFresh: attempt.progress.messages.length === 0,
  };
  let known = context;
  let outcome = await ports.storage.stage(order);
  if (outcome.kind === 'foreign') {
    const earlier = await assignedBefore(context, worker);
    if (earlier.kind === 'unavailable')
      return stepFailed(context, { code: 'room_unread', problem: earlier.problem });
    if (earlier.kind === 'unassigned') return giveUpFolder(context, outcome.names);
    const received = await receiveAgain(context);
    if (received.kind === 'decided') return received.commit;
    known = { ...context, attempt: remembering(attempt, received.progress) };
    outcome = await ports.storage.stage({ ...order, isFresh: false });
  }
  switch (outcome.kind) {
    case 'staged':
      return await noteStaged(known, { choice, worker, room }, delivery.delivery, outcome);
    case 'foreign':
      return giveUpFolder(context, outcome.names);
    case 'refused':
      return requireOperator(context, { code: 'storage_refused', problem: outcome.problem });
    case 'unavailable':
      return stepFailed(context, { code: 'folder_unwritten', problem: outcome.problem });
  }
}

/** Written again, a folder that somebody else changed while its worker was at it would show nothing of that any more. */
async function meddledSinceAssigned(context: AttemptContext): Promise<StepCommit | undefined> {
  const { worker, written, messages } = context.attempt.progress;
  if (worker === undefined || written === undefined) return undefined;
  const names = await meddledNames(context, worker);
  if ('problem' in names) return stepFailed(context, { code: 'folder_unread', problem: names.problem });
  if (names.length === 0) return undefined;
  if (messages.length > 0) return meddledWith(context, names);
  // A process that was overtaken may have told it, and could not store that.
  const earlier = await assignedBefore(context, worker);
  if (earlier.kind === 'unavailable')
    return stepFailed(context, { code: 'room_unread', problem: earlier.problem });
  return earlier.kind === 'assigned' ? meddledWith(context, names) : undefined;
}

async function noteStaged(
  context: AttemptContext,
  { choice, worker, room }: { choice: Chosen; worker: WorkerAddress; room: AttemptRoom | undefined },
  delivery: TaskDelivery,
  { evidence, written }: Extract<StageOutcome, { kind: 'staged' }>,
): Promise<StepCommit> {
  const { attempt, ports, nowMs } = context;
  const { progress } = attempt;
  return transitioned(context, 'staged', `the task folder of ${worker.name} was written and read back`, {
    progress: {
      ...progress,
      worker,
      room,
      // A room of its own holds nothing of other hirers.
      clearFirst: choice.clearFirst === true && !choice.roomPerAttempt,
      attention: undefined,
      source:
        delivery.mode === 'push' ? { branch: delivery.branch, commit: delivery.commit } : progress.source,
      written: writtenNow(progress.written, written),
      milestones: withMilestone(progress.milestones, 'staged', nowMs, evidence),
      // Whatever the worker does from here on may be about this attempt.
      activitySequence:
        progress.messages.length > 0 ? progress.activitySequence : await ports.activities.latest(),
    },
  });
}

/** A hiring that its agent's owner does not take is refused before a worker is woken. */
async function refusal(context: AttemptContext): Promise<StepCommit | undefined> {
  const { record, attempt, ports } = context;
  // Who was told already may be at it.
  if (attempt.progress.messages.length > 0) return undefined;
  if (await ports.store.isPaused(record.agentId, record.hiringId, attempt.number)) {
    return failureDecided(context, {
      reason: 'other',
      text: 'This agent currently accepts no new work.',
    });
  }
  const broken = brokenRule(attempt.hiring, policyOf(context));
  return broken === undefined
    ? undefined
    : failureDecided(context, broken, { cause: `policy: ${broken.text}` });
}

/** Where the owner wants to be asked before any work, or nobody can say if the work pays what the owner asks for, it is. */
function ownerAsked(context: AttemptContext): StepCommit | undefined {
  const { attempt } = context;
  const policy = policyOf(context);
  const { approve } = policy;
  const { approved, messages } = attempt.progress;
  if (approved?.price !== true && messages.length === 0 && isPriceUnclear(attempt.hiring, policy)) {
    return requireOperator(context, { code: 'price_unclear' }, { approves: 'work' });
  }
  if (approved?.work === true) return undefined;
  const pushes = policy.approvePushes && deliveryOf(attempt.hiring, policy) === 'push';
  if (approve !== 'work' && approve !== 'both' && !pushes) return undefined;
  return requireOperator(context, { code: 'work_approval' }, { approves: 'work' });
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
  const { progress } = attempt;
  const outcome = await ports.rooms.open(taskOf(record, attempt, worker));
  switch (outcome.kind) {
    case 'open': {
      const { roomId } = outcome;
      return waits(context, `a room for ${worker.name} was created`, 0, {
        progress: { ...progress, worker: { ...worker, roomId }, room: { roomId, userId: worker.userId } },
      });
    }
    case 'refused':
      return requireOperator(context, { code: 'room_refused', problem: outcome.problem });
    case 'limited':
      return waits(context, 'the homeserver limits the rate of new rooms', outcome.retryAfterMs);
    case 'unavailable':
      return stepFailed(context, { code: 'room_not_created', problem: outcome.problem });
  }
}

/** What a hiring lacks that no worker may be given. */
export type UnfitCode = Extract<
  AttentionCode,
  'git_missing' | 'repository_missing' | 'delivery_unclear' | 'task_text_missing'
>;

/** Why no worker may be given this hiring; undefined when one may. */
export function whyUnfit(context: AttemptContext): UnfitCode | undefined {
  const { hiring } = context.attempt;
  const policy = policyOf(context);
  switch (deliveryOf(hiring, policy)) {
    case 'push':
      if (policy.push === 'adapter' && context.ports.repositories === undefined) {
        return 'git_missing';
      }
      if (hiring.repoUrl === undefined || hiring.repoToken === undefined) {
        return 'repository_missing';
      }
      break;
    case 'unclear':
      return 'delivery_unclear';
    case 'output':
      break;
  }
  return hiring.description.trim() === '' ? 'task_text_missing' : undefined;
}
