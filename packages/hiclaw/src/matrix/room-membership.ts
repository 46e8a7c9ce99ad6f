import { z } from 'zod';
import type { WatchedRoom } from './event-signs.ts';
import type { Homeserver } from './homeserver.ts';
import { join } from './room-check.ts';

const joinedRooms = z.object({ joined_rooms: z.array(z.string()) });

/**
 * Joins the mapped rooms that we are not in, and gives what is wrong with those that stay closed: in a
 * room that we are not in nothing is heard, without any error.
 */
export async function joinMappedRooms(
  homeserver: Homeserver,
  rooms: readonly WatchedRoom[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await homeserver.call({
    method: 'GET',
    path: '/v3/joined_rooms',
    answer: joinedRooms,
    signal,
  });
  // A failure here shows in the sync that follows.
  if (answer.kind === 'failed') return [];
  const known = new Set(answer.value.joined_rooms);
  const problems: string[] = [];
  for (const roomId of new Set(rooms.map((room) => room.roomId))) {
    if (known.has(roomId)) continue;
    const joined = await join(homeserver, roomId, signal);
    if (joined.kind === 'unfit') problems.push(joined.problem);
    if (joined.kind === 'failed' || signal.aborted) break;
  }
  return problems;
}
