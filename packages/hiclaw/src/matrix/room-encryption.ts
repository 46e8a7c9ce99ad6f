import { z } from 'zod';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';

export type RoomEncryption =
  | { readonly kind: 'answered'; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

/** What encrypts a room; any other answer says nothing of that. */
const encryptionAnswer = z.object({ algorithm: z.string() });

/** Whether a room is encrypted: only "there is no such state" says that it is not. */
export async function roomEncryption(homeserver: Homeserver, roomId: string): Promise<RoomEncryption> {
  const answer = await homeserver.call({
    method: 'GET',
    path: `${roomPath(roomId)}/state/m.room.encryption`,
    answer: encryptionAnswer,
  });
  if (answer.kind === 'answered') return { kind: 'answered', encrypted: true };
  const { failure } = answer;
  const isPlain = failure.kind === 'refused' && failure.code === 'M_NOT_FOUND';
  return isPlain ? { kind: 'answered', encrypted: false } : answer;
}
