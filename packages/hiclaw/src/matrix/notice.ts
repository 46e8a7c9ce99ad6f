import { z } from 'zod';
import { undoneBy } from './failure.ts';
import type { Homeserver, HomeserverAnswer } from './homeserver.ts';
import { roomPath } from './room-address.ts';
import { join } from './room.ts';

export interface Notice {
  readonly roomId: string;
  /** Our words. */
  readonly text: string;
  /** The same notice sent twice is the same event. */
  readonly transactionId: string;
  readonly signal?: AbortSignal | undefined;
}

export type NoticeOutcome =
  | { readonly kind: 'said'; readonly eventId: string }
  /** A definite no; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Nobody knows whether it was said: say the same again later. */
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

const sendAnswer = z.object({ event_id: z.string().min(1) });

/** Says something for people to read: it mentions nobody and wakes no worker. Accepts an invitation to the room. */
export async function sayNotice(homeserver: Homeserver, notice: Notice): Promise<NoticeOutcome> {
  let sent = await send(homeserver, notice);
  if (sent.kind === 'failed' && sent.failure.kind === 'refused' && sent.failure.status === 403) {
    const joined = await join(homeserver, notice.roomId, notice.signal);
    if (joined.kind === 'fit') sent = await send(homeserver, notice);
  }
  if (sent.kind === 'answered') return { kind: 'said', eventId: sent.value.event_id };
  return undoneBy(
    sent.failure,
    (problem) =>
      `${problem}: invite ${homeserver.userId} to room ${notice.roomId} and let it post there, or correct the room`,
  );
}

async function send(
  homeserver: Homeserver,
  { roomId, text, transactionId, signal }: Notice,
): Promise<HomeserverAnswer<z.infer<typeof sendAnswer>>> {
  return await homeserver.call({
    method: 'PUT',
    path: `${roomPath(roomId)}/send/m.room.message/${encodeURIComponent(transactionId)}`,
    body: { msgtype: 'm.notice', body: text, 'm.mentions': {} },
    answer: sendAnswer,
    signal,
  });
}
