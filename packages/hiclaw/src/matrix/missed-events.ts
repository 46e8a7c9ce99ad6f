import type { Homeserver } from './homeserver.ts';
import type { HomeserverFailure } from './failure.ts';
import { roomPath } from './room-address.ts';
import { messagesAnswer, type SyncEvent } from './sync-answer.ts';

/** Messages of a room that an answer left out. */
export type MissedEvents =
  /** Oldest first. `complete` is false when there were more than `MAX_PAGES` pages of them. */
  | { readonly kind: 'events'; readonly events: readonly SyncEvent[]; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

const PAGE_SIZE = 100;
const MAX_PAGES = 20;

const MESSAGES_ONLY = JSON.stringify({ types: ['m.room.message'] });

export interface Gap {
  readonly roomId: string;
  /** The newest end of the gap: where the answer's own events begin. */
  readonly fromToken: string;
  /** The oldest end: the position before the answer; absent on the first look. */
  readonly toToken: string | undefined;
  /** Nothing older than this is wanted. */
  readonly sinceMs: number;
}

/** Reads what lies in a gap, backwards, up to a bound. */
export async function readMissedEvents(
  homeserver: Homeserver,
  gap: Gap,
  signal: AbortSignal,
): Promise<MissedEvents> {
  const newestFirst: SyncEvent[] = [];
  let from = gap.fromToken;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await homeserver.call({
      method: 'GET',
      path: `${roomPath(gap.roomId)}/messages`,
      query: {
        dir: 'b',
        from,
        limit: String(PAGE_SIZE),
        filter: MESSAGES_ONLY,
        ...(gap.toToken === undefined ? {} : { to: gap.toToken }),
      },
      answer: messagesAnswer,
      signal,
    });
    if (answer.kind === 'failed') return answer;
    const { chunk, end } = answer.value;
    const wanted = chunk.filter((event) => (event.origin_server_ts ?? 0) >= gap.sinceMs);
    newestFirst.push(...wanted);
    const reachedStart = end === undefined || end === from || end === gap.toToken;
    const reachedOld = chunk.length > 0 && wanted.length === 0;
    if (reachedStart || reachedOld)
      return { kind: 'events', events: newestFirst.toReversed(), complete: true };
    from = end;
  }
  return { kind: 'events', events: newestFirst.toReversed(), complete: false };
}
