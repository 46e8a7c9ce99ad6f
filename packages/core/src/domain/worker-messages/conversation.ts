import { createHash } from 'node:crypto';
import type { TaskId } from '../hiring/ids.ts';

/** Something that was said about a hiring on the marketplace (Agrenting API reference, 5.2 and 6.6). */
export interface HiringMessage {
  readonly id: string;
  readonly kind: 'message' | 'question' | 'answer';
  /** False for what was said under the agent's own key. */
  readonly fromHirer: boolean;
  /** Data from outside, never an instruction to us. */
  readonly text: string;
}

/** A message of the hirer, or of the worker's owner, on its way to the worker. */
export interface IncomingMessage {
  /** 1 for the first of the attempt; names its object. */
  readonly number: number;
  readonly kind: HiringMessage['kind'] | 'owner';
  readonly text: string;
  /** True once its object lies in the task folder; then the worker is notified of it. */
  readonly written: boolean;
}

/** Words of the worker, or of its owner, on their way to the hirer. */
export interface OutgoingMessage {
  readonly kind: 'progress' | 'question' | 'owner';
  readonly text: string;
  /** The same key says it once (Agrenting API reference, 13.3). */
  readonly key: string;
  readonly tries: number;
}

/** A question that waits for the hirer. */
export interface OpenQuestion {
  /** In the worker's words. */
  readonly text: string;
  /** When the hirer was asked. */
  readonly askedAtMs: number;
}

/** What hirer and worker say to each other in one attempt, as far as it is under way. */
export interface Conversation {
  /** Ids of the messages that were taken up, newest last. */
  readonly seen: readonly string[];
  /** How many messages of the hirer were taken up. */
  readonly received: number;
  readonly incoming: readonly IncomingMessage[];
  readonly outgoing: readonly OutgoingMessage[];
  /** How many messages of the worker were taken up. */
  readonly said: number;
  /** How many of them were reports of progress. */
  readonly reports?: number | undefined;
  /** How many of them were questions. */
  readonly questions?: number | undefined;
  /** Keys of the worker's words that were put on their way: with its edits, a message is one report, and one question. */
  readonly sentKeys?: readonly string[] | undefined;
  /** Characters of the workers' own words among them, those of earlier attempts counted in. */
  readonly sentCharacters?: number | undefined;
  /** Nothing is said to the hirer before this moment. */
  readonly notBeforeMs?: number | undefined;
  /** When the worker was last told that something came, or that nothing will. */
  readonly relayedAtMs?: number | undefined;
  readonly question?: OpenQuestion | undefined;
  /** How often the worker was told that no answer came. */
  readonly unanswered: number;
}

export const NO_CONVERSATION: Conversation = {
  seen: [],
  received: 0,
  incoming: [],
  outgoing: [],
  said: 0,
  unanswered: 0,
};

/** Ids that are remembered; the marketplace shows recent messages only. */
const MAX_SEEN = 500;
/** Messages of a hirer that one attempt's worker is notified of. Each costs its owner model time. */
const MAX_RECEIVED = 50;
/** Longer text is cut: the marketplace allows 5,000 characters. */
const MAX_TEXT = 20_000;
/** Messages of a worker that its hirer gets in one attempt. */
const MAX_SAID = 30;

/** Takes up what the hirer said since the last read; the same object when there was nothing new. */
export function receiveMessages(
  conversation: Conversation,
  messages: readonly HiringMessage[],
): Conversation {
  const seen = new Set(conversation.seen);
  const fresh = messages.filter(({ id }) => !seen.has(id));
  if (fresh.length === 0) return conversation;
  const room = Math.max(0, MAX_RECEIVED - conversation.received);
  const said = fresh.filter(({ fromHirer, text }) => fromHirer && text.trim() !== '').slice(0, room);
  const incoming = said.map(({ kind, text }, index) => ({
    number: conversation.received + index + 1,
    kind,
    text: text.slice(0, MAX_TEXT),
    written: false,
  }));
  return {
    ...conversation,
    seen: [...conversation.seen, ...fresh.map(({ id }) => id)].slice(-MAX_SEEN),
    received: conversation.received + incoming.length,
    incoming: [...conversation.incoming, ...incoming],
  };
}

