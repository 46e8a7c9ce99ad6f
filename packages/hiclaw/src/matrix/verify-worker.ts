import { randomUUID } from 'node:crypto';
import type { Clock, WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf, type HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { wakingContent } from './message-content.ts';
import { roomPath } from './room-address.ts';
import { syncAnswer, type SyncEvent } from './sync-answer.ts';
import { isInRoom } from './room.ts';

export interface VerifyOptions {
  readonly homeserver: Homeserver;
  readonly clock: Clock;
  readonly worker: WorkerAddress;
  /** How long a worker may take to join a room, and again to show that it heard. */
  readonly patienceMs: number;
}

export type Verification =
  /** It heard us: `activity` says by what it showed it, after so many milliseconds. */
  | { readonly kind: 'seen'; readonly activity: 'receipt' | 'typing' | 'answer'; readonly afterMs: number }
  | { readonly kind: 'silent'; readonly problem: string };

const made = z.object({ room_id: z.string() });
const sent = z.object({ event_id: z.string() });
const anything = z.unknown();
const readers = z.record(z.string(), z.object({ 'm.read': z.record(z.string(), z.unknown()).optional() }));
const typists = z.object({ user_ids: z.array(z.string()) });

const LONG_POLL_MS = 5_000;
/** Messages of one answer, as large as they may be, are still read. */
const TIMELINE_LIMIT = 20;
/** Doubled each time: a worker that has not read its changed allow-list yet drops messages until it has. */
const FIRST_REPEAT_MS = 3_000;
/** Those of HiClaw 1.2 answer these words without their model (HiClaw reference, 6.4). */
const WORDS =
  'readiness check of the Agrenting adapter: please reply with the exact text READY and do nothing else.';

/** Says something to a worker in its own room, again while it is silent, and waits for activity in answer. */
export async function verifyInWorkerRoom(options: VerifyOptions): Promise<Verification> {
  return await sendAndWait(options, options.worker.roomId);
}

/** The same in a room of two that is made for it and left again, as those of hirings are. */
export async function verifyInOwnRoom(options: VerifyOptions): Promise<Verification> {
  const { homeserver, worker, clock, patienceMs } = options;
  const room = await homeserver.call({
    method: 'POST',
    path: '/v3/createRoom',
    body: {
      name: `Agrenting, readiness of ${worker.name}`,
      preset: 'private_chat',
      room_version: '11',
      invite: [worker.userId],
    },
    answer: made,
  });
  if (room.kind === 'failed') return silent(room.failure);
  const roomId = room.value.room_id;
  try {
    const untilMs = clock.nowMs() + patienceMs;
    while ((await isInRoom(homeserver, roomId, worker.userId)) !== true) {
      if (clock.nowMs() > untilMs) {
        return {
          kind: 'silent',
          problem: `${worker.name} did not accept the invitation to a room: is it running?`,
        };
      }
      await clock.sleep(500, new AbortController().signal);
    }
    return await sendAndWait(options, roomId);
  } finally {
    const path = roomPath(roomId);
    const steps = [
      ['kick', { user_id: worker.userId }] as const,
      ['leave', {}] as const,
      ['forget', {}] as const,
    ];
    for (const [action, body] of steps) {
      await homeserver.call({ method: 'POST', path: `${path}/${action}`, body, answer: anything });
    }
  }
}

async function sendAndWait(
  { homeserver, worker, clock, patienceMs }: VerifyOptions,
  roomId: string,
): Promise<Verification> {
  const filter = JSON.stringify({
    presence: { types: [] },
    account_data: { types: [] },
    room: { rooms: [roomId], timeline: { limit: TIMELINE_LIMIT }, state: { types: [] } },
  });
  const first = await homeserver.call({
    method: 'GET',
    path: '/v3/sync',
    query: { timeout: '0', filter },
    answer: syncAnswer,
    readsWhole: true,
  });
  if (first.kind === 'failed') return silent(first.failure);
  let since = first.value.next_batch;

  const startedAtMs = clock.nowMs();
  const said = new Set<string>();
  let repeatMs = FIRST_REPEAT_MS;
  let dueAtMs = startedAtMs;
  while (clock.nowMs() < startedAtMs + patienceMs) {
    if (clock.nowMs() >= dueAtMs) {
      const message = await homeserver.call({
        method: 'PUT',
        path: `${roomPath(roomId)}/send/m.room.message/setup-${randomUUID()}`,
        body: wakingContent(worker.userId, WORDS),
        answer: sent,
      });
      if (message.kind === 'failed') return silent(message.failure);
      said.add(message.value.event_id);
      dueAtMs = clock.nowMs() + repeatMs;
      repeatMs *= 2;
    }
    const longPollMs = Math.max(0, Math.min(LONG_POLL_MS, dueAtMs - clock.nowMs()));
    const seen = await homeserver.call({
      method: 'GET',
      path: '/v3/sync',
      query: { timeout: String(longPollMs), since, filter },
      longPollMs,
      answer: syncAnswer,
      readsWhole: true,
    });
    if (seen.kind === 'failed') return silent(seen.failure);
    since = seen.value.next_batch;
    const room = seen.value.joined?.get(roomId);
    const events = [...(room?.timeline.events ?? []), ...(room?.ephemeral.events ?? [])];
    const activity = events
      .map((each) => activityOf(each, worker.userId, said))
      .find((each) => each !== undefined);
    if (activity !== undefined) return { kind: 'seen', activity, afterMs: clock.nowMs() - startedAtMs };
  }
  const problem = `${worker.name} showed no activity within ${Math.round(patienceMs / 1000)} s: is it running, and has it been restarted since its allow-list changed?`;
  return { kind: 'silent', problem };
}

function activityOf(
  { type, sender, content }: SyncEvent,
  userId: string,
  said: ReadonlySet<string>,
): 'receipt' | 'typing' | 'answer' | undefined {
  switch (type) {
    case 'm.receipt': {
      const read = Object.entries(readers.safeParse(content).data ?? {});
      return read.some(([eventId, by]) => said.has(eventId) && Object.hasOwn(by['m.read'] ?? {}, userId))
        ? 'receipt'
        : undefined;
    }
    case 'm.typing':
      return typists.safeParse(content).data?.user_ids.includes(userId) === true ? 'typing' : undefined;
    case 'm.room.message':
      return sender === userId ? 'answer' : undefined;
    default:
      return undefined;
  }
}

function silent(failure: HomeserverFailure): Verification {
  return { kind: 'silent', problem: problemOf(failure) };
}
