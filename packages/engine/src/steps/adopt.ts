import {
  receiveMessages,
  NO_CONVERSATION,
  type AttemptProgress,
  type FindOutcome,
  type FoundMessage,
  type Milestone,
  type StepCommit,
  type TaskId,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { createdAtMs, type AttemptContext } from '../context.ts';
import { transitioned, stepFailed, waits, withMilestone } from '../step-results.ts';
import { deliveryFor } from './delivery.ts';
import { orderOf } from './task-order.ts';
import { refreshHiring } from './refresh-hiring.ts';

/** Further apart than this no two clocks of a working installation are taken to be. */
const CLOCKS_APART_MS = 86_400_000;

/**
 * Takes up an assignment that the store does not know: an attempt that was sent already holds a slot of the worker, whether or
 * not one is free. Undefined when the worker is to be told.
 */
export async function adopt(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit | undefined> {
  const { claim, attempt, ports, settings, nowMs } = context;
  if (mustLookFirst(context)) {
    const looked = await lookForAssignments(context, worker, 'sent');
    if (looked?.event === 'sent') {
      await ports.store.reserveWorker(claim, worker.name, Number.MAX_SAFE_INTEGER);
    }
    if (looked !== undefined) return looked;
  }
  if (!settings.adoptOnly) return undefined;
  return waits(context, `${worker.name} was not notified of it yet`, settings.rereadMs, {
    progress: { ...attempt.progress, soughtAtMs: nowMs },
  });
}

/**
 * True when the worker may have been told by somebody who could not store it: the store was rebuilt or
 * restored from a backup, or an answer was lost so long ago that the homeserver has forgotten our
 * transaction id. A hiring of unknown age may be old, and so may one that a clock dates into the future.
 */
export function mustLookFirst({ record, attempt, ports, settings, nowMs }: AttemptContext): boolean {
  const unsure = attempt.progress.messages.length === 0 || record.lastFailure !== undefined;
  const boughtAtMs = createdAtMs(attempt.hiring, ports);
  return unsure && (boughtAtMs === undefined || Math.abs(nowMs - boughtAtMs) >= settings.lookFirstAfterMs);
}

/** Takes up assignments that stand in the room but not in the store; undefined when there are none. */
export async function lookForAssignments(
  context: AttemptContext,
  worker: WorkerAddress,
  event: 'sent' | 'sent_again' | 'fell_silent',
): Promise<StepCommit | undefined> {
  const { record, attempt, ports } = context;
  const { progress } = attempt;
  const sinceMs = soughtSinceMs(context);
  const target = { worker, hiringId: record.hiringId, attempt: attempt.number };
  const outcome = await ports.messenger.findAssignments(target, sinceMs);
  if (outcome.kind === 'unavailable')
    return stepFailed(context, { code: 'room_unread', problem: outcome.problem }, { progress });

  const task = assignedTask(context, outcome.messages);
  if (task !== attempt.taskId) return await takeUpTask(context, worker, task);
  const known = new Set(progress.messages.map(({ number }) => number));
  const afterSequence = progress.messages[0]?.afterSequence ?? progress.activitySequence;
  const taken = outcome.messages
    .filter(({ taskId, number }) => taskId === task && !known.has(number))
    .map(({ number, eventId, sentAtMs }) => {
      return { purpose: 'assignment', number, eventId, sentAtMs, afterSequence } as const;
    });
  const [first] = taken;
  if (first === undefined) return undefined;
  const messages = [...progress.messages, ...taken].toSorted((a, b) => a.number - b.number);
  return transitioned(context, event, `${worker.name} was already notified (message ${messages.length})`, {
    progress: {
      ...progress,
      messages,
      milestones: answeredProofs(progress, first, outcome.answer),
      claimedAtMs: undefined,
    },
  });
}

/** Whether the worker may have been told of the attempt by somebody who could not store it. */
export async function assignedBefore(
  context: AttemptContext,
  worker: WorkerAddress,
): Promise<{ kind: 'assigned' | 'unassigned' } | Extract<FindOutcome, { kind: 'unavailable' }>> {
  const { record, attempt, ports } = context;
  const target = { worker, hiringId: record.hiringId, attempt: attempt.number };
  const outcome = await ports.messenger.findAssignments(target, soughtSinceMs(context));
  if (outcome.kind === 'unavailable') return outcome;
  const former = new Set(attempt.progress.formerTaskIds);
  const isAssigned = outcome.messages.some(({ taskId }) => !former.has(taskId));
  return { kind: isAssigned ? 'assigned' : 'unassigned' };
}

/**
 * It cannot be older than an attempt may get: then it would have been given up. The time is the marketplace's, what is
 * searched is dated by the homeserver, and our clock may have been set between the two or may not know theirs yet: so
 * much longer is looked back. Looking too far costs pages, not far enough tells the worker twice.
 */
function soughtSinceMs({ record, attempt, ports, settings, nowMs }: AttemptContext): number {
  const sinceMs =
    createdAtMs(attempt.hiring, ports) ??
    Math.min(record.receivedAtMs, nowMs) - settings.deadline.maxDurationMs;
  return sinceMs - CLOCKS_APART_MS;
}

/** What the room shows of a worker that was told before: that it was, and that it answered. */
function answeredProofs(
  { milestones }: AttemptProgress,
  first: Pick<FoundMessage, 'sentAtMs' | 'eventId'>,
  answer: Extract<FindOutcome, { kind: 'found' }>['answer'],
): readonly Milestone[] {
  const sent = withMilestone(milestones, 'sent', first.sentAtMs, first.eventId);
  return answer === undefined
    ? sent
    : withMilestone(sent, 'acknowledged', answer.atMs, `message ${answer.eventId}`);
}

/**
 * The task id under which the worker has the attempt: that of the newest assignment whose folder was not given up, as
 * long as the store knows of none that it was told under its own.
 */
function assignedTask({ attempt }: AttemptContext, found: readonly FoundMessage[]): TaskId {
  const { progress, taskId } = attempt;
  if (progress.messages.length > 0) return taskId;
  const former = new Set(progress.formerTaskIds);
  const newest = found
    .filter((message) => !former.has(message.taskId))
    .toSorted((one, other) => one.sentAtMs - other.sentAtMs)
    .at(-1);
  return newest?.taskId ?? taskId;
}

/**
 * The worker was told of this attempt under another task id, by a store that was lost together with its key: that one is
 * the attempt's from now on. Its folder is there; writing it again makes sure of what we put there.
 */
async function takeUpTask(
  context: AttemptContext,
  worker: WorkerAddress,
  taskId: TaskId,
): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const received = await receiveAgain(context);
  if (received.kind === 'decided') return received.commit;
  // The source lies there, too, as an object of ours.
  const chosen = await deliveryFor(context);
  if (chosen.kind === 'decided') return chosen.commit;
  const { delivery } = chosen;
  const progress = {
    ...received.progress,
    ...(delivery.mode === 'push' ? { source: { branch: delivery.branch, commit: delivery.commit } } : {}),
  };
  const outcome = await ports.storage.stage({
    ...orderOf({ ...context, attempt: { ...attempt, taskId } }, worker),
    delivery,
    context: await ports.marketplace.context(record.agentId),
  });
  if (outcome.kind !== 'staged') {
    const reason =
      outcome.kind === 'foreign'
        ? ({ code: 'folder_foreign' } as const)
        : ({ code: 'folder_unwritten', problem: outcome.problem } as const);
    return stepFailed(context, reason, { progress });
  }
  return {
    ...waits(context, `${worker.name} was already notified, under another task id`, 0, {
      progress: {
        ...progress,
        written: outcome.written,
        formerTaskIds: [...(progress.formerTaskIds ?? []), attempt.taskId],
      },
    }),
    taskId,
  };
}

/**
 * What the hirer said lies in the folder of a worker that was told by a store which is lost. Heard again, it is written
 * again, and is not taken for what others put there.
 */
export async function receiveAgain(
  context: AttemptContext,
): Promise<
  | { readonly kind: 'received'; readonly progress: AttemptProgress }
  | { readonly kind: 'decided'; readonly commit: StepCommit }
> {
  const { progress } = context.attempt;
  const read = await refreshHiring(context);
  switch (read.kind) {
    case 'decided':
      return read;
    case 'unread': {
      const commit = stepFailed(
        context,
        { code: 'hiring_unread', problem: read.problem },
        { retryAfterMs: read.retryAfterMs },
      );
      return { kind: 'decided', commit };
    }
    case 'active': {
      const before = progress.conversation ?? NO_CONVERSATION;
      return {
        kind: 'received',
        progress: { ...progress, conversation: receiveMessages(before, read.messages ?? []) },
      };
    }
  }
}
