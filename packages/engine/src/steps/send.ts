import {
  OWN_OBJECTS,
  type SendOutcome,
  type StepCommit,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { policyOf, type AttemptContext } from '../context.ts';
import { cameAfter } from '../room-order.ts';
import {
  mayPass,
  transitioned,
  requireOperator,
  stepFailed,
  waits,
  withoutError,
  withMilestone,
} from '../step-results.ts';
import { adopt, lookForAssignments, mustLookFirst } from './adopt.ts';
import { expectedOf, meddledWith } from './inspect-worker.ts';
import { giveUpFolder } from './renew-folder.ts';
import { taskOf } from './task.ts';

const MAX_ACTIVITIES = 100;

/** How long a hiring waits for a busy worker; it is woken when the worker is free. */
export const BUSY_WAIT_MS = 30_000;

/** `staged`: waits for the worker's turn, sees that it runs, and tells it. */
export async function send(context: AttemptContext): Promise<StepCommit> {
  const { worker } = context.attempt.progress;
  if (worker === undefined) {
    throw new Error(`attempt ${context.attempt.taskId} was staged for no worker`);
  }
  const { claim, ports } = context;
  if (await isForgetting(context, worker)) {
    return waits(context, `${worker.name} is clearing its context of earlier jobs`, CLEAR_LOOK_MS);
  }
  const adopted = await adopt(context, worker);
  if (adopted !== undefined) return adopted;
  const reserved = await ports.store.reserveWorker(claim, worker.name, policyOf(context).concurrency);
  if (!reserved) return waits(context, `${worker.name} is busy with another hiring`, BUSY_WAIT_MS);
  return (await meddled(context, worker)) ?? (await notifyWorker(context, worker, 'sent'));
}

/** Looks once more at the folder before its worker is notified of it: nobody else may have been at it. */
async function meddled(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit | undefined> {
  const { attempt, ports } = context;
  const { progress } = attempt;
  const folder = await ports.storage.inspect(attempt.taskId, expectedOf(progress, worker));
  if (folder.kind === 'unavailable')
    return stepFailed(context, { code: 'folder_unread', problem: folder.problem }, { progress });
  if (progress.messages.length > 0) {
    return folder.changed.length === 0 ? undefined : meddledWith(context, folder.changed);
  }
  // What the marker hands in now, is nobody's that was told.
  const marker = folder.hasResult && folder.workerObjects.length === 0 ? [OWN_OBJECTS.meta] : [];
  const names = [...new Set([...folder.changed, ...folder.workerObjects, ...marker])];
  if (names.length === 0) return undefined;
  // A process that was overtaken may have told it, and could not store that.
  return (await lookForAssignments(context, worker, 'sent')) ?? giveUpFolder(context, names);
}

/**
 * Makes sure that the worker runs, then sends the assignment under its next number. The number comes
 * from what is stored, so a send that is repeated after a crash is the same event.
 */
export async function notifyWorker(
  context: AttemptContext,
  worker: WorkerAddress,
  event: 'sent' | 'sent_again' | 'fell_silent',
): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const { progress } = attempt;
  const readiness = await ports.lifecycle.ensureReady(worker);
  switch (readiness.kind) {
    case 'starting':
      return waits(
        context,
        readiness.unknownPhase === undefined
          ? `${worker.name} is being started`
          : `${worker.name} is in a phase that is unknown to this release; waiting for it`,
        readiness.waitMs,
        { progress },
      );
    case 'failed':
      return stepFailed(context, { code: 'worker_not_started', problem: readiness.problem }, { progress });
    case 'ready':
    case 'remote':
      break;
  }

  // Before the first time it was looked for already.
  if (event !== 'sent' && mustLookFirst(context)) {
    const looked = await lookForAssignments(context, worker, event);
    if (looked !== undefined) return looked;
  }

  // One that was told of its task already may be at it.
  if (progress.clearFirst === true && progress.clearing === undefined && progress.messages.length === 0) {
    return await clear(context, worker);
  }

  const afterSequence = await ports.activities.latest();
  const number = (progress.messages.at(-1)?.number ?? 0) + 1;
  const outcome = await ports.messenger.send({
    ...taskOf(record, attempt, worker),
    purpose: 'assignment',
    number,
  });
  if (outcome.kind !== 'sent') return await notSent(context, worker, outcome);
  const sentAtMs = ports.clock.nowMs();
  await ports.storage.noteDelegated(attempt.taskId, sentAtMs);
  const message = {
    purpose: 'assignment',
    number,
    eventId: outcome.eventId,
    sentAtMs,
    afterSequence,
  } as const;
  return transitioned(context, event, `${worker.name} was notified (message ${number})`, {
    progress: {
      ...withoutError(progress),
      messages: [...progress.messages, message],
      milestones: withMilestone(progress.milestones, 'sent', sentAtMs, outcome.eventId),
      claimedAtMs: undefined,
      notifyAgain: undefined,
      // It was taken as the answer.
      guard: undefined,
    },
  });
}

/** Between two looks for the answer of a worker that was told to forget. */
const CLEAR_LOOK_MS = 250;

/**
 * Whether a worker that was told to forget has not said yet that it did: said too early, the assignment would be taken for
 * a part of the command, and the answer as evidence of having the task. One that does not answer is notified all the same.
 */
async function isForgetting(
  { attempt, ports, settings, nowMs }: AttemptContext,
  worker: WorkerAddress,
): Promise<boolean> {
  const { clearing, messages } = attempt.progress;
  if (clearing === undefined || messages.length > 0 || nowMs - clearing.atMs >= settings.clearMs)
    return false;
  const activities = await ports.activities.since(
    worker.roomId,
    worker.userId,
    clearing.afterSequence,
    MAX_ACTIVITIES,
  );
  return !activities.some(
    (activity) => activity.kind === 'message' && cameAfter(activity, clearing.afterSequence, clearing.atMs),
  );
}

/** Has the worker forget what was said in its room before, so that no hirer's words reach another's job (design, 7). */
async function clear(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit> {
  const { record, attempt, ports, nowMs } = context;
  const afterSequence = await ports.activities.latest();
  const outcome = await ports.messenger.send({
    ...taskOf(record, attempt, worker),
    purpose: 'clear',
    number: 1,
  });
  if (outcome.kind !== 'sent') return await notSent(context, worker, outcome);
  return waits(context, `${worker.name} was asked to clear its context of earlier jobs`, CLEAR_LOOK_MS, {
    progress: { ...attempt.progress, clearing: { atMs: nowMs, afterSequence } },
  });
}

/** A message that was refused needs a person once the waits between two tries have grown to this: after a minute or two. */
const SURE_REFUSAL_WAIT_MS = 30_000;

async function notSent(
  context: AttemptContext,
  worker: WorkerAddress,
  outcome: Exclude<SendOutcome, { kind: 'sent' }>,
): Promise<StepCommit> {
  const { progress } = context.attempt;
  switch (outcome.kind) {
    case 'limited':
      return waits(context, 'the homeserver limits the rate of messages', outcome.retryAfterMs, { progress });
    case 'refused':
      // A homeserver that starts, or a worker that is let in again, may have it said for a moment.
      if (mayPass(context, SURE_REFUSAL_WAIT_MS))
        return stepFailed(context, { code: 'message_not_sent', problem: outcome.problem }, { progress });
      return requireOperator(context, { code: 'message_refused', problem: outcome.problem }, { progress });
    case 'not_joined':
      return await awaitWorker(context, worker, outcome.problem);
    case 'unknown':
      return stepFailed(context, { code: 'message_not_sent', problem: outcome.problem }, { progress });
  }
}

/** A worker joins the room it is invited to automatically, once it runs; this often it is looked for before a person is. */
const MAX_JOIN_LOOKS = 8;

/** The worker is not in the room: the owner's affair in its own, a matter of time in the attempt's. */
async function awaitWorker(
  context: AttemptContext,
  worker: WorkerAddress,
  problem: string,
): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const { progress } = attempt;
  if (progress.room === undefined || (record.lastFailure?.count ?? 0) >= MAX_JOIN_LOOKS) {
    return requireOperator(context, { code: 'worker_not_joined', problem }, { progress });
  }
  // It may have been invited and have left, or the invitation may be lost.
  const invited = await ports.rooms.open(taskOf(record, attempt, worker));
  const retryAfterMs = invited.kind === 'limited' ? invited.retryAfterMs : undefined;
  return stepFailed(context, { code: 'message_not_sent', problem }, { progress, retryAfterMs });
}
