import {
  answerLeftMs,
  reachedMessageLimit,
  isSafeOutbound,
  messageKeyOf,
  NO_CONVERSATION,
  queueForHirer,
  isQueuedOrSent,
  type AttemptProgress,
  type Conversation,
  type IncomingMessage,
  type StepCommit,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { policyOf, secretsIn, type AttemptContext } from '../context.ts';
import { requireOperator, stepFailed, waits } from '../step-results.ts';
import { taskOf } from './task.ts';
import { writtenNow } from './written.ts';

/** Tries to tell the hirer something before a report of progress is dropped, and the owner is asked about a question. */
const MAX_SEND_TRIES = 5;
const RESEND_MS = 30_000;
const LONGEST_RESEND_WAIT_MS = 10 * 60_000;

/**
 * Hirer and worker talking, one message at a time: what the hirer said goes into the task folder, and the worker is
 * told where; what the worker said goes to the hirer (Agrenting API reference, 6.6). The owner's words go the same ways.
 * Undefined when there is nothing to pass on now. Without a worker only the hirer can be told.
 */
export async function relayMessages(
  context: AttemptContext,
  worker: WorkerAddress | undefined,
): Promise<StepCommit | undefined> {
  const { conversation = NO_CONVERSATION, guard } = context.attempt.progress;
  // Whatever is said to a worker that waits for a yes is taken as a no.
  if (worker !== undefined && guard === undefined && conversation.incoming.length > 0)
    return await relay(context, worker, conversation);
  if (conversation.outgoing.length > 0 && context.nowMs >= (conversation.notBeforeMs ?? 0)) {
    return await say(context, conversation);
  }
  return undefined;
}

function remembered(context: AttemptContext, conversation: Conversation): { progress: AttemptProgress } {
  return { progress: { ...context.attempt.progress, conversation } };
}

async function relay(
  context: AttemptContext,
  worker: WorkerAddress,
  conversation: Conversation,
): Promise<StepCommit> {
  const { record, attempt, ports, nowMs } = context;
  const { progress } = attempt;
  const [message, ...others] = conversation.incoming;
  if (message === undefined) throw new Error('there is no message to relay');
  if (!message.written) {
    const outcome = await ports.storage.addMessage(attempt.taskId, message);
    if (outcome.kind !== 'staged') {
      return stepFailed(context, { code: 'folder_unwritten', problem: outcome.problem }, { progress });
    }
    const incoming = [{ ...message, written: true }, ...others];
    const written = writtenNow(progress.written, outcome.written);
    return waits(context, `the ${writerOf(message)}'s message is in the task folder`, 0, {
      progress: { ...progress, written, conversation: { ...conversation, incoming } },
    });
  }
  const outcome = await ports.messenger.send({
    ...taskOf(record, attempt, worker),
    purpose: 'message',
    number: message.number,
    from: writerOf(message),
  });
  switch (outcome.kind) {
    case 'sent': {
      const question = message.kind === 'question' ? conversation.question : undefined;
      return waits(
        context,
        `${worker.name} was notified of the ${writerOf(message)}'s message`,
        0,
        remembered(context, { ...conversation, incoming: others, question, relayedAtMs: nowMs }),
      );
    }
    case 'limited':
      return waits(context, 'the homeserver limits the rate of messages', outcome.retryAfterMs, { progress });
    case 'refused':
    case 'not_joined':
    case 'unknown':
      return stepFailed(context, { code: 'message_not_sent', problem: outcome.problem }, { progress });
  }
}

function writerOf({ kind }: IncomingMessage): 'owner' | 'client' {
  return kind === 'owner' ? 'owner' : 'client';
}

async function say(context: AttemptContext, conversation: Conversation): Promise<StepCommit> {
  const { record, ports, settings, nowMs } = context;
  const [message, ...others] = conversation.outgoing;
  if (message === undefined) throw new Error('there is nothing to say');
  const { kind, text, key, tries } = message;
  const outcome = await ports.marketplace.sendMessage(record.agentId, record.hiringId, {
    kind: kind === 'owner' ? 'notice' : kind,
    text,
    idempotencyKey: key,
    again: tries > 0,
  });
  // Where reads show messages, but never this one, the marketplace's word is taken in the end.
  if (outcome.kind === 'delivered' || (outcome.taken === true && tries >= MAX_SEND_TRIES)) {
    const notBeforeMs = nowMs + settings.sendEveryMs;
    const { question } = conversation;
    const rest = {
      ...conversation,
      outgoing: others,
      notBeforeMs,
      // The answer is waited for from now on.
      question: kind === 'question' && question !== undefined ? { ...question, askedAtMs: nowMs } : question,
    };
    const what = kind === 'owner' ? "the owner's message" : `the worker's ${kind}`;
    return waits(context, `the hirer was sent ${what}`, 0, remembered(context, rest));
  }
  if (kind === 'progress' && tries + 1 >= MAX_SEND_TRIES) {
    const rest = { ...conversation, outgoing: others };
    return waits(context, 'the progress could not be sent to the hirer', 0, remembered(context, rest));
  }
  const outgoing = [{ ...message, tries: tries + 1 }, ...others];
  const notBeforeMs = nowMs + Math.min(LONGEST_RESEND_WAIT_MS, RESEND_MS * (tries + 1));
  const untold = remembered(context, { ...conversation, outgoing, notBeforeMs });
  if (kind !== 'question' || tries + 1 !== MAX_SEND_TRIES) {
    return waits(context, `the message could not be sent to the hirer: ${outcome.problem}`, 0, untold);
  }
  return requireOperator(context, { code: 'question_not_delivered' }, { ...untold, quote: text });
}

/**
 * The attempt's memory with a question on its way to the hirer; undefined when the owner is to be asked: by its rules,
 * or because the words may hold something of the owner's. `source` tells one question from another; one that was edited after it was
 * asked is asked once more.
 */
export function askHirer(context: AttemptContext, text: string, source: string): AttemptProgress | undefined {
  const { attempt, nowMs } = context;
  const { progress, taskId } = attempt;
  if (policyOf(context).questions !== 'hirer' || !isSafeOutbound(text, secretsIn(context))) return undefined;
  const before = progress.conversation ?? NO_CONVERSATION;
  const firstKey = messageKeyOf(taskId, source);
  const laterKey = messageKeyOf(taskId, `${source} edited`);
  const isEdit =
    isQueuedOrSent(before, firstKey) &&
    !before.outgoing.some(({ key, tries }) => key === firstKey && tries === 0);
  // What is edited without an end is asked no more often than that.
  if (isEdit && (isQueuedOrSent(before, laterKey) || before.question?.text === text)) return progress;
  // One that asks without end is for its owner to look at.
  const { questionLimit } = policyOf(context);
  if (reachedMessageLimit(before) || (before.questions ?? 0) >= questionLimit.messages) return undefined;
  const key = isEdit ? laterKey : firstKey;
  const conversation = queueForHirer(before, { kind: 'question', text, key }, questionLimit);
  return {
    ...progress,
    // What it says once it was told of the answer is acted on.
    blocked: progress.blocked && { ...progress.blocked, why: undefined },
    conversation: { ...conversation, question: { text, askedAtMs: nowMs } },
  };
}

/** The same with the question that the worker asked and that nothing was done about yet; undefined also where there is none. */
export function askPending(context: AttemptContext): AttemptProgress | undefined {
  const { pending } = context.attempt.progress;
  if (pending?.kind !== 'question') return undefined;
  const asked = askHirer(context, pending.what, pending.source);
  return asked === undefined ? undefined : { ...asked, pending: undefined };
}

/** What to do while a question is open: wait for the hirer, then tell the worker that no answer came; undefined without one. */
export async function awaitAnswer(
  context: AttemptContext,
  worker: WorkerAddress,
): Promise<StepCommit | undefined> {
  const { record, attempt, ports, settings, nowMs } = context;
  const { progress } = attempt;
  const { conversation } = progress;
  const leftMs = answerLeftMs(conversation, nowMs, settings.answerWaitMs);
  if (conversation === undefined || leftMs === undefined) return undefined;
  if (leftMs > 0) {
    return waits(context, "waiting for the hirer's answer", Math.min(leftMs, settings.inspectMs), {
      progress,
    });
  }
  const number = conversation.unanswered + 1;
  const outcome = await ports.messenger.send({
    ...taskOf(record, attempt, worker),
    purpose: 'no-answer',
    number,
  });
  if (outcome.kind === 'limited') {
    return waits(context, 'the homeserver limits the rate of messages', outcome.retryAfterMs, { progress });
  }
  if (outcome.kind !== 'sent')
    return stepFailed(context, { code: 'message_not_sent', problem: outcome.problem }, { progress });
  return waits(
    context,
    `${worker.name} was notified that no answer came`,
    0,
    remembered(context, { ...conversation, question: undefined, unanswered: number, relayedAtMs: nowMs }),
  );
}
