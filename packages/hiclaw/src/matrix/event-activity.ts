import type { WorkerActivity } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { withMatrixIds } from './named-ids.ts';
import { readRunBlocks } from './run-blocks.ts';
import type { SyncEvent } from './sync-answer.ts';

/** A room, and whose activity in it counts: everybody else's is dropped. */
export interface WatchedRoom {
  readonly roomId: string;
  readonly userId: string;
}

const SPOKEN_TYPES: ReadonlySet<string> = new Set(['m.text', 'm.notice', 'm.emote']);

const relation = z.object({ rel_type: z.string(), event_id: z.string() });
const words = z.object({ msgtype: z.string(), body: z.string(), formatted_body: z.unknown().optional() });

/** Marks a message that is still being written (MSC4357). */
const LIVE = 'org.matrix.msc4357.live';
/**
 * What a runtime tells of its work on its own (HiClaw reference, "Since v1.2.3"): the card of a workflow, whose steps and
 * errors stand in its text as well.
 */
const CARDS = ['agentteams.workflow'] as const;

/**
 * The activity in one event of a room's timeline: a message of the worker. Of an edited one the newest text
 * counts (HiClaw reference, 3.9), and one that was taken back has none. What is still being written is no message yet:
 * it shows that the worker writes, as typing does, and so does a card of a workflow that its runtime keeps up to date. Notices in a thread are a worker thinking aloud: they show that it
 * lives, but their text is not said to anybody, and neither is what a runtime marks as thoughts or calls of tools. Its time is the homeserver's. Undefined for everything
 * else.
 */
export function messageActivity(room: WatchedRoom, event: SyncEvent): WorkerActivity | undefined {
  if (event.sender !== room.userId) return undefined;
  const { event_id: eventId, origin_server_ts: atMs } = event;
  if (eventId === undefined || atMs === undefined) return undefined;
  const { roomId, userId } = room;
  if (event.type === 'm.room.redaction') {
    const takenBack = event.redacts ?? event.content['redacts'];
    return typeof takenBack === 'string'
      ? { kind: 'message', roomId, userId, eventId, replacesEventId: takenBack, atMs }
      : undefined;
  }
  if (event.type !== 'm.room.message') return undefined;
  const related = relation.safeParse(event.content['m.relates_to']).data;
  const replaces = related?.rel_type === 'm.replace' ? related.event_id : undefined;
  const newest = replaces === undefined ? undefined : event.content['m.new_content'];
  const content = newest ?? event.content;
  if (isLive(content) || isLive(event.content) || isCard(content) || isCard(event.content))
    return { kind: 'typing', roomId, userId, atMs };
  const said = words.safeParse(content).data;
  const run = said === undefined ? undefined : readRunBlocks(content, said.body);
  if (run?.kind === 'work') return { kind: 'typing', roomId, userId, atMs };
  const thought = said?.msgtype === 'm.notice' && related?.rel_type === 'm.thread';
  const spoken = said !== undefined && SPOKEN_TYPES.has(said.msgtype) && !thought;
  return {
    kind: 'message',
    roomId,
    userId,
    eventId,
    ...(replaces === undefined ? {} : { replacesEventId: replaces }),
    ...(spoken ? { text: withMatrixIds(run?.text ?? said.body, said.formatted_body) } : {}),
    atMs,
  };
}

function isCard(content: unknown): boolean {
  return CARDS.some((key) => ownOf(content, key) !== undefined);
}

function isLive(content: unknown): boolean {
  const mark = ownOf(content, LIVE);
  return mark !== undefined && mark !== false;
}

const userReceipt = z.object({ ts: z.number().optional() });
const typing = z.object({ user_ids: z.array(z.string()) });

/**
 * The worker's activity in a short-lived event: how far it has read, and that it is typing. `toOurs` turns a moment of the
 * homeserver's clock into one of ours.
 */
export function ephemeralActivities(
  room: WatchedRoom,
  event: SyncEvent,
  nowMs: number,
  toOurs: (theirMs: number) => number,
): readonly WorkerActivity[] {
  const { roomId, userId } = room;
  if (event.type === 'm.typing') {
    const users = typing.safeParse(event.content).data?.user_ids ?? [];
    return users.includes(userId) ? [{ kind: 'typing', roomId, userId, atMs: nowMs }] : [];
  }
  if (event.type !== 'm.receipt') return [];
  return Object.entries(event.content).flatMap(([eventId, receipt]): WorkerActivity[] => {
    const read = ownOf(ownOf(receipt, 'm.read'), userId);
    const own = userReceipt.safeParse(read).data;
    if (own === undefined) return [];
    const atMs = own.ts === undefined ? nowMs : Math.min(nowMs, toOurs(own.ts));
    return [{ kind: 'receipt', roomId, userId, eventId, atMs }];
  });
}

function ownOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
