import { problemOf } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { joinedMembers } from './joined-members.ts';
import { roomEncryption } from './room-encryption.ts';

export type RoomStanding =
  | { readonly kind: 'joined'; readonly members: readonly string[]; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly problem: string };

/** How a room that we are in stands; changes nothing. */
export async function roomStanding(homeserver: Homeserver, roomId: string): Promise<RoomStanding> {
  const joined = await joinedMembers(homeserver, roomId);
  if (joined.kind === 'failed') return { kind: 'failed', problem: problemOf(joined.failure) };
  const encryption = await roomEncryption(homeserver, roomId);
  if (encryption.kind === 'failed') return { kind: 'failed', problem: problemOf(encryption.failure) };
  return { kind: 'joined', members: [...joined.members], encrypted: encryption.encrypted };
}
