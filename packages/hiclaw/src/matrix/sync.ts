import type { Sign } from '@agrenting-hiclaw/core/domain';
import { ephemeralSigns, messageSign, type WatchedRoom } from './event-signs.ts';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { longMessageUrl } from './long-message.ts';
import { readMissedEvents } from './missed-events.ts';
import { syncAnswer, type SyncEvent, type SyncRoom } from './sync-answer.ts';

export interface SyncRequest {
  /** Whose signs count in which room; asked for when the answer is there. */
  readonly rooms: () => Promise<readonly WatchedRoom[]>;
  readonly filterId: string;
  /** Where the last answer ended; undefined on the first look ever. */
  readonly position: string | undefined;
  /** On the first look: how old a sign may be. */
  readonly sinceMs: number;
  readonly longPollMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export type SyncOutcome =
  /** `gaps` names the rooms where more was missed than is read back. */
  | {
      readonly kind: 'heard';
      readonly position: string;
      readonly signs: readonly Sign[];
      readonly gaps: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

/**
 * Listens once: everything that the mapped workers did between the position and the one that is given
 * back. Either all of it is there or the outcome is a failure, so that the position never passes a
 * sign. The first look, without a position, takes what is newer than `sinceMs`.
 */
export async function syncOnce(homeserver: Homeserver, request: SyncRequest): Promise<SyncOutcome> {
  const { position, signal } = request;
  const longPollMs = position === undefined ? 0 : request.longPollMs;
  const answer = await homeserver.call({
    method: 'GET',
    path: '/v3/sync',
    query: {
      filter: request.filterId,
      timeout: String(longPollMs),
      set_presence: 'offline',
      ...(position === undefined ? {} : { since: position }),
    },
    answer: syncAnswer,
    longPollMs,
    signal,
  });
  if (answer.kind === 'failed') return answer;

  const signs: Sign[] = [];
  const gaps: string[] = [];
  for (const watched of await request.rooms()) {
    const { join } = answer.value.rooms;
    const room = Object.hasOwn(join, watched.roomId) ? join[watched.roomId] : undefined;
    if (room === undefined) continue;
    const timeline = await wholeTimeline(homeserver, watched.roomId, room, request);
    if (timeline.kind === 'failed') return timeline;
    if (!timeline.complete) gaps.push(watched.roomId);
    for (const event of timeline.events) {
      const sign = messageSign(watched, event);
      if (sign !== undefined) signs.push(withLongText(sign, event));
    }
    const nowMs = request.nowMs();
    signs.push(...room.ephemeral.events.flatMap((event) => ephemeralSigns(watched, event, nowMs)));
  }
  const oldestMs = position === undefined ? request.sinceMs : 0;
  const wanted = signs.filter((sign) => sign.atMs >= oldestMs);
  return { kind: 'heard', position: answer.value.next_batch, signs: wanted, gaps };
}

/** A sign with the address of all that was said, where the message holds only the beginning of it: that is read later. */
function withLongText(sign: Sign, event: SyncEvent): Sign {
  const longTextUrl = sign.text === undefined ? undefined : longMessageUrl(event);
  return longTextUrl === undefined ? sign : { ...sign, longTextUrl };
}

type Timeline =
  | { readonly kind: 'events'; readonly events: readonly SyncEvent[]; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

async function wholeTimeline(
  homeserver: Homeserver,
  roomId: string,
  room: SyncRoom,
  { position, sinceMs, signal }: SyncRequest,
): Promise<Timeline> {
  const { events, limited, prev_batch: fromToken } = room.timeline;
  const oldestMs = position === undefined ? sinceMs : 0;
  const reachesBack = events.some((event) => (event.origin_server_ts ?? 0) < oldestMs);
  if (!limited || fromToken === undefined || reachesBack) return { kind: 'events', events, complete: true };
  const gap = { roomId, fromToken, toToken: position, sinceMs: oldestMs };
  const missed = await readMissedEvents(homeserver, gap, signal);
  if (missed.kind === 'failed') return missed;
  return { kind: 'events', events: [...missed.events, ...events], complete: missed.complete };
}
