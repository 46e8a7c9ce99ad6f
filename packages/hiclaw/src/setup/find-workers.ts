import { z } from 'zod';
import type { MappedWorker } from '../directory/worker-map.ts';
import { problemOf } from '../matrix/failure.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import { joinedMembers } from '../matrix/room.ts';
import { roomPath } from '../matrix/room-address.ts';

export type FoundWorkers =
  | { readonly kind: 'workers'; readonly workers: readonly MappedWorker[] }
  | { readonly kind: 'failed'; readonly problem: string };

const joinedRooms = z.object({ joined_rooms: z.array(z.string()) });
const nameEvent = z.object({ name: z.string() });

/** As every version names the room of a worker (HiClaw reference, 3.4). */
const WORKER_ROOM = /^Worker: ([a-z0-9][a-z0-9-]*)$/;
const MAX_ROOMS = 2_000;

/**
 * Finds workers by their rooms, as somebody who is in all of them: the admin. A room counts when its name is that of a
 * worker's room and the worker has joined it.
 */
export async function findWorkers(admin: Homeserver): Promise<FoundWorkers> {
  const rooms = await admin.call({ method: 'GET', path: '/v3/joined_rooms', answer: joinedRooms });
  if (rooms.kind === 'failed') return { kind: 'failed', problem: problemOf(rooms.failure) };
  const workers: MappedWorker[] = [];
  for (const roomId of rooms.value.joined_rooms.slice(0, MAX_ROOMS)) {
    const path = roomPath(roomId);
    const named = await admin.call({ method: 'GET', path: `${path}/state/m.room.name`, answer: nameEvent });
    const name = named.kind === 'answered' ? WORKER_ROOM.exec(named.value.name)?.[1] : undefined;
    if (name === undefined) continue;
    const joined = await joinedMembers(admin, roomId);
    if (joined.kind === 'failed') return { kind: 'failed', problem: problemOf(joined.failure) };
    const userId = `@${name}:${admin.serverName}`;
    if (joined.members.has(userId)) workers.push({ name, userId, roomId });
  }
  return { kind: 'workers', workers };
}
