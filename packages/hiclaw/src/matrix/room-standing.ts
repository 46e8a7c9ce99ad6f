import { z } from 'zod';
import { problemOf, saysAbsent } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';
import { encryptionAnswer } from './room-check.ts';

export type RoomStanding =
  | { readonly kind: 'joined'; readonly members: readonly string[]; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly problem: string };

const joinedMembers = z.object({ joined: z.record(z.string(), z.unknown()) });

/** How a room that we are in stands; changes nothing. */
export async function roomStanding(homeserver: Homeserver, roomId: string): Promise<RoomStanding> {
  const path = roomPath(roomId);
  const members = await homeserver.call({
    method: 'GET',
    path: `${path}/joined_members`,
    answer: joinedMembers,
  });
  if (members.kind === 'failed') return { kind: 'failed', problem: problemOf(members.failure) };
  const encryption = await homeserver.call({
    method: 'GET',
    path: `${path}/state/m.room.encryption`,
    answer: encryptionAnswer,
  });
  if (encryption.kind === 'failed' && !saysAbsent(encryption.failure)) {
    return { kind: 'failed', problem: problemOf(encryption.failure) };
  }
  return {
    kind: 'joined',
    members: Object.keys(members.value.joined),
    encrypted: encryption.kind === 'answered',
  };
}
