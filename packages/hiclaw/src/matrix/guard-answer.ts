import { createHash } from 'node:crypto';
import type {
  AnswerRefusal,
  CommandAnswer,
  CommandQuestion,
  WorkerAddress,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf } from './failure.ts';
import { ANSWER_KEY, answerIn, ANSWERS_KEY, standingOfQuestion } from './guard-room.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';
import { syncEvent } from './sync-answer.ts';

export type AnswerOutcome =
  /** It is in the room. */
  | { readonly kind: 'said'; readonly answered: CommandAnswer }
  /** We answered the question before; nothing was sent. */
  | { readonly kind: 'answered'; readonly answered: CommandAnswer }
  /** The room has moved on; nothing was sent. */
  | { readonly kind: 'refused'; readonly code: AnswerRefusal }
  /** Nobody knows whether it was said: the same again finds out. */
  | { readonly kind: 'failed'; readonly problem: string };

/** What guards of CoPaw and QwenPaw take; CoPaw's takes everything but a yes as a no. */
const WORDS = { yes: '/approve', no: '/deny' } as const;

/**
 * Answers the question of a worker's guard, if it is the last word of its room. The answer is the whole body, the worker
 * named in `m.mentions` alone; behind a mention in the text a yes would be taken as a no (seen with copaw-worker 1.0.4).
 * A question is answered once: the transaction id is made from its event id, so that a second answer is the same event.
 */
export async function answerGuard(
  homeserver: Homeserver,
  worker: WorkerAddress,
  question: CommandQuestion,
  answer: 'yes' | 'no',
  signal: AbortSignal,
): Promise<AnswerOutcome> {
  const standing = await standingOfQuestion(homeserver, worker, question, signal);
  switch (standing.kind) {
    case 'failed':
      return { kind: 'failed', problem: problemOf(standing.failure) };
    case 'refused':
      // What nobody was shown whole can still be said no to.
      if (standing.code === 'too_long' && answer === 'no') break;
      return standing;
    case 'answered':
      return standing;
    case 'open':
      break;
  }
  const room = roomPath(worker.roomId);
  const sent = await homeserver.call({
    method: 'PUT',
    path: `${room}/send/m.room.message/${transactionOf(question)}`,
    body: {
      msgtype: 'm.text',
      body: WORDS[answer],
      'm.mentions': { user_ids: [worker.userId] },
      [ANSWERS_KEY]: question.eventId,
      [ANSWER_KEY]: answer,
    },
    answer: z.object({ event_id: z.string() }),
    signal,
  });
  if (sent.kind === 'failed') return { kind: 'failed', problem: problemOf(sent.failure) };
  // An earlier answer whose fate was unknown is the same event, and may say something else.
  const read = await homeserver.call({
    method: 'GET',
    path: `${room}/event/${encodeURIComponent(sent.value.event_id)}`,
    answer: syncEvent,
    signal,
  });
  if (read.kind === 'failed') return { kind: 'failed', problem: problemOf(read.failure) };
  const answered = answerIn(read.value, homeserver);
  if (answered === undefined) return { kind: 'failed', problem: 'the answer cannot be read back' };
  return { kind: answered.answer === answer ? 'said' : 'answered', answered };
}

function transactionOf({ eventId }: CommandQuestion): string {
  return `agrenting-guard-${createHash('sha256').update(eventId).digest('hex')}`;
}