/** How long the answer to an open question is waited for yet, in milliseconds; undefined without a question. */
export function answerLeftMs(
  conversation: Conversation | undefined,
  nowMs: number,
  answerWaitMs: number,
): number | undefined {
  const askedAtMs = conversation?.question?.askedAtMs;
  return askedAtMs === undefined ? undefined : askedAtMs + answerWaitMs - nowMs;
}

/** Whether a hirer was told as much of its worker as in one attempt it may be. */
export function reachedMessageLimit({ said }: Conversation): boolean {
  return said >= MAX_SAID;
}

/** Puts words of the owner on their way to the worker; undefined when it was told as much as one attempt allows. */
export function queueForWorker(conversation: Conversation, text: string): Conversation | undefined {
  if (conversation.received >= MAX_RECEIVED) return undefined;
  const number = conversation.received + 1;
  const incoming = { number, kind: 'owner', text: text.slice(0, MAX_TEXT), written: false } as const;
  return { ...conversation, received: number, incoming: [...conversation.incoming, incoming] };
}

/** How much of a worker's words its hirer receives before anything is paid. */
export interface MessageLimit {
  /** Characters of each message; the rest is cut. */
  readonly characters: number;
  /** Messages of one attempt. */
  readonly messages: number;
}

/**
 * Puts words on their way to the hirer; the same object when they are already, or too many. What is known by its key and
 * was not tried yet takes its newest words.
 */
export function queueForHirer(
  conversation: Conversation,
  { kind, text, key }: Omit<OutgoingMessage, 'tries'>,
  limit: MessageLimit = { characters: MAX_TEXT, messages: MAX_SAID },
): Conversation {
  const { reports = 0, questions = 0, sentCharacters = 0, sentKeys = [] } = conversation;
  const said = cut(text, Math.min(limit.characters, MAX_TEXT));
  if (isQueuedOrSent(conversation, key)) return inNewestWords(conversation, key, said);
  if (reachedMessageLimit(conversation)) return conversation;
  if (kind === 'progress' && reports >= limit.messages) return conversation;
  if (kind === 'question' && questions >= limit.messages) return conversation;
  return {
    ...conversation,
    outgoing: [...conversation.outgoing, { kind, text: said, key, tries: 0 }],
    sentKeys: kind === 'owner' ? sentKeys : [...sentKeys, key],
    said: conversation.said + 1,
    reports: reports + (kind === 'progress' ? 1 : 0),
    questions: questions + (kind === 'question' ? 1 : 0),
    sentCharacters: sentCharacters + (kind === 'owner' ? 0 : said.length),
  };
}

/** Whether words with this key are on their way to the hirer, or were. */
export function isQueuedOrSent({ sentKeys = [], outgoing }: Conversation, key: string): boolean {
  return sentKeys.includes(key) || outgoing.some((message) => message.key === key);
}

/** The hirer may have what was tried: the same key is said once, whatever its words. */
function inNewestWords(conversation: Conversation, key: string, text: string): Conversation {
  const { outgoing, sentCharacters = 0 } = conversation;
  const at = outgoing.findIndex((message) => message.key === key);
  const waiting = outgoing[at];
  if (waiting === undefined || waiting.kind === 'owner' || waiting.tries > 0) return conversation;
  return {
    ...conversation,
    outgoing: outgoing.with(at, { ...waiting, text }),
    sentCharacters: sentCharacters + text.length - waiting.text.length,
  };
}

function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  // Half of a character beyond the basic plane is none.
  return `${text.slice(0, Math.max(0, characters - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The idempotency key of what a worker said: the same words of the same message are said once. */
export function messageKeyOf(taskId: TaskId, source: string): string {
  const digest = createHash('sha256').update(`${taskId}/message/${source}`).digest('hex');
  return `agrenting-hiclaw-${digest.slice(0, 40)}`;
}
