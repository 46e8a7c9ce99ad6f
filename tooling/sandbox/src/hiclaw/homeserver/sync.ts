import type { Device } from './accounts.ts';
import { toClientEvent, type JsonObject, type RoomEvent } from './event.ts';
import { eventPasses, roomPasses, typePasses, type SyncFilter } from './filter.ts';
import { membershipOf, type Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** What servers give per room when the client asks for no other number. */
const defaultTimelineLimit = 10;

export interface SyncRequest {
  readonly device: Device;
  /** Undefined is an initial sync. */
  readonly since: number | undefined;
  readonly fullState: boolean;
  readonly filter: SyncFilter;
  readonly token: (position: number) => string;
}

export interface SyncAnswer {
  readonly hasNews: boolean;
  readonly body: JsonObject;
}

/** One answer of `/sync` from what is known now (HiClaw reference, 10.1). */
export const buildSync = (rooms: Rooms, request: SyncRequest): SyncAnswer => {
  const since = request.since ?? 0;
  const { userId } = request.device;
  const join: JsonObject = {};
  const invite: JsonObject = {};
  const leave: JsonObject = {};
  for (const room of rooms.of(userId)) {
    const isUnchanged = request.since !== undefined && !request.fullState && room.changedAt <= since;
    if (isUnchanged || !roomPasses(request.filter.room, room.id)) continue;
    const membership = room.membership(userId);
    const changed = (room.membershipEvent(userId)?.position ?? 0) > since;
    if (membership === 'join') {
      const part = joinedRoom(rooms, room, request);
      if (part !== undefined) join[room.id] = part;
    } else if (membership === 'invite') {
      if (changed) invite[room.id] = { invite_state: { events: strippedState(room, userId) } };
    } else if (changed && request.since !== undefined) {
      leave[room.id] = leftRoom(rooms, room, request);
    }
  }
  const hasNews = [join, invite, leave].some((part) => Object.keys(part).length > 0);
  return {
    hasNews,
    body: {
      next_batch: request.token(rooms.stream.position),
      account_data: { events: [] },
      presence: { events: [] },
      to_device: { events: [] },
      device_lists: { changed: [], left: [] },
      device_one_time_keys_count: {},
      rooms: { join, invite, leave, knock: {} },
    },
  };
};

const joinedRoom = (rooms: Rooms, room: Room, request: SyncRequest): JsonObject | undefined => {
  const { userId } = request.device;
  const isNew = request.since === undefined || (room.joinedAt(userId) ?? 0) > request.since;
  const whole = isNew || request.fullState;
  const since = isNew ? 0 : (request.since ?? 0);
  const nowMs = rooms.clock.now();
  const timeline = timelineAfter(room, since, Number.MAX_SAFE_INTEGER, rooms.stream.position, request);
  const state = room
    .stateBetween(whole ? 0 : since, timeline.start)
    .filter((event) => eventPasses(request.filter.room?.state, event));
  const ephemeral = ephemeralAfter(room, since, request);
  const fullyRead = room.fullyRead.get(userId);
  const accountData =
    fullyRead !== undefined && fullyRead.position > since
      ? [{ type: 'm.fully_read', content: { event_id: fullyRead.eventId } }]
      : [];
  if (!whole && timeline.events.length + state.length + ephemeral.length + accountData.length === 0) {
    return undefined;
  }
  return {
    timeline: {
      events: timeline.events.map((event) => toClientEvent(event, request.device, nowMs, false)),
      limited: timeline.limited,
      prev_batch: request.token(timeline.start - 1),
    },
    state: { events: state.map((event) => toClientEvent(event, request.device, nowMs, false)) },
    ephemeral: { events: ephemeral },
    account_data: { events: accountData },
    summary: summaryOf(room),
    unread_notifications: { highlight_count: 0, notification_count: 0 },
  };
};

const leftRoom = (rooms: Rooms, room: Room, request: SyncRequest): JsonObject => {
  const until = room.visibleUntil(request.device.userId);
  const timeline = timelineAfter(room, request.since ?? 0, until, rooms.stream.position, request);
  const own = room.membershipEvent(request.device.userId);
  const events = timeline.events.length === 0 && own !== undefined ? [own] : timeline.events;
  return {
    timeline: {
      events: events.map((event) => toClientEvent(event, request.device, rooms.clock.now(), false)),
      limited: timeline.limited,
      prev_batch: request.token(timeline.start - 1),
    },
    state: { events: [] },
    account_data: { events: [] },
  };
};

interface TimelinePart {
  readonly events: RoomEvent[];
  readonly limited: boolean;
  /** Position of the first event shown; state before it is given apart. */
  readonly start: number;
}

const timelineAfter = (
  room: Room,
  since: number,
  until: number,
  nowPosition: number,
  request: SyncRequest,
): TimelinePart => {
  const filter = request.filter.room?.timeline;
  const limit = filter?.limit ?? defaultTimelineLimit;
  const newestFirst: RoomEvent[] = [];
  let limited = false;
  if (roomPasses(filter, room.id)) {
    for (let index = room.events.length - 1; index >= 0 && !limited; index -= 1) {
      const event = room.events[index];
      if (event === undefined || event.position <= since) break;
      if (event.position > until || !eventPasses(filter, event)) continue;
      if (newestFirst.length === limit) limited = true;
      else newestFirst.push(event);
    }
  }
  const events = newestFirst.toReversed();
  return { events, limited, start: events[0]?.position ?? nowPosition + 1 };
};

const ephemeralAfter = (room: Room, since: number, request: SyncRequest): JsonObject[] => {
  const filter = request.filter.room?.ephemeral;
  const events: JsonObject[] = [];
  if (typePasses(filter, 'm.receipt')) {
    const content: Record<string, Record<string, Record<string, JsonObject>>> = {};
    for (const { userId, kind, receipt } of room.receipts.values()) {
      if (receipt.position <= since) continue;
      if (kind === 'm.read.private' && userId !== request.device.userId) continue;
      const ofEvent = (content[receipt.eventId] ??= {});
      (ofEvent[kind] ??= {})[userId] = { ts: receipt.sentAtMs };
    }
    if (Object.keys(content).length > 0) events.push({ type: 'm.receipt', content });
  }
  if (typePasses(filter, 'm.typing') && room.typingPosition > since && (since > 0 || room.typing.size > 0)) {
    events.push({ type: 'm.typing', content: { user_ids: [...room.typing.keys()] } });
  }
  return events;
};

const summaryOf = (room: Room): JsonObject => ({
  'm.joined_member_count': room.members('join').length,
  'm.invited_member_count': room.members('invite').length,
});

const strippedTypes = new Set([
  'm.room.create',
  'm.room.name',
  'm.room.topic',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.encryption',
]);

const strippedState = (room: Room, userId: string): JsonObject[] => {
  const own = room.membershipEvent(userId);
  const events = room
    .allState()
    .filter((event) => strippedTypes.has(event.type) || event === own || isInviter(event, own));
  return events.map((event) => ({
    type: event.type,
    sender: event.sender,
    state_key: event.stateKey ?? '',
    content: event.content,
  }));
};

const isInviter = (event: RoomEvent, invite: RoomEvent | undefined): boolean =>
  membershipOf(event) === 'join' && event.stateKey === invite?.sender;
