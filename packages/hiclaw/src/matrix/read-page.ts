import type { Homeserver, HomeserverAnswer } from './homeserver.ts';
import { roomPath } from './room-address.ts';
import { messagesAnswer, type MessagesPage } from './sync-answer.ts';

export interface PageRequest {
  readonly roomId: string;
  /** As `/messages` takes it, in JSON. */
  readonly filter: string;
  /** Events of one page; fewer are asked for where they are too large to be read. */
  readonly limit: number;
  /** Where to begin; the newest end when left out. */
  readonly from?: string | undefined;
  /** Where to end, if not at the oldest. */
  readonly to?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One page of a room, newest first. Where its messages are too large for one answer, a page of half as many, down to one. */
export async function readPage(
  homeserver: Homeserver,
  { roomId, filter, limit, from, to, signal }: PageRequest,
): Promise<HomeserverAnswer<MessagesPage>> {
  for (let asked = limit; ; asked = Math.floor(asked / 2)) {
    const answer = await homeserver.call({
      method: 'GET',
      path: `${roomPath(roomId)}/messages`,
      query: {
        dir: 'b',
        limit: String(asked),
        filter,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
      answer: messagesAnswer,
      signal,
    });
    const tooLarge = answer.kind === 'failed' && answer.failure.kind === 'lost' && answer.failure.tooLarge;
    if (tooLarge !== true || asked === 1) return answer;
  }
}
