import type { WorkerActivity, TheirClock } from '@agrenting-hiclaw/core/domain';
import { eventTimeMs } from './event-time.ts';
import { ephemeralActivities, messageActivity, type WatchedRoom } from './event-activity.ts';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver, HomeserverAnswer } from './homeserver.ts';
import { longMessageUrl } from './long-message.ts';
import { readMissedEvents, type Gap, type MissedEvents } from './missed-events.ts';
import { syncAnswer, type SyncAnswer, type SyncEvent, type SyncRoom } from './sync-answer.ts';
import { BARE_FILTER, SMALLER_FILTERS } from './sync-filter.ts';

export interface SyncRequest {
  /** Whose activity counts in which room; asked for when the answer is there. */
  readonly rooms: () => Promise<readonly WatchedRoom[]>;
  readonly filterId: string;
  /** Where the last answer ended; undefined on the first look ever. */
  readonly position: string | undefined;
  /** On the first look: how old an activity may be. */
  readonly sinceMs: number;
  readonly longPollMs: number;
  /** Whether the position waits when what was missed in a room cannot be read now. */
  readonly waitsFor: (roomId: string) => boolean;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export type SyncOutcome =
  | {
      readonly kind: 'synced';
      readonly position: string;
      readonly activities: readonly WorkerActivity[];
      readonly gaps: readonly UnreadGap[];
      /** Rooms where something was missed, and all of it was read. */
      readonly readBack: readonly string[];
      /** Rooms of which the answer was not what Matrix says; they were read by themselves. */
      readonly odd: readonly string[];
    }
  /** `inRoom`: what was missed there cannot be read now. */
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure; readonly inRoom?: string };

/** What was missed in a room, and is passed by. */
export type UnreadGap =
  /** It cannot be read now. */
  | { readonly kind: 'unreadable'; readonly gap: Gap; readonly failure: HomeserverFailure }
  /** It is more than is read back. */
  | { readonly kind: 'too_much'; readonly roomId: string };

/**
 * Listens once: everything that the mapped workers did between the position and the one that is given
 * back. Either all of it is there, or the outcome is a failure, or it names the rooms where something is missing: a room
 * whose messages cannot be had holds up no other. The first look, without a position, takes what is newer than `sinceMs`.
 */
export async function syncOnce(homeserver: Homeserver, request: SyncRequest): Promise<SyncOutcome> {
  const { position } = request;
  const answer = await ask(homeserver, request);
  if (answer.kind === 'failed') return answer;

  const cameAtMs = request.nowMs();
  const { clock } = homeserver;
  const activities: WorkerActivity[] = [];
  const gaps: UnreadGap[] = [];
  const readBack: string[] = [];
  const odd: string[] = [];
  for (const watched of await request.rooms()) {
    const room = answer.value.roomOf(watched.roomId);
    if (room === undefined) continue;
    if (room.odd) odd.push(watched.roomId);
    const gap = gapIn(watched.roomId, room, answer.value.position, {
      position,
      sinceMs: clock.toTheirs(request.sinceMs),
    });
    const missed: Missed =
      gap === undefined ? { kind: 'none', activities: [] } : await readGap(homeserver, watched, gap, request);
    if (missed.kind === 'failed') {
      const { failure } = missed;
      if (isWorthWaiting(failure) && (failure.kind === 'token' || request.waitsFor(watched.roomId))) {
        return { kind: 'failed', failure, inRoom: watched.roomId };
      }
      if (gap !== undefined) gaps.push({ kind: 'unreadable', gap, failure });
    } else if (missed.kind === 'read') {
      if (missed.complete) readBack.push(watched.roomId);
      else gaps.push({ kind: 'too_much', roomId: watched.roomId });
    }
    for (const activity of missed.activities) activities.push(activity);
    for (const event of room.timeline.events) {
      const activity = activityIn(watched, event, clock, cameAtMs);
      if (activity !== undefined) activities.push(activity);
    }
    for (const event of room.ephemeral.events) {
      for (const activity of ephemeralActivities(watched, event, cameAtMs, (theirMs) =>
        clock.toOurs(theirMs),
      )) {
        activities.push(activity);
      }
    }
  }
  const oldestMs = position === undefined ? request.sinceMs : 0;
  const wanted = activities.filter((activity) => activity.atMs >= oldestMs);
  return { kind: 'synced', position: answer.value.position, activities: wanted, gaps, readBack, odd };
}

/** A definite no stays one, and a single message that is too large stays so. */
function isWorthWaiting(failure: HomeserverFailure): boolean {
  return failure.kind !== 'refused' && !isTooLarge(failure);
}

