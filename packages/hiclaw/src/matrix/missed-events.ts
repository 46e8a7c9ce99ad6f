import type { Homeserver } from './homeserver.ts';
import type { HomeserverFailure } from './failure.ts';
import { readPage } from './read-page.ts';
import type { SyncEvent } from './sync-answer.ts';

/** What lay in a gap, as far as it was read. */
export type MissedEvents =
  /** `complete` is false when there was more than is read back. */
  | { readonly kind: 'read'; readonly complete: boolean }
  /** The rest cannot be had now. */
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

const PAGE_SIZE = 50;
const MAX_PAGES = 40;
/** Of all that is kept of one gap. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

const MESSAGES_ONLY = JSON.stringify({ types: ['m.room.message', 'm.room.redaction'] });

export interface Gap {
  readonly roomId: string;
  /** The newest end of the gap: where the answer's own events begin. */
  readonly fromToken: string;
  /** The oldest end: the position before the answer; absent on the first look. */
  readonly toToken: string | undefined;
  /** Nothing older than this, by the homeserver's clock, is wanted. */
  readonly sinceMs: number;
}

/** Reads what lies in a gap, newest first, up to a bound. `keep` takes each event and gives the characters that it keeps of it. */
export async function readMissedEvents(
  homeserver: Homeserver,
  gap: Gap,
  keep: (event: SyncEvent) => number,
  signal: AbortSignal,
): Promise<MissedEvents> {
  const { roomId, toToken: to } = gap;
  let from = gap.fromToken;
  let characters = 0;
  for (let page = 0; page < MAX_PAGES && characters < MAX_CHARACTERS; page += 1) {
    const request = { roomId, filter: MESSAGES_ONLY, limit: PAGE_SIZE, from, to, signal };
    const answer = await readPage(homeserver, request);
    if (answer.kind === 'failed') return answer;
    const { chunk, end } = answer.value;
    const wanted = chunk.filter((event) => (event.origin_server_ts ?? 0) >= gap.sinceMs);
    for (const event of wanted) characters += keep(event);
    const reachedStart = end === undefined || end === from || end === to;
    const reachedOld = chunk.length > 0 && wanted.length === 0;
    if (reachedStart || reachedOld) return { kind: 'read', complete: true };
    from = end;
  }
  return { kind: 'read', complete: false };
}
