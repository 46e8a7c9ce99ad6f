import { z } from 'zod';
import type { HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';

export type JoinedMembers =
  | { readonly kind: 'answered'; readonly members: ReadonlySet<string> }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

const joinedMembersAnswer = z.object({ joined: z.record(z.string(), z.unknown()) });

/** Who has joined a room, as Matrix ids; `viewer` has to be in it. */
export async function joinedMembers(viewer: Homeserver, roomId: string): Promise<JoinedMembers> {
  const answer = await viewer.call({
    method: 'GET',
    path: `${roomPath(roomId)}/joined_members`,
    answer: joinedMembersAnswer,
  });
  return answer.kind === 'failed'
    ? answer
    : { kind: 'answered', members: new Set(Object.keys(answer.value.joined)) };
}