function isTooLarge(failure: HomeserverFailure): boolean {
  return failure.kind === 'lost' && failure.tooLarge === true;
}

interface Listened {
  readonly position: string;
  /** Undefined where nothing happened. */
  readonly roomOf: (roomId: string) => SyncRoom | undefined;
}

/** Asks for less and less of each room while the answer is too large, at last for nothing: then each room is read separately. */
async function ask(homeserver: Homeserver, request: SyncRequest): Promise<HomeserverAnswer<Listened>> {
  const { filterId, position, signal } = request;
  const longPollMs = position === undefined ? 0 : request.longPollMs;
  const askWith = async (filter: string, readsPositionOnly = false): Promise<HomeserverAnswer<SyncAnswer>> =>
    await homeserver.call({
      method: 'GET',
      path: '/v3/sync',
      query: {
        filter,
        timeout: String(longPollMs),
        set_presence: 'offline',
        ...(position === undefined ? {} : { since: position }),
      },
      answer: syncAnswer,
      longPollMs,
      signal,
      readsPositionOnly,
    });
  for (const filter of [filterId, ...SMALLER_FILTERS]) {
    const answer = await askWith(filter);
    if (answer.kind === 'failed' && isTooLarge(answer.failure)) continue;
    if (answer.kind === 'failed') return answer;
    const { next_batch: next, joined } = answer.value;
    const roomOf = (roomId: string) => (joined === undefined ? unreadRoom(next, true) : joined.get(roomId));
    return { kind: 'answered', value: { position: next, roomOf } };
  }
  const bare = await askWith(BARE_FILTER, true);
  if (bare.kind === 'failed') return bare;
  const { next_batch: next } = bare.value;
  return { kind: 'answered', value: { position: next, roomOf: () => unreadRoom(next, false) } };
}

/** A room of which nothing is known up to here: it is read separately. */
function unreadRoom(newest: string, odd: boolean): SyncRoom {
  return { timeline: { events: [], limited: true, prev_batch: newest }, ephemeral: { events: [] }, odd };
}

/** With its time by our own clock; `nowMs` is when the answer came that holds it. */
function activityIn(
  watched: WatchedRoom,
  event: SyncEvent,
  clock: TheirClock,
  nowMs: number,
): WorkerActivity | undefined {
  const activity = messageActivity(watched, event);
  if (activity === undefined) return undefined;
  return withLongText(
    { ...activity, saidAtMs: activity.atMs, atMs: eventTimeMs(event, clock, nowMs) ?? nowMs },
    event,
  );
}

/** An activity with the address of all that was said, where the message holds only the beginning of it: that is read later. */
function withLongText(activity: WorkerActivity, event: SyncEvent): WorkerActivity {
  const longTextUrl = activity.text === undefined ? undefined : longMessageUrl(event);
  return longTextUrl === undefined ? activity : { ...activity, longTextUrl };
}

/** What the answer left out of a room, oldest first, as far as it could be read. */
type Missed = { readonly activities: readonly WorkerActivity[] } & (MissedEvents | { readonly kind: 'none' });

/** What an answer may have left out of a room; undefined where it has everything. `sinceMs` is by the homeserver's clock. */
function gapIn(
  roomId: string,
  room: SyncRoom,
  newest: string,
  { position, sinceMs }: Pick<SyncRequest, 'position' | 'sinceMs'>,
): Gap | undefined {
  const { events, limited, prev_batch: fromToken = newest } = room.timeline;
  const oldestMs = position === undefined ? sinceMs : 0;
  const reachesBack = events.some((event) => (event.origin_server_ts ?? 0) < oldestMs);
  if ((!limited && !room.odd) || reachesBack) return undefined;
  return { roomId, fromToken: room.odd ? newest : fromToken, toToken: position, sinceMs: oldestMs };
}

/** What a worker said in a gap, oldest first, as far as it can be read now. */
export async function readGap(
  homeserver: Homeserver,
  watched: WatchedRoom,
  gap: Gap,
  { nowMs, signal }: Pick<SyncRequest, 'nowMs' | 'signal'>,
): Promise<{ readonly activities: readonly WorkerActivity[] } & MissedEvents> {
  const newestFirst: WorkerActivity[] = [];
  const keep = (event: SyncEvent): number => {
    const activity = activityIn(watched, event, homeserver.clock, nowMs());
    if (activity === undefined) return 0;
    newestFirst.push(activity);
    return activity.text?.length ?? 0;
  };
  const missed = await readMissedEvents(homeserver, gap, keep, signal);
  return { ...missed, activities: newestFirst.toReversed() };
}
