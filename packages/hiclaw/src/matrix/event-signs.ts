import type { Sign } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { SyncEvent } from './sync-answer.ts';

/** A room, and whose signs in it count: everybody else's are dropped. */
export interface WatchedRoom {
  readonly roomId: string;
  readonly userId: string;
}

const SPOKEN_TYPES: ReadonlySet<string> = new Set(['m.text', 'm.notice', 'm.emote']);

const relation = z.object({ rel_type: z.string(), event_id: z.string() });
const words = z.object({ msgtype: z.string(), body: z.string() });

/**
 * The sign in one event of a room's timeline: a message of the worker. Of an edited one the newest text
 * counts (HiClaw reference, 3.9). Notices in a thread are a worker thinking aloud: they show that it
 * lives, but their text is not said to anybody. Undefined for everything else.
 */
export function messageSign(room: WatchedRoom, event: SyncEvent): Sign | undefined {
  if (event.type !== 'm.room.message' || event.sender !== room.userId) return undefined;
  if (event.event_id === undefined || event.origin_server_ts === undefined) return undefined;
  const related = relation.safeParse(event.content['m.relates_to']).data;
  const replaces = related?.rel_type === 'm.replace' ? related.event_id : undefined;
  const content = replaces === undefined ? event.content : (event.content['m.new_content'] ?? event.content);
  const said = words.safeParse(content).data;
  const thought = said?.msgtype === 'm.notice' && related?.rel_type === 'm.thread';
  const spoken = said !== undefined && SPOKEN_TYPES.has(said.msgtype) && !thought;
  return {
    kind: 'message',
    roomId: room.roomId,
    userId: room.userId,
    eventId: event.event_id,
    ...(replaces === undefined ? {} : { replacesEventId: replaces }),
    ...(spoken ? { text: said.body } : {}),
    atMs: event.origin_server_ts,
  };
}

const userReceipt = z.object({ ts: z.number().optional() });
const typing = z.object({ user_ids: z.array(z.string()) });

/** The worker's signs in a short-lived event: how far it has read, and that it is typing. */
export function ephemeralSigns(room: WatchedRoom, event: SyncEvent, nowMs: number): readonly Sign[] {
  const { roomId, userId } = room;
  if (event.type === 'm.typing') {
    const users = typing.safeParse(event.content).data?.user_ids ?? [];
    return users.includes(userId) ? [{ kind: 'typing', roomId, userId, atMs: nowMs }] : [];
  }
  if (event.type !== 'm.receipt') return [];
  return Object.entries(event.content).flatMap(([eventId, receipt]): Sign[] => {
    const read = ownOf(ownOf(receipt, 'm.read'), userId);
    const own = userReceipt.safeParse(read).data;
    return own === undefined ? [] : [{ kind: 'receipt', roomId, userId, eventId, atMs: own.ts ?? nowMs }];
  });
}

function ownOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
