import {
  isTaskOf,
  taskIdSchema,
  type FindOutcome,
  type FoundMessage,
  type Messenger,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
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
  const found = new Map<string, FoundMessage>();
  const said: { readonly eventId: string; readonly atMs: number }[] = [];
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
    for (const event of chunk) {
      const { sender, event_id: eventId, origin_server_ts: atMs } = event;
      if (sender === attempt.worker.userId && eventId !== undefined && atMs !== undefined) {
        said.push({ eventId, atMs });
        if (said.length > MAX_SAID) said.shift();
      }
      const message = read(event, attempt, homeserver.userId);
      // The oldest event of a number is the one that the worker answered.
      if (message !== undefined) found.set(`${message.taskId} ${message.number}`, message);
    }
    const oldest = chunk.at(-1)?.origin_server_ts;
    if (end === undefined || end === from || (oldest !== undefined && oldest < sinceMs)) {
      const messages = [...found.values()].toSorted((a, b) => a.number - b.number);
      const told = messages.length === 0 ? Infinity : Math.min(...messages.map(({ sentAtMs }) => sentAtMs));
      const words = said.findLast(({ atMs }) => atMs >= told);
      return { kind: 'found', messages, ...(words === undefined ? {} : { answer: words }) };
    }
    from = end;
  }
  const problem = `room ${attempt.worker.roomId} has more messages since then than are looked through`;
  return { kind: 'unavailable', problem };
}

function read(
  event: SyncEvent,
  attempt: Parameters<Messenger['findAssignments']>[0],
  ourUserId: string,
): FoundMessage | undefined {
  if (event.sender !== ourUserId || event.event_id === undefined) return undefined;
  const keys = ourKeys.safeParse(event.content);
  if (!keys.success) return undefined;
  const isIt =
    keys.data['com.agrenting.hiring_id'] === attempt.hiringId &&
    keys.data['com.agrenting.attempt'] === attempt.attempt &&
    isTaskOf(keys.data['com.agrenting.task_id'], attempt.hiringId, attempt.attempt);
  if (!isIt) return undefined;
  const number = keys.data['com.agrenting.number'];
  const taskId = keys.data['com.agrenting.task_id'];
  return { taskId, number, eventId: event.event_id, sentAtMs: event.origin_server_ts ?? 0 };
}

function problemOf(failure: HomeserverFailure): string {
  return failure.kind === 'limited' ? 'the homeserver asks for patience' : failure.problem;
}
