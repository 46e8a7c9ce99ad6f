import { isDeepStrictEqual } from 'node:util';
import {
  attentionWhy,
  traitsOf,
  wantsNewFolder,
  type AttemptProgress,
  type HoldReason,
  type StepCommit,
  type StepFailure,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { catchUp, hasCome, timesOf } from '../deadlines.ts';
import { finishOf, isWaitedFor, type Finish } from '../finish.ts';
import {
  dueBy,
  failureDecided,
  MAX_UNFORESEEN,
  transitioned,
  remembering,
  stepFailed,
  waits,
} from '../step-results.ts';
import { askPending, relayMessages } from './relay-messages.ts';
import {
  inspectWorker,
  meddledNames,
  meddledWith,
  submitted,
  waitsForYes,
  type Inspection,
} from './inspect-worker.ts';
import { whyUnfit } from './stage.ts';

/**
 * `attention`: a person is needed, but the hiring is not forgotten meanwhile. What was in the way may
 * have gone; a worker that was told may deliver, or deliver something better than what is held; a task
 * that no worker has taken, or whose result nobody mends, is given up before its deadline, so that the
 * hirer is refunded.
 */
export async function handleAttention(context: AttemptContext): Promise<StepCommit> {
  const { attention, worker, messages } = context.attempt.progress;
  if (attention?.approves === 'hold') return await keepHeld(context);
  // Whatever it holds by now may be another's: a person says what becomes of it.
  if (wantsNewFolder(attention?.reason)) return giveUpResult(context) ?? waitsForOperator(context);
  if (attention?.retryAtMs !== undefined && context.nowMs >= attention.retryAtMs) {
    const again = goOn(context, 'what failed is tried again');
    if (again !== undefined) {
      // An error of ours that comes once more is a standstill again.
      const isOurs = traitsOf(attention.reason).cause === 'adapter';
      return isOurs ? { ...again, lastFailure: almostStandstill(context) } : again;
    }
  }
  switch (stateBefore(context)) {
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'acknowledged':
      return worker === undefined || messages.length === 0
        ? ((await relayMessages(context, undefined)) ?? giveUp(context) ?? (await tryAgain(context)))
        : await lookForResult(context, worker);
    case 'submitted':
      return worker === undefined ? waitsForOperator(context) : await lookForBetter(context, worker);
    case 'settling':
    case 'attention':
      return (await relayMessages(context, undefined)) ?? waitsForOperator(context);
  }
}

/**
 * Held by its owner: nothing is taken and nothing is begun, but what the owner says is passed on, and a hirer whose
 * task no worker has taken, or whose result nobody lets go, is not left waiting past the deadline.
 */
async function keepHeld(context: AttemptContext): Promise<StepCommit> {
  const { worker, messages, accepted } = context.attempt.progress;
  const told = messages.length === 0 ? undefined : worker;
  const from = stateBefore(context);
  // What was accepted is not read again.
  if (told !== undefined && accepted === undefined && from !== 'settling') {
    const names = await meddledNames(context, told);
    if (!('problem' in names) && names.length > 0) return meddledWith(context, names);
  }
  // Whatever is said to a worker that waits for a yes is taken as a no.
  const listener = told !== undefined && (await waitsForYes(context, told)) ? undefined : told;
  const talked = await relayMessages(context, listener);
  if (talked !== undefined) return talked;
  switch (from) {
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'acknowledged':
      return giveUp(context) ?? waitsForOperator(context);
    case 'submitted':
      return giveUpResult(context) ?? waitsForOperator(context);
    case 'settling':
    case 'attention':
      return waitsForOperator(context);
  }
}

/**
 * Goes on where a doubt about the marketplace's answers had stopped the attempt, now that a read has
 * shown it as active. Undefined when it was no such doubt, or when `attend` continues automatically.
 */
export function resume(context: AttemptContext): StepCommit | undefined {
  if (context.attempt.progress.attention?.endsWith !== 'read') return undefined;
  // What its worker did meanwhile is looked at before it is given up.
  if (!wasTaken(context) && hasCome(context, timesOf(context).giveUpMs)) return undefined;
  return goOn(context, 'the marketplace shows the hiring as active again');
}

/** Leads a told attempt back to where it stood; undefined where `attend` itself begins again once it can. */
function goOn(context: AttemptContext, cause: string): StepCommit | undefined {
  const { progress } = context.attempt;
  const { reason } = progress.attention ?? {};
  const notifyAgain = (reason !== undefined && traitsOf(reason).endsBy === 'notified_again') || undefined;
  const extras = { progress: { ...progress, attention: undefined, notifyAgain } };
  switch (stateBefore(context)) {
    case 'sent':
    case 'acknowledged':
      return transitioned(context, wasTaken(context) ? 'acknowledged' : 'cleared', cause, extras);
    case 'submitted':
      return transitioned(context, 'submitted', cause, extras);
    case 'settling':
      return transitioned(context, 'settling_resumed', cause, extras);
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'attention':
      return undefined;
  }
}

function almostStandstill({ record, attempt, nowMs }: AttemptContext): StepFailure {
  const code =
    attempt.progress.attention?.reason.code === 'commit_refused' ? 'commit_refused' : 'step_failed';
  const { count = 0, sinceMs = nowMs, waitMs = 0, reason = { code } } = record.lastFailure ?? {};
  return { count, sinceMs, waitMs, reason, unforeseen: MAX_UNFORESEEN - 1 };
}

function stateBefore({ attempt }: AttemptContext) {
  return attempt.progress.attention?.from ?? 'confirmed';
}

function wasTaken({ attempt }: AttemptContext): boolean {
  return attempt.progress.milestones.some((milestone) => milestone.kind === 'acknowledged');
}

function waitsForOperator(context: AttemptContext): StepCommit {
  const { progress } = context.attempt;
  return waits(context, 'awaits an operator', context.settings.attentionMs, { progress });
}

/** As in the states before: who was not given or did not take the task is not waited for past the deadline. */
function giveUp(context: AttemptContext): StepCommit | undefined {
  const { progress } = context.attempt;
  const { deadlineMs, giveUpMs } = timesOf(context);
  if (wasTaken(context)) {
    if (!context.settings.failOverdue || !hasCome(context, deadlineMs)) return undefined;
    return failureDecided(
      context,
      { reason: 'timeout', text: 'The work was not completed by the deadline.' },
      { unlessDelivered: true },
    );
  }
  if (!hasCome(context, giveUpMs)) return undefined;
  const catchingUp = progress.messages.length === 0 ? undefined : catchUp(context, progress);
  if (catchingUp !== undefined) return catchingUp;
  const from = stateBefore(context);
  // The hirer receives only what it can change; the rest is the owner's own affair.
  const unfit = whyUnfit(context);
  return failureDecided(
    context,
    {
      reason: from === 'received' || from === 'confirmed' ? 'capability_mismatch' : 'agent_unresponsive',
      text: `The task could not be assigned to a worker${unfit === undefined ? ' in time' : `: ${attentionWhy({ code: unfit })}`}.`,
    },
    { unlessDelivered: true },
  );
}

/** Starts over when what was in the way has gone; the first outside effect after that finds out if not. */
async function tryAgain(context: AttemptContext): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const { approves, endsWith, retryAtMs = 0 } = attempt.progress.attention ?? {};
  if (approves !== undefined || context.nowMs < retryAtMs) return waitsForOperator(context);
  if (endsWith === 'read' && !context.reading.hasSucceeded) return waitsForOperator(context);
  if (whyUnfit(context) !== undefined) return waitsForOperator(context);
  const choice = await ports.directory.choose(record.agentId, attempt.hiring.workerMatrixId);
  if (choice.kind === 'nobody') return waitsForOperator(context);
  return transitioned(context, 'cleared', 'a worker is available; the hand-over starts over');
}

