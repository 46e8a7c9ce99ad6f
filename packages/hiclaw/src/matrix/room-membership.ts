import { z } from 'zod';
import type { WatchedRoom } from './event-activity.ts';
import type { Homeserver } from './homeserver.ts';
import { join } from './room-check.ts';

const joinedRooms = z.object({ joined_rooms: z.array(z.string()) });

/** What joining rooms came to. */
export interface Joining {
  /** What is wrong with rooms that stay closed. */
  readonly problems: readonly string[];
  /** False where the homeserver could not be asked about all of them. */
  readonly isWhole: boolean;
}

/**
 * Joins the mapped rooms that we are not in, and gives what is wrong with those that stay closed: in a
 * room that we are not in nothing is heard, without any error.
 */
export async function joinMappedRooms(
  homeserver: Homeserver,
  rooms: readonly WatchedRoom[],
  signal: AbortSignal,
): Promise<Joining> {
  const answer = await homeserver.call({
    method: 'GET',
    path: '/v3/joined_rooms',
    answer: joinedRooms,
    signal,
  });
  // A failure here shows in the sync that follows.
  if (answer.kind === 'failed') return { problems: [], isWhole: false };
  const known = new Set(answer.value.joined_rooms);
  const problems: string[] = [];
  for (const roomId of new Set(rooms.map((room) => room.roomId))) {
    if (known.has(roomId)) continue;
    const joined = await join(homeserver, roomId, signal);
    if (joined.kind === 'unfit') problems.push(joined.problem);
    if (joined.kind === 'failed' || signal.aborted) return { problems, isWhole: false };
  }
  return { problems, isWhole: true };
}
