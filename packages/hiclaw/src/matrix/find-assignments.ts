import {
  isTaskOf,
  taskIdSchema,
  type FindOutcome,
  type FoundMessage,
  type Messenger,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { eventTimeMs } from './event-time.ts';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { readPage } from './read-page.ts';
import type { SyncEvent } from './sync-answer.ts';

const PAGE_SIZE = 50;
/** Far enough for days of a worker's own room; beyond it the look gives up and says so. */
const MAX_PAGES = 100;
/** Words of a worker that are kept while its first answer is looked for; the oldest are what counts. */
const MAX_SAID = 1_000;

const FILTER = { types: ['m.room.message'] };

/** So much more is looked through than is asked for: clocks are known to a second or so. */
const CLOCK_MARGIN_MS = 60_000;

/** The keys that every message of ours bears, for this very search. */
const ourKeys = z.object({
  'com.agrenting.hiring_id': z.string(),
  'com.agrenting.attempt': z.number(),
  'com.agrenting.task_id': taskIdSchema,
  'com.agrenting.purpose': z.literal('assignment'),
  'com.agrenting.number': z.number().int().positive(),
});

/**
 * Reads a room backwards until `sinceMs` for the assignments of one attempt, and for the worker's first own words after
 * them. Only what we sent ourselves counts as an assignment, since anybody in the room can write our keys.
 */
export async function findAssignments(
  homeserver: Homeserver,
  attempt: Parameters<Messenger['findAssignments']>[0],
  sinceMs: number,
): Promise<FindOutcome> {
  const { clock } = homeserver;
  const oldestMs = clock.toTheirs(sinceMs) - CLOCK_MARGIN_MS;
  // What is given is by our own clock; what is compared here, all by the homeserver's.
  const found = new Map<string, { readonly message: FoundMessage; readonly theirMs: number }>();
  const said: { readonly eventId: string; readonly atMs: number; readonly theirMs: number }[] = [];
  let from: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await readPage(homeserver, {
      roomId: attempt.worker.roomId,
      filter: JSON.stringify({ ...FILTER, senders: [homeserver.userId, attempt.worker.userId] }),
      limit: PAGE_SIZE,
      from,
    });
    if (answer.kind === 'failed') return { kind: 'unavailable', problem: problemOf(answer.failure) };
    const { chunk, end } = answer.value;
    const cameAtMs = Date.now();
    for (const event of chunk) {
      const { sender, event_id: eventId, origin_server_ts: theirMs } = event;
      const atMs = eventTimeMs(event, clock, cameAtMs);
      if (eventId === undefined || theirMs === undefined || atMs === undefined) continue;
      if (sender === attempt.worker.userId) {
        said.push({ eventId, atMs, theirMs });
        if (said.length > MAX_SAID) said.shift();
      }
      const message = read(event, attempt, { ourUserId: homeserver.userId, eventId, atMs });
      // The oldest event of a number is the one that the worker answered.
      if (message !== undefined) found.set(`${message.taskId} ${message.number}`, { message, theirMs });
    }
    const oldest = chunk.at(-1)?.origin_server_ts;
    if (end === undefined || end === from || (oldest !== undefined && oldest < oldestMs)) {
      const assigned = [...found.values()];
      const messages = assigned.map(({ message }) => message).toSorted((a, b) => a.number - b.number);
      const assignedMs = Math.min(Infinity, ...assigned.map(({ theirMs }) => theirMs));
      const words = said.findLast(({ theirMs }) => theirMs >= assignedMs);
      if (words === undefined) return { kind: 'found', messages };
      const { eventId, atMs } = words;
      return { kind: 'found', messages, answer: { eventId, atMs } };
    }
    from = end;
  }
  const problem = `room ${attempt.worker.roomId} has more messages since then than are searched`;
  return { kind: 'unavailable', problem };
}

function read(
  event: SyncEvent,
  attempt: Parameters<Messenger['findAssignments']>[0],
  {
    ourUserId,
    eventId,
    atMs,
  }: { readonly ourUserId: string; readonly eventId: string; readonly atMs: number },
): FoundMessage | undefined {
  if (event.sender !== ourUserId) return undefined;
  const keys = ourKeys.safeParse(event.content);
  if (!keys.success) return undefined;
  const isIt =
    keys.data['com.agrenting.hiring_id'] === attempt.hiringId &&
    keys.data['com.agrenting.attempt'] === attempt.attempt &&
    isTaskOf(keys.data['com.agrenting.task_id'], attempt.hiringId, attempt.attempt);
  if (!isIt) return undefined;
  const number = keys.data['com.agrenting.number'];
  const taskId = keys.data['com.agrenting.task_id'];
  return { taskId, number, eventId, sentAtMs: atMs };
}

function problemOf(failure: HomeserverFailure): string {
  return failure.kind === 'limited' ? 'the homeserver limits requests' : failure.problem;
}