/** Shortly before the deadline a result that nobody lets go is reported as a failure. */
function giveUpResult(context: AttemptContext): StepCommit | undefined {
  const { giveUpMs } = timesOf(context);
  if (!hasCome(context, giveUpMs) || wasFoundLate(context, giveUpMs)) return undefined;
  return failureDecided(context, {
    reason: 'other',
    text: 'No acceptable result was delivered in time.',
  });
}

/**
 * Whether a result was found only when its worker was to be given up, because nothing of it had been heard: its owner has
 * as long as a worker that is late, and what is heard by then of the worker counts.
 */
function wasFoundLate({ attempt: { progress } }: AttemptContext, giveUpMs: number): boolean {
  if (progress.attention?.reason.code !== 'result_without_activity') return false;
  return progress.milestones.some(({ kind, atMs }) => kind === 'submitted' && atMs >= giveUpMs);
}

/** A result that is held: whatever has changed in the folder is reviewed again, until shortly before the deadline. */
async function lookForBetter(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit> {
  const { attempt } = context;
  const seen = await inspectWorker(context, worker);
  const { progress } = seen.evidence;
  const learned = { ...context, attempt: remembering(attempt, progress) };
  if (seen.kind === 'seen' && seen.changed.length > 0) return meddledWith(learned, seen.changed);
  const finish = seen.kind === 'seen' && isToJudge(seen, progress) ? finishOf(learned, seen) : undefined;
  if (finish !== undefined && finish.leftMs <= 0) return submitted(learned, seen.evidence, doubtIn(seen));
  if (finish?.isReported === true) {
    return waits(context, 'the result is changing', finish.leftMs, { progress });
  }
  const talked = await talk(learned, worker);
  if (talked !== undefined) return talked;
  const isComing = finish !== undefined && isWaitedFor(finish, timesOf(context).giveUpMs);
  const givenUp = isComing ? undefined : giveUpResult(learned);
  if (givenUp !== undefined) return givenUp;
  if (seen.kind === 'blind')
    return stepFailed(context, { code: 'folder_unread', problem: seen.problem }, { progress });
  return whenFinished(learned, finish);
}

/** Passes on what hirer and worker say, a question that the worker asks now among it. */
async function talk(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit | undefined> {
  const asked = askPending(context);
  if (asked !== undefined)
    return waits(context, 'the worker asks the hirer a question', 0, { progress: asked });
  return await relayMessages(context, worker);
}

/** Whether there is another result than the one that is held, or another word of the worker about it. */
function isToJudge(
  { hasResult, doubt }: Extract<Inspection, { kind: 'seen' }>,
  { listing, attention, reported, blocked, unclear }: AttemptProgress,
): boolean {
  if (!hasResult && doubt === undefined) return false;
  if (unclear?.kind === 'blocked') return true;
  // An operator who is asked for approval is to know what the worker said since.
  if (blocked !== undefined && blocked.atMs !== attention?.blockedAtMs) return true;
  if (listing?.digest !== attention?.judged) return true;
  const { reason } = attention ?? {};
  if (reason?.code === 'result_without_activity' || reason?.code === 'result_not_reported') return hasResult;
  if (reason?.code === 'result_while_blocked') return hasResult && blocked === undefined;
  return reason?.code === 'result_digest_mismatch' && !isDeepStrictEqual(reason.reported, reported?.sha256s);
}

async function lookForResult(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit> {
  const { attempt } = context;
  const seen = await inspectWorker(context, worker);
  const { progress, acknowledged } = seen.evidence;
  const learned = { ...context, attempt: remembering(attempt, progress) };
  if (seen.kind === 'seen' && seen.changed.length > 0) return meddledWith(learned, seen.changed);
  const isDoubted = seen.kind === 'seen' && seen.doubt !== undefined && progress.guard === undefined;
  const finish = seen.kind === 'seen' && (seen.hasResult || isDoubted) ? finishOf(learned, seen) : undefined;
  if (finish !== undefined && finish.leftMs <= 0) return submitted(learned, seen.evidence, doubtIn(seen));
  if (finish?.isReported === true) {
    return waits(context, 'a result is arriving', finish.leftMs, { progress });
  }
  if (acknowledged && progress.attention?.endsWith === 'activity') {
    return transitioned(context, 'acknowledged', 'the worker showed activity that confirms it has the task', {
      progress: { ...progress, attention: undefined },
    });
  }
  if (isClearNow(progress)) {
    return transitioned(context, 'acknowledged', 'the worker reported its status', {
      progress: { ...progress, attention: undefined },
    });
  }
  const asks = changedQuestion(context, learned);
  if (asks !== undefined) return asks;
  const talked = await talk(learned, worker);
  if (talked !== undefined) return talked;
  const { giveUpMs, deadlineMs } = timesOf(context);
  const isComing = finish !== undefined && isWaitedFor(finish, wasTaken(learned) ? deadlineMs : giveUpMs);
  const givenUp = isComing ? undefined : giveUp(learned);
  if (givenUp !== undefined) return givenUp;
  if (seen.kind === 'blind')
    return stepFailed(context, { code: 'folder_unread', problem: seen.problem }, { progress });
  return whenFinished(learned, finish);
}

function doubtIn(seen: Inspection): HoldReason | undefined {
  return seen.kind === 'seen' ? seen.doubt : undefined;
}

/** Waits for a person, or until what lies there counts as finished. */
function whenFinished(context: AttemptContext, finish: Finish | undefined): StepCommit {
  const { leftMs } = finish ?? { leftMs: Infinity };
  return dueBy(waitsForOperator(context), context.ports.clock.nowMs() + leftMs);
}

/**
 * Whether the worker was silent, or it was not clear if it is blocked, and what counts now says that it is, or that it is not
 * in doubt any more.
 */
function isClearNow({ attention, unclear, blocked }: AttemptProgress): boolean {
  const isBlocked = blocked?.why !== undefined;
  if (attention?.endsWith === 'activity') return isBlocked;
  return attention?.reason.code === 'blocked_in_doubt' && (unclear === undefined || isBlocked);
}

/**
 * The worker waits with another question than its owner was told of, or waits no more: the watch goes on, and has the
 * owner told of a newer question.
 */
function changedQuestion(
  before: AttemptContext,
  { attempt: { progress } }: AttemptContext,
): StepCommit | undefined {
  const { attention, guard } = progress;
  if (attention?.approves !== undefined) return undefined;
  const known =
    attention?.reason.code === 'guard_question' ? before.attempt.progress.guard?.eventId : undefined;
  if (known === guard?.eventId) return undefined;
  const cause =
    guard === undefined ? 'the worker no longer waits for an answer' : 'the worker asks another question';
  return transitioned(before, 'acknowledged', cause, { progress: { ...progress, attention: undefined } });
}
