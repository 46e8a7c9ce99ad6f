import type { WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';

export type AnswerOutcome = { readonly kind: 'said' } | { readonly kind: 'failed'; readonly problem: string };

/**
 * Answers a worker that asks before it runs a command. Yes is `/approve` as the whole body, the worker named in
 * `m.mentions` alone; behind a mention in the text it would be taken as a no (seen with copaw-worker 1.0.4).
 * `transactionId` makes a repetition the same event.
 */
export async function answerGuard(
  homeserver: Homeserver,
  worker: WorkerAddress,
  answer: 'yes' | 'no',
  transactionId: string,
): Promise<AnswerOutcome> {
  const sent = await homeserver.call({
    method: 'PUT',
    path: `${roomPath(worker.roomId)}/send/m.room.message/${encodeURIComponent(transactionId)}`,
    body: {
      msgtype: 'm.text',
      body: answer === 'yes' ? '/approve' : 'No, do not run it.',
      'm.mentions': { user_ids: [worker.userId] },
    },
    answer: z.object({ event_id: z.string() }),
  });
  return sent.kind === 'answered' ? { kind: 'said' } : { kind: 'failed', problem: problemOf(sent.failure) };
}
