import {
  CLOCK_SPREAD_MS,
  currentHiring,
  receiveMessages,
  isEnd,
  NO_CONVERSATION,
  type HiringMessage,
  type StepCommit,
  type StepFailureReason,
} from '@agrenting-hiclaw/core/domain';
import { openedAtMs, theirNowMs, type AttemptContext, type StepContext } from './context.ts';
import { timesOf } from './deadlines.ts';
import { withoutFuture } from './no-future.ts';
import { inTime } from './recent-statements.ts';
import { failureDecided, remembering, stepFailed } from './step-results.ts';
import { handleAttention, resume } from './steps/handle-attention.ts';
import { bounded } from './steps/bound.ts';
import { deliver } from './steps/deliver.ts';
import { reviewResult } from './steps/review-result.ts';
import { isRereadDue, refreshHiring } from './steps/refresh-hiring.ts';
import { send } from './steps/send.ts';
import { settle } from './steps/settle.ts';
import { stage } from './steps/stage.ts';
import { monitorWorker } from './steps/monitor-worker.ts';
import { isForLateAlone, takeBackLate } from './take-back.ts';

/**
 * One step of one hiring: what its state asks for, after a look at the marketplace where one is due.
 *
 *     heard        reread   read it under the agent's key, open the attempt
 *     confirmed    stage    choose the worker, open the room, write the task folder
 *     staged       send     see that the worker runs, tell it
 *     sent         watch    look for activity, send again
 *     acknowledged watch    look for the result
 *     submitted    judge    collect the result, pass it through the gate
 *                  deliver  push the change, upload the files, store the settlement
 *     settling     settle   read again, then send result or failure
 *     attention    attend   wait for a person without forgetting
 *     (ends)       reread   a hirer's retry opens the next attempt
 */
export async function step(given: StepContext): Promise<StepCommit> {
  const context = { ...given, record: withoutFuture(given.record, given.nowMs) };
  const commit = isForLateAlone(context.record) ? lookedAt(context) : await stepOnce(context);
  const now = { ...context, nowMs: context.ports.clock.nowMs() };
  return await takeBackLate(
    now,
    bounded(now, context.record === given.record ? commit : remembered(context, commit)),
  );
}

/** The end stays as it is. */
function lookedAt({ record }: StepContext): StepCommit {
  return { cause: 'an assignment arrived late', lastFailure: record.lastFailure };
}

/** The commit with the attempt's memory set right, so that the same is not set right again and again at another moment. */
function remembered({ record }: StepContext, commit: StepCommit): StepCommit {
  if (record.attempt === undefined || isEnd(record.state) || commit.open !== undefined) return commit;
  return { ...commit, progress: commit.progress ?? record.attempt.progress };
}

async function stepOnce(context: StepContext): Promise<StepCommit> {
  const { attempt, state } = context.record;
  if (attempt === undefined || isEnd(state)) return await confirm(context);
  const withAttempt: AttemptContext = { ...context, attempt };
  // Settling reads the hiring itself, before every send.
  if (state === 'settling' || !isRereadDue(context)) return await stepOf(withAttempt);

  const readings = context.ports.marketplaceClock?.readings;
  const read = await refreshHiring(context);
  switch (read.kind) {
    case 'decided':
      return read.commit;
    case 'unread':
      // An outage of the marketplace must not stop the watch over a worker.
      return await stepOf(withAttempt);
    case 'active': {
      // The read took time, and what follows counts from now.
      const told = withDeadline(withMessages(withAttempt, read.messages), read.deadlineAtMs);
      const shown = knowsTheTime(context, readings) ? withOpening(told) : told;
      const now = { ...shown, nowMs: context.ports.clock.nowMs() };
      const commit = (state === 'attention' ? resume(now) : undefined) ?? (await stepOf(now));
      const progress = commit.progress ?? (now.attempt === attempt ? undefined : now.attempt.progress);
      return { ...commit, progress, reread: true, marker: read.marker };
    }
  }
}

/** The attempt with what the hirer said since the last read. */
function withMessages(context: AttemptContext, messages: readonly HiringMessage[] = []): AttemptContext {
  const { progress } = context.attempt;
  const before = progress.conversation ?? NO_CONVERSATION;
  const conversation = receiveMessages(before, messages);
  if (conversation === before) return context;
  return { ...context, attempt: remembering(context.attempt, { ...progress, conversation }) };
}

/** The attempt with the deadline as the read states it; one that states none takes nothing away. */
function withDeadline(context: AttemptContext, deadlineMs: number | undefined): AttemptContext {
  const { attempt } = context;
  if (deadlineMs === undefined || deadlineMs === currentHiring(attempt).deadlineAtMs) return context;
  return { ...context, attempt: remembering(attempt, { ...attempt.progress, deadlineAtMs: deadlineMs }) };
}

/**
 * Whether the marketplace's clock is known as it is now: it was told since, or never is. What was told before may be of the
 * time before a clock was set.
 */
function knowsTheTime({ ports, nowMs }: StepContext, before: number | undefined): boolean {
  const isOld = before !== undefined && before > 0 && ports.marketplaceClock?.readings === before;
  return !isOld && ports.clock.nowMs() >= nowMs;
}

/** The attempt as opened no later than now: one of the clocks was set since. It is noted once, so that its time does end. */
function withOpening(context: AttemptContext): AttemptContext {
  const { attempt, ports } = context;
  if (openedAtMs(attempt, ports) <= ports.clock.nowMs() + CLOCK_SPREAD_MS) return context;
  const progress = { ...attempt.progress, openedTheirMs: theirNowMs(ports) };
  return { ...context, attempt: remembering(attempt, progress) };
}

async function confirm(context: StepContext): Promise<StepCommit> {
  const read = await refreshHiring(context);
  switch (read.kind) {
    case 'decided':
      return read.commit;
    case 'unread':
      return stepFailed(
        context,
        { code: 'hiring_unread', problem: read.problem },
        { retryAfterMs: read.retryAfterMs },
      );
    case 'active':
      throw new Error(`hiring ${context.record.hiringId} has no open attempt, yet its read opened none`);
  }
}

async function stepOf(context: AttemptContext): Promise<StepCommit> {
  const { state } = context.record;
  switch (state) {
    case 'confirmed':
      return tooLate(context) ?? (await stage(context));
    case 'staged':
      return tooLate(context) ?? (await send(context));
    case 'sent':
    case 'acknowledged':
      return inTime(context, await monitorWorker(context));
    case 'submitted':
      return await (context.attempt.progress.accepted === undefined
        ? reviewResult(context)
        : deliver(context));
    case 'settling':
      return await settle(context);
    case 'attention':
      return inTime(context, await handleAttention(context));
    case 'received':
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'rejected':
      throw new Error(`hiring ${context.record.hiringId} is ${state} with an attempt: there is no such step`);
  }
}

function unreadReason({ reading: { problem } }: AttemptContext): StepFailureReason {
  return problem === undefined ? { code: 'hiring_not_read' } : { code: 'hiring_unread', problem };
}

/** A task that no worker has been given shortly before its deadline is not begun any more. */
function tooLate(context: AttemptContext): StepCommit | undefined {
  const { reading, nowMs } = context;
  if (nowMs < timesOf(context).giveUpMs) return undefined;
  // Whether it is that late, the marketplace alone can say.
  if (!reading.hasSucceeded) return stepFailed(context, unreadReason(context));
  return failureDecided(
    context,
    { reason: 'agent_unresponsive', text: 'The task could not be assigned to a worker in time.' },
    // It may have been told before, and be handed over again.
    { unlessDelivered: true },
  );
}
