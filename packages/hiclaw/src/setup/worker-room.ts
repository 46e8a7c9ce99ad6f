import type { WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf, saysOver } from '../matrix/failure.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import { roomPath } from '../matrix/room-address.ts';
import { join } from '../matrix/room.ts';

export type RoomOutcome = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly problem: string };

const anything = z.unknown();

/** Has the admin invite the adapter into a worker's room, and the adapter join. */
export async function enterRoom(
  admin: Homeserver,
  adapter: Homeserver,
  worker: WorkerAddress,
): Promise<RoomOutcome> {
  const invited = await admin.call({
    method: 'POST',
    path: `${roomPath(worker.roomId)}/invite`,
    body: { user_id: adapter.userId },
    answer: anything,
  });
  const joined = await join(adapter, worker.roomId);
  if (joined.kind === 'fit') return { kind: 'done' };
  if (invited.kind === 'failed') return { kind: 'failed', problem: problemOf(invited.failure) };
  return { kind: 'failed', problem: joined.kind === 'failed' ? problemOf(joined.failure) : joined.problem };
}

/** Leaves a worker's room again. */
export async function exitRoom(adapter: Homeserver, worker: WorkerAddress): Promise<RoomOutcome> {
  const path = `${roomPath(worker.roomId)}/leave`;
  const gone = await adapter.call({ method: 'POST', path, body: {}, answer: anything });
  // A definite no: it is not in there.
  if (gone.kind === 'answered' || saysOver(gone.failure)) return { kind: 'done' };
  return { kind: 'failed', problem: problemOf(gone.failure) };
}
