import type { Clock, WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { WatchedRoom } from './event-activity.ts';
import { problemOf, saysOver, type HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { roomPath } from './room-address.ts';

type JoinedMembers =
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

type RoomEncryption =
  | { readonly kind: 'answered'; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

/** What encrypts a room; any other answer says nothing of that. */
const encryptionAnswer = z.object({ algorithm: z.string() });

/** Whether a room is encrypted: only "there is no such state" says that it is not. */
async function roomEncryption(homeserver: Homeserver, roomId: string): Promise<RoomEncryption> {
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

/** Whether somebody has joined a room, as `viewer` sees it, who is in it. */
export async function isInRoom(
  viewer: Homeserver,
  roomId: string,
  userId: string,
): Promise<boolean | { readonly problem: string }> {
  const joined = await joinedMembers(viewer, roomId);
  if (joined.kind === 'answered') return joined.members.has(userId);
  return { problem: problemOf(joined.failure) };
}

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
