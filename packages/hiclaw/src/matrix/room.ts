import type { Clock, WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { saysOver, type HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { joinedMembers } from './joined-members.ts';
import { roomPath } from './room-address.ts';
import { roomEncryption } from './room-encryption.ts';

export type RoomCheck =
  | { readonly kind: 'fit' }
  /** Nothing can be said there as things are; `problem` says what to do. */
  | { readonly kind: 'unfit'; readonly problem: string }
  /** The worker is not in it; `problem` says what to do. */
  | { readonly kind: 'not_joined'; readonly problem: string }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

const joinAnswer = z.object({ room_id: z.string() });

/** Rooms whose check is remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 1_000;

/**
 * Checks that a message in a room can be heard: the room is not encrypted, because it could not be
 * read there, and both we and the worker have joined (HiClaw reference, 3.4). An invitation to a room
 * that the owner mapped is accepted. A good outcome holds for `holdMs`.
 */
export function createRoomCheck(homeserver: Homeserver, clock: Clock, holdMs: number) {
  /** By the clock that is never set back. */
  const fitUntilMs = new Map<string, number>();

  async function look(worker: WorkerAddress): Promise<RoomCheck> {
    const { roomId } = worker;
    let joined = await joinedMembers(homeserver, roomId);
    if (joined.kind === 'failed' && saysOver(joined.failure)) {
      const entered = await join(homeserver, roomId);
      if (entered.kind !== 'fit') return entered;
      joined = await joinedMembers(homeserver, roomId);
    }
    if (joined.kind === 'failed') return joined;
    if (!joined.members.has(worker.userId)) {
      const problem = `worker ${worker.userId} has not joined room ${roomId}: check its room in the map of workers, or invite it`;
      return { kind: 'not_joined', problem };
    }

    const encryption = await roomEncryption(homeserver, roomId);
    if (encryption.kind === 'failed') return encryption;
    if (!encryption.encrypted) return { kind: 'fit' };
    const problem = `room ${roomId} of worker ${worker.name} is encrypted, and the adapter cannot read or write there: give the worker a room without encryption (HICLAW_MATRIX_E2EE=0)`;
    return { kind: 'unfit', problem };
  }

  const keyOf = ({ roomId, userId }: WorkerAddress) => `${roomId} ${userId}`;
  return {
    async check(worker: WorkerAddress): Promise<RoomCheck> {
      const key = keyOf(worker);
      const until = fitUntilMs.get(key);
      if (until !== undefined && clock.elapsedMs() < until) return { kind: 'fit' };
      fitUntilMs.delete(key);
      const check = await look(worker);
      if (check.kind === 'fit') {
        fitUntilMs.set(key, clock.elapsedMs() + holdMs);
        if (fitUntilMs.size > MAX_REMEMBERED) fitUntilMs.delete(fitUntilMs.keys().next().value ?? key);
      }
      return check;
    },
    /** Has the room looked at again the next time: it turned out not to be fit. */
    forget(worker: WorkerAddress): void {
      fitUntilMs.delete(keyOf(worker));
    },
  };
}

/** Accepts the invitation to a room that the owner mapped. */
export async function join(homeserver: Homeserver, roomId: string, signal?: AbortSignal): Promise<RoomCheck> {
  const answer = await homeserver.call({
    method: 'POST',
    path: `${roomPath(roomId)}/join`,
    body: {},
    answer: joinAnswer,
    signal,
  });
  if (answer.kind === 'answered') return { kind: 'fit' };
  const { failure } = answer;
  if (failure.kind !== 'refused' || !saysOver(failure)) return { kind: 'failed', failure };
  const problem = `${homeserver.userId} is not in room ${roomId}: invite ${homeserver.userId} there, or correct the room in the map of workers (${failure.problem})`;
  return { kind: 'unfit', problem };
}
