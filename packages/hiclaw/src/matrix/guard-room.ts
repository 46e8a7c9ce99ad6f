import {
  asksForApproval,
  type AnswerRefusal,
  type CommandAnswer,
  type CommandQuestion,
  type WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { messageActivity } from './event-activity.ts';
import { eventTimeMs } from './event-time.ts';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { readPage } from './read-page.ts';
import type { SyncEvent } from './sync-answer.ts';

/** The state of a question of a worker's guard in its room. */
export type QuestionStanding =
  /** It is the last word there. */
  | { readonly kind: 'open' }
  /** We answered it. */
  | { readonly kind: 'answered'; readonly answered: CommandAnswer }
  | { readonly kind: 'refused'; readonly code: AnswerRefusal }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

/** What can be a word in a room; one that is encrypted may be anything. */
const WORDS = JSON.stringify({ types: ['m.room.message', 'm.room.encrypted'] });
/** Far more than is said between a question and its answer; one that lies behind it is over. */
const LOOKED_AT = 50;

export const ANSWERS_KEY = 'com.agrenting.answers';
export const ANSWER_KEY = 'com.agrenting.answer';
const ourAnswer = z.object({ [ANSWERS_KEY]: z.string(), [ANSWER_KEY]: z.enum(['yes', 'no']) });

/**
 * Looks whether a question is still the last word of its room, in the words that were shown: whatever was said after it,
 * by anybody, answered it or shows that the worker went on, and a yes would be taken for what the worker asks next.
 */
export async function standingOfQuestion(
  homeserver: Homeserver,
  worker: WorkerAddress,
  question: CommandQuestion,
  signal: AbortSignal,
): Promise<QuestionStanding> {
  const read = await readPage(homeserver, { roomId: worker.roomId, filter: WORDS, limit: LOOKED_AT, signal });
  if (read.kind === 'failed') return read;
  const { chunk } = read.value;
  const at = chunk.findIndex((event) => event.event_id === question.eventId);
  const newer = at < 0 ? chunk : chunk.slice(0, at);
  const ours = newer.flatMap((event) => answerIn(event, homeserver) ?? []);
  const answered = ours.find((answer) => answer.question === question.eventId);
  if (answered !== undefined) return { kind: 'answered', answered };
  if (at < 0) return { kind: 'refused', code: chunk.length === 0 ? 'retracted' : 'went_on' };
  if (isRetracted(chunk, question)) return { kind: 'refused', code: 'retracted' };
  const [newest] = newer;
  if (newest !== undefined) return { kind: 'refused', code: whatCame(newer, worker, question) };
  const said = textOf(chunk[at], worker);
  return said === question.text ? { kind: 'open' } : { kind: 'refused', code: 'too_long' };
}

/** An answer of ours, by the keys that it bears; its time is by our own clock. */
export function answerIn(
  event: SyncEvent,
  { userId: ourUserId, clock }: Pick<Homeserver, 'userId' | 'clock'>,
): CommandAnswer | undefined {
  const { event_id: eventId, sender } = event;
  const atMs = eventTimeMs(event, clock, Date.now()) ?? 0;
  const keys = ourAnswer.safeParse(event.content);
  if (sender !== ourUserId || eventId === undefined || !keys.success) return undefined;
  return { question: keys.data[ANSWERS_KEY], answer: keys.data[ANSWER_KEY], eventId, atMs };
}

/** Deleted: the question, or the message that it was an edit of. */
function isRetracted(chunk: readonly SyncEvent[], { eventId, firstEventId }: CommandQuestion): boolean {
  return chunk.some(
    (event) =>
      (event.event_id === eventId || event.event_id === firstEventId) && event.content['body'] === undefined,
  );
}

function whatCame(
  newer: readonly SyncEvent[],
  worker: WorkerAddress,
  { firstEventId }: CommandQuestion,
): AnswerRefusal {
  if (newer.some(({ sender }) => sender !== worker.userId)) return 'answered';
  const asks = newer.some((event) => {
    const { replacesEventId, text = '' } = messageActivity(worker, event) ?? {};
    return replacesEventId === firstEventId || asksForApproval(text);
  });
  return asks ? 'newer_question' : 'went_on';
}

/** As the worker's activity holds it. Where only the beginning of a long message is in the event, it is not the whole. */
function textOf(event: SyncEvent | undefined, worker: WorkerAddress): string | undefined {
  return event === undefined ? undefined : messageActivity(worker, event)?.text;
}
