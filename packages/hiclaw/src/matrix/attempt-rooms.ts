import type { WorkerTask, AttemptRooms, LoggedRoom, RoomOutcome } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf, saysAbsent, saysOver, undoneBy, type HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { ROOM_ID } from './identifiers.ts';
import { roomPath } from './room-address.ts';
import { OPEN_GATE, type SendGate } from './send-gate.ts';

export interface AttemptRoomsOptions {
  readonly homeserver: Homeserver;
  /** Lets out what the homeserver takes; everything without it. */
  readonly gate?: SendGate | undefined;
  /** Full Matrix ids of who is invited to watch. */
  readonly watchers?: readonly string[] | undefined;
}

export type LeaveOutcome =
  | { readonly kind: 'left' }
  /** Tried again later; `problem` says what was in the way. */
  | { readonly kind: 'not_left'; readonly problem: string };

/** Opens the rooms of attempts, and leaves them. */
export interface OwnedRooms extends AttemptRooms {
  /** Sends the worker out of a room whose attempt is over, leaves and forgets it. Repeating it is harmless. */
  leave(room: LoggedRoom): Promise<LeaveOutcome>;
}

const anything = z.unknown();
/** What a homeserver makes up reaches operators' texts. */
const roomAnswer = z.object({ room_id: z.string().max(255).regex(ROOM_ID) });
const memberAnswer = z.object({ membership: z.string() });
const PRESENT: ReadonlySet<string> = new Set(['join', 'invite']);

/**
 * Rooms of one attempt each. The address of a room is made from the attempt and its worker, so that one whose
 * making was answered into the void is found again instead of made twice (HiClaw reference, 3.4; Matrix
 * client-server API, room aliases). Nothing of the hirer's is in its name or topic.
 */
export function createAttemptRooms({
  homeserver,
  gate = OPEN_GATE,
  watchers = [],
}: AttemptRoomsOptions): OwnedRooms {
  const { serverName, userId: ourUserId } = homeserver;

  async function create(order: WorkerTask) {
    const { worker, hiringId, attempt, taskId } = order;
    const alias = localAlias(taskId, worker.userId);
    const body = {
      room_alias_name: alias,
      name: `Agrenting ${hiringId.slice(0, 8)}, attempt ${attempt}`,
      topic: `Hiring ${hiringId}, attempt ${attempt}, task [${taskId}]`,
      // From 12 on ids have no server part, which workers of HiClaw 1.2 do not take for rooms.
      room_version: '11',
      visibility: 'private',
      preset: 'private_chat',
      invite: [...new Set([worker.userId, ...watchers])],
      // Invited users may speak, and may invite nobody.
      power_level_content_override: { invite: 50 },
    };
    return await gate.pass({ kind: 'room', rank: 'preparation', key: alias }, async () => {
      return await homeserver.call({ method: 'POST', path: '/v3/createRoom', body, answer: roomAnswer });
    });
  }

  async function find(order: WorkerTask): Promise<RoomOutcome> {
    const alias = fullAlias(localAlias(order.taskId, order.worker.userId), serverName);
    const found = await homeserver.call({ method: 'GET', path: aliasPath(alias), answer: roomAnswer });
    if (found.kind === 'failed') return toOutcome(found.failure);
    const { room_id: roomId } = found.value;
    const ours = await membershipOf(roomId, ourUserId);
    if (ours.kind === 'failed') return toOutcome(ours.failure);
    if (ours.membership !== 'join') {
      const problem = `the address ${alias} belongs to room ${roomId}, which ${ourUserId} is not in: another user took it, so delete the address`;
      return { kind: 'refused', problem };
    }
    const worker = await membershipOf(roomId, order.worker.userId);
    if (worker.kind === 'failed') return toOutcome(worker.failure);
    if (!PRESENT.has(worker.membership)) {
      const key = `${alias} invite`;
      const invited = await gate.pass({ kind: 'room', rank: 'preparation', key }, async () => {
        return await post(roomId, 'invite', { user_id: order.worker.userId });
      });
      if (invited.kind === 'failed') return toOutcome(invited.failure);
    }
    return { kind: 'open', roomId };
  }

  async function membershipOf(roomId: string, userId: string) {
    const state = await homeserver.call({
      method: 'GET',
      path: `${roomPath(roomId)}/state/m.room.member/${encodeURIComponent(userId)}`,
      answer: memberAnswer,
    });
    if (state.kind === 'answered') {
      return { kind: 'membership', membership: state.value.membership } as const;
    }
    const { failure } = state;
    // Nobody says anything about a room to those who were never in it.
    return saysAbsent(failure) ? ({ kind: 'membership', membership: 'leave' } as const) : state;
  }

  async function post(roomId: string, action: string, body: Record<string, unknown>) {
    const path = `${roomPath(roomId)}/${action}`;
    return await homeserver.call({ method: 'POST', path, body, answer: anything });
  }

  /** A change of a member counts as a message, and goes after those that somebody waits for. */
  async function clean(roomId: string, action: string, body: Record<string, unknown>) {
    const send = { kind: 'message', rank: 'other', key: `${roomId} ${action}` } as const;
    return await gate.pass(send, async () => await post(roomId, action, body));
  }

  return {
    async open(order) {
      const created = await create(order);
      if (created.kind === 'answered') return { kind: 'open', roomId: created.value.room_id };
      const { failure } = created;
      const there = failure.kind === 'refused' && failure.code === 'M_ROOM_IN_USE';
      return there ? await find(order) : toOutcome(failure);
    },

    async leave({ roomId, taskId, userId }) {
      const alias = fullAlias(localAlias(taskId, userId), serverName);
      const steps = [
        // Before we leave, since it takes our rights in the room.
        async () => await homeserver.call({ method: 'DELETE', path: aliasPath(alias), answer: anything }),
        async () => await clean(roomId, 'kick', { user_id: userId, reason: 'The task is over.' }),
        async () => await clean(roomId, 'leave', {}),
        async () => await post(roomId, 'forget', {}),
      ];
      for (const step of steps) {
        const done = await step();
        // A definite no: the address, the worker or we are gone already.
        if (done.kind === 'answered' || saysOver(done.failure)) continue;
        return { kind: 'not_left', problem: problemOf(done.failure) };
      }
      return { kind: 'left' };
    },
  };
}

/** The part of a room's address that we choose; `name` is the worker's in its Matrix id. */
function localAlias(taskId: string, workerUserId: string): string {
  const name = workerUserId.slice(1, workerUserId.indexOf(':'));
  return `${taskId}-${name}`;
}

function fullAlias(local: string, serverName: string): string {
  return `#${local}:${serverName}`;
}

function aliasPath(alias: string): string {
  return `/v3/directory/room/${encodeURIComponent(alias)}`;
}

function toOutcome(failure: HomeserverFailure): Exclude<RoomOutcome, { kind: 'open' }> {
  if (failure.kind === 'limited') return failure;
  return undoneBy(failure, (problem) => `a room for the task could not be created: ${problem}`);
}
