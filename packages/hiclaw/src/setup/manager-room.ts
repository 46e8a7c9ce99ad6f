import { z } from 'zod';
import { problemOf } from '../matrix/failure.ts';
import type { Homeserver } from '../matrix/homeserver.ts';

export type ManagerRoom =
  | { readonly kind: 'room'; readonly roomId: string }
  | { readonly kind: 'failed'; readonly problem: string };

const made = z.object({ room_id: z.string() });

/** Makes a room of two with the Manager, which joins what it is invited to on its own (HiClaw reference, 3.4). */
export async function inviteManager(adapter: Homeserver, managerId: string): Promise<ManagerRoom> {
  const room = await adapter.call({
    method: 'POST',
    path: '/v3/createRoom',
    body: {
      name: 'Agrenting adapter and Manager',
      preset: 'private_chat',
      room_version: '11',
      is_direct: true,
      invite: [managerId],
    },
    answer: made,
  });
  return room.kind === 'answered'
    ? { kind: 'room', roomId: room.value.room_id }
    : { kind: 'failed', problem: problemOf(room.failure) };
}
