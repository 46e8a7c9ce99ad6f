import {
  inQuotes,
  isShownWhole,
  outboundText,
  type AttemptProgress,
  type AttentionReason,
  type CommandQuestion,
  type StepCommit,
  type UnclearStatement,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { secretsIn, type AttemptContext } from '../context.ts';
import { catchUp, hasCome, timesOf } from '../deadlines.ts';
import { sayingIn, type WorkerSignals, type Saying } from '../worker-signals.ts';
import { finishOf, isWaitedFor, type Finish } from '../finish.ts';
import {
  dueBy,
  failureDecided,
  transitioned,
  requireOperator,
  remembering,
  stepFailed,
  waits,
  withoutError,
} from '../step-results.ts';
import { askedAtMs } from '../unclear.ts';
import { blocked } from './blocked.ts';
import { askPending, awaitAnswer, relayMessages } from './relay-messages.ts';
import { syncedUntilMs, inspectWorker, meddledWith, submitted, type Inspection } from './inspect-worker.ts';
import { notifyWorker } from './send.ts';
import { taskOf } from './task.ts';

/**
 * `sent` and `acknowledged`: looks for activity of the worker in its room and its folder, and decides
 * what they mean. Silence is answered by waking the worker and telling it again; a deadline by
 * reporting the failure, so that the hirer is refunded.
 */
export async function monitorWorker(context: AttemptContext): Promise<StepCommit> {
  const { attempt, record } = context;
  const { worker } = attempt.progress;
  if (worker === undefined) throw new Error(`attempt ${attempt.taskId} was sent to no worker`);

  const seen = await inspectWorker(context, worker);
  const { evidence } = seen;
  const learned = { ...context, attempt: remembering(attempt, evidence.progress) };
  const { guard } = evidence.progress;
  if (seen.kind === 'blind' && guard === undefined) {
    // The activity counts as looked at with this commit, so what it means must not be lost with the folder.
    if (record.state === 'sent' && evidence.acknowledged) return hasTask(learned, evidence);
    return (
      giveUp(learned, seen) ??
      stepFailed(context, { code: 'folder_unread', problem: seen.problem }, { progress: evidence.progress })
    );
  }
  if (seen.kind === 'seen' && seen.changed.length > 0) return meddledWith(learned, seen.changed);
  const finish = seen.kind === 'seen' && seen.hasResult ? finishOf(learned, seen) : undefined;
  if (finish === undefined) return await watchOn(learned, worker, seen);
  // It counts once two looks at the folder agree (HiClaw reference, 13.5).
  if (finish.leftMs <= 0) return submitted(learned, evidence);
  const commit = finish.isReported
    ? hasTask(learned, evidence)
    : await watchOn(learned, worker, seen, finish);
  return dueBy(commit, context.ports.clock.nowMs() + finish.leftMs);
}

/** Acts on what the worker says, or on its silence, while there is no result, or one that it may not have finished. */
async function watchOn(
  context: AttemptContext,
  worker: WorkerAddress,
  seen: Inspection,
  finish?: Finish,
): Promise<StepCommit> {
  const { evidence } = seen;
  const { guard } = evidence.progress;
  if (guard !== undefined) {
    // Nothing is said to it meanwhile, and its owner is shown the whole question.
    return isBeingAsked(evidence.progress) ? hasTask(context, evidence) : waitsAtGuard(context, guard);
  }
  const saying = sayingIn(evidence.progress);
  if (saying !== undefined) return await answerSaying(context, worker, saying);
  // The worker has the task by now, or is about to: other messages come after that.
  if (context.record.state === 'acknowledged') {
    const talked = await relayMessages(context, worker);
    if (talked !== undefined) return talked;
  }
  return await judgeSilence(context, worker, seen, finish);
}

/** Whether the question of its guard may still be edited. */
function isBeingAsked({ received = [], guard }: AttemptProgress): boolean {
  return received.some(({ source }) => source === guard?.firstEventId);
}

function isUnproven(seen: Inspection): boolean {
  return seen.kind === 'seen' && seen.doubt?.code === 'result_without_activity';
}

/** A result that is not taken for the worker's own: read and held for its owner, since nothing better is to be expected. */
function heldInDoubt(context: AttemptContext, seen: Inspection): StepCommit | undefined {
  if (seen.kind === 'blind' || seen.doubt === undefined) return undefined;
  return submitted(context, seen.evidence, seen.doubt);
}

/** Notes that the worker has the task, if that is news. */
function hasTask(context: AttemptContext, { progress, acknowledged }: WorkerSignals): StepCommit {
  const { record, settings } = context;
  if (record.state === 'sent' && acknowledged) {
    return transitioned(context, 'acknowledged', 'the worker showed activity that confirms it has the task', {
      progress,
    });
  }
  return waits(context, 'the worker is monitored', settings.inspectMs, { progress });
}

/** More than `quotable` gives. */
const MAX_BLOCKED_CHARACTERS = 460;

/** The worker's own words where a hirer may see them. */
function quoted(context: AttemptContext, why: string): string {
  const words = outboundText(why, secretsIn(context));
  return words === undefined
    ? ' by a technical problem on its side.'
    : `. It says: ${inQuotes(words, MAX_BLOCKED_CHARACTERS)}`;
}

async function answerSaying(
  context: AttemptContext,
  worker: WorkerAddress,
  saying: Saying,
): Promise<StepCommit> {
  const { progress } = context.attempt;
  switch (saying.kind) {
    case 'blocked':
      return blocked(
        context,
        { reason: 'other', text: `The worker is blocked${quoted(context, saying.why)}` },
        'the worker reports that it is blocked',
      );
    case 'question': {
      const asked = askPending(context);
      if (asked !== undefined) {
        const told = { ...context, attempt: remembering(context.attempt, asked) };
        return { ...hasTask(told, { progress: asked, acknowledged: true }), dueAtMs: context.nowMs };
      }
      return requireOperator(
        context,
        { code: 'worker_question' },
        { progress: { ...progress, pending: undefined }, quote: saying.what },
      );
    }
    case 'error':
      return await notifyAgain(context, worker, undefined, { code: 'model_failed' }, saying.what);
  }
}

/** The worker's guard waits for a person: nothing else is said in its room, for that would be taken as a no. */
function waitsAtGuard(context: AttemptContext, question: CommandQuestion): StepCommit {
  const { progress } = context.attempt;
  return requireOperator(
    context,
    { code: 'guard_question', isShownWhole: isShownWhole(question) },
    { progress },
  );
}

async function judgeSilence(
  context: AttemptContext,
  worker: WorkerAddress,
  seen: Inspection,
  finish: Finish | undefined,
): Promise<StepCommit> {
  const { record, settings, nowMs } = context;
  const { evidence } = seen;
  const { progress } = evidence;
  const hasIt = evidence.acknowledged || record.state === 'acknowledged';

  const givenUp = finish === undefined ? giveUp(context, seen) : undefined;
  if (givenUp !== undefined) return givenUp;
  const { deadlineMs } = timesOf(context);
  const isComing = finish !== undefined && isWaitedFor(finish, deadlineMs);
  if (hasIt && !isComing && hasCome(context, deadlineMs)) return await pastDeadline(context);

  const answered = await awaitAnswer(context, worker);
  if (answered !== undefined) return answered;
  if (progress.notifyAgain === true) {
    return await notifyWorker(
      context,
      worker,
      record.state === 'acknowledged' ? 'fell_silent' : 'sent_again',
    );
  }
  const told = progress.messages.at(-1)?.sentAtMs ?? nowMs;
  const asked = Math.max(
    told,
    progress.managerAsked?.atMs ?? 0,
    progress.conversation?.relayedAtMs ?? 0,
    progress.answered?.atMs ?? 0,
  );
  const quietSince = hasIt ? Math.max(asked, progress.lastActivityAtMs ?? 0) : asked;
  const doubtedUntil = doubtedUntilMs(context, quietSince, finish);
  if (nowMs >= doubtedUntil) return await askWhetherMeant(context, worker, seen);
  const { claimedAtMs = Infinity } = finish === undefined ? progress : {};
  if (nowMs - claimedAtMs >= settings.claimGraceMs) {
    // It was there before the worker came, and the worker says that there is nothing to add.
    const doubted = isUnproven(seen) ? heldInDoubt(context, seen) : undefined;
    if (doubted !== undefined) return doubted;
    return await notifyAgain(context, worker, seen, { code: 'result_not_found' });
  }
  const patienceMs = hasIt ? settings.silenceMs : settings.acknowledgeMs;
  if (nowMs - quietSince >= patienceMs) {
    if (await isUnheard(context, quietSince + patienceMs)) {
      return waits(context, 'the activity of the worker is not received at the moment', settings.inspectMs, {
        progress,
      });
    }
    const silentSeconds = Math.round((nowMs - quietSince) / 1000);
    return await notifyAgain(context, worker, seen, { code: 'worker_silent', silentSeconds });
  }
  const noted = hasTask(context, evidence);
  if (noted.event !== undefined) return noted;
  const graceMs = claimedAtMs + settings.claimGraceMs - nowMs;
  const silentMs = Math.min(patienceMs - (nowMs - quietSince), doubtedUntil - nowMs);
  const waitMs = Math.min(settings.inspectMs, silentMs, graceMs);
  return waits(context, 'the worker is monitored', waitMs, { progress });
}

/** An answer of the homeserver that has nothing to tell comes late by as much. */
const NEWS_MS = 60_000;
/** After a longer silence the worker is checked all the same. */
const MAX_UNHEARD_MS = 2 * 60 * 60_000;

/** Whether a worker may have spoken up before a moment that has come, and nobody has heard it. */
async function isUnheard(context: AttemptContext, momentMs: number): Promise<boolean> {
  if (context.nowMs - momentMs > MAX_UNHEARD_MS) return false;
  return (await syncedUntilMs(context)) + NEWS_MS < momentMs;
}

/**
 * Until when a worker of which it is not clear how it stands is left to show it: until it has been quiet for a while, or
 * has talked on for long without any sign of work.
 */
function doubtedUntilMs(
  { attempt: { progress }, settings }: AttemptContext,
  quietSince: number,
  finish: Finish | undefined,
): number {
  const { unclear, messages } = progress;
  if (unclear === undefined) return Infinity;
  if (unclear.kind === 'completed') {
    // It is asked once; a result that lies there counts on its own once it is still.
    const isAsked = askedAtMs(progress) !== undefined || messages.length >= settings.maxMessages;
    return isAsked || finish !== undefined ? Infinity : quietSince + settings.claimGraceMs;
  }
  const since = Math.max(unclear.sinceMs, unclear.workedAtMs ?? 0, askedAtMs(progress) ?? 0);
  return Math.min(Math.max(quietSince, unclear.sinceMs) + settings.acknowledgeMs, since + settings.silenceMs);
}

const DOUBTS = {
  blocked: 'blocked_in_doubt',
  question: 'question_in_doubt',
  completed: 'report_in_doubt',
} as const satisfies Readonly<Record<UnclearStatement['kind'], AttentionReason['code']>>;

/** Nobody can say whether the worker is blocked, or asks: it is notified once more, and then its operator is asked. */
async function askWhetherMeant(
  context: AttemptContext,
  worker: WorkerAddress,
  seen: Inspection,
): Promise<StepCommit> {
  const { attempt, settings } = context;
  const { progress } = attempt;
  const { unclear, messages } = progress;
  if (unclear === undefined) throw new Error(`all is clear about attempt ${attempt.taskId}`);
  const code = DOUBTS[unclear.kind];
  if (askedAtMs(progress) === undefined && messages.length < settings.maxMessages) {
    return await notifyAgain(context, worker, seen, { code });
  }
  return requireOperator(context, { code, messages: messages.length }, { progress, quote: unclear.words });
}

/**
 * Shortly before the deadline, a task that no worker has taken is reported as failed. With a result in its folder it waits
 * for its owner instead: the worker may have been at it all the time, where its room could not be heard.
 */
function giveUp(context: AttemptContext, seen: Inspection): StepCommit | undefined {
  const { evidence } = seen;
  if (evidence.acknowledged || context.record.state === 'acknowledged') return undefined;
  if (!hasCome(context, timesOf(context).giveUpMs)) return undefined;
  const catchingUp = catchUp(context, evidence.progress);
  if (catchingUp !== undefined) return catchingUp;
  const doubted = heldInDoubt(context, seen);
  if (doubted !== undefined) return doubted;
  return failureDecided(
    context,
    { reason: 'agent_unresponsive', text: 'The worker did not accept the task in time.' },
    { progress: evidence.progress, unlessDelivered: true },
  );
}

type AfterMessages = Extract<AttentionReason, { readonly messages: number }>;
type WithoutMessages<Reason> = Reason extends unknown ? Omit<Reason, 'messages'> : never;
/** Why a worker is notified again. */
type Reason = WithoutMessages<AfterMessages>;

/** Wakes the worker and tells it again, as often as the settings allow; then the Manager and the owner are asked. */
async function notifyAgain(
  context: AttemptContext,
  worker: WorkerAddress,
  seen: Inspection | undefined,
  reason: Reason,
  quote?: string,
): Promise<StepCommit> {
  const { attempt, record, settings } = context;
  const { progress } = attempt;
  if (progress.messages.length < settings.maxMessages) {
    return await notifyWorker(
      context,
      worker,
      record.state === 'acknowledged' ? 'fell_silent' : 'sent_again',
    );
  }
  const isSilent = reason.code === 'worker_silent';
  const asked = isSilent ? await askManager(context, worker) : undefined;
  if (asked !== undefined) return asked;
  const doubted = seen === undefined ? undefined : heldInDoubt(context, seen);
  if (doubted !== undefined) return doubted;
  return requireOperator(
    context,
    { ...reason, messages: progress.messages.length },
    { progress: withoutError(progress), quote, endsWith: isSilent ? 'activity' : undefined },
  );
}

/** Asks the Manager once to see to a silent worker, and gives it as long as a worker has; undefined when it is not to be asked. */
async function askManager(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit | undefined> {
  const { record, attempt, ports, settings, nowMs } = context;
  const { progress } = attempt;
  if (ports.manager === undefined || progress.managerAsked !== undefined) return undefined;
  const outcome = await ports.manager.lookAfter(taskOf(record, attempt, worker));
  if (outcome.kind === 'limited') {
    return waits(context, 'the homeserver limits the rate of messages', outcome.retryAfterMs, { progress });
  }
  // A Manager that cannot be asked does not keep the operator from being alerted.
  if (outcome.kind === 'failed') return undefined;
  return waits(context, `the Manager was asked to check ${worker.name}`, settings.acknowledgeMs, {
    progress: { ...progress, managerAsked: { atMs: nowMs, eventId: outcome.eventId } },
  });
}

/** A worker that is at work at the deadline is not failed, unless the owner set so: the hirer is notified, the owner asked. */
async function pastDeadline(context: AttemptContext): Promise<StepCommit> {
  const { record, attempt, ports, settings } = context;
  if (settings.failOverdue) {
    return failureDecided(
      context,
      { reason: 'timeout', text: 'The work was not completed by the deadline.' },
      { unlessDelivered: true },
    );
  }
  const told = await ports.marketplace.sendMessage(record.agentId, record.hiringId, {
    kind: 'notice',
    text: 'The work continues past its deadline. It will be delivered as soon as it is completed.',
    idempotencyKey: `agrenting-hiclaw-overdue-${attempt.taskId}`,
  });
  return requireOperator(
    context,
    { code: 'worker_overdue' },
    { progress: { ...attempt.progress, overdueReported: told.kind === 'delivered' } },
  );
}
