import {
  transactionIdOf,
  type Clock,
  type Messenger,
  type SendOutcome,
  type SendRank,
  type WorkerAddress,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { HomeserverFailure } from './failure.ts';
import { findAssignments } from './find-assignments.ts';
import type { Homeserver } from './homeserver.ts';
import { messageContent } from './message-content.ts';
import { roomPath } from './room-address.ts';
import { createRoomCheck } from './room.ts';
import { OPEN_GATE, type SendGate } from './send-gate.ts';

export interface MessengerOptions {
  readonly homeserver: Homeserver;
  readonly clock: Clock;
  /** Lets out what the homeserver takes; everything without it. */
  readonly gate?: SendGate | undefined;
  /** The Manager, when it is the one that tells workers: every message goes to its room. */
  readonly through?: Delegate | undefined;
  /** How long a room that was found fit is not looked at again. Default 300,000. */
  readonly roomCheckHoldMs?: number | undefined;
}

/** HiClaw's Manager, and a room that it shares with us. */
export interface Delegate {
  readonly userId: string;
  readonly roomId: string;
}

const sendAnswer = z.object({ event_id: z.string().min(1) });

/** Sends messages to workers, each once whatever is repeated: its transaction id is made from what it is. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { homeserver, clock, gate = OPEN_GATE, through, roomCheckHoldMs = 300_000 } = options;
  const rooms = createRoomCheck(homeserver, clock, roomCheckHoldMs);
  const listenerOf = (worker: WorkerAddress): WorkerAddress => ({ ...worker, ...through });

  return {
    async send(message) {
      const { taskId, purpose, number } = message;
      const worker = listenerOf(message.worker);
      const room = await rooms.check(worker);
      if (room.kind === 'unfit') return { kind: 'refused', problem: room.problem };
      if (room.kind === 'not_joined') return room;
      if (room.kind === 'failed') return toOutcome(room.failure, worker.roomId, homeserver.userId);

      const transactionId = transactionIdOf(taskId, purpose, number);
      const sent = await gate.pass(
        { kind: 'message', rank: rankOf(message), key: transactionId, worker: message.worker.userId },
        async () =>
          await homeserver.call({
            method: 'PUT',
            path: `${roomPath(worker.roomId)}/send/m.room.message/${encodeURIComponent(transactionId)}`,
            body: messageContent(message, homeserver.userId, through?.userId),
            answer: sendAnswer,
          }),
      );
      if (sent.kind === 'answered') return { kind: 'sent', eventId: sent.value.event_id };
      if (sent.failure.kind === 'refused') rooms.forget(worker);
      return toOutcome(sent.failure, worker.roomId, homeserver.userId);
    },
    findAssignments: async (attempt, sinceMs) =>
      await findAssignments(homeserver, { ...attempt, worker: listenerOf(attempt.worker) }, sinceMs),
  };
}

/** The first word of a task goes before everything else; a reminder does not. */
function rankOf({ purpose, number }: WorkerMessage): SendRank {
  if (purpose === 'assignment' && number === 1) return 'assignment';
  return purpose === 'clear' ? 'preparation' : 'other';
}

function toOutcome(failure: HomeserverFailure, roomId: string, ourUserId: string): SendOutcome {
  switch (failure.kind) {
    case 'limited':
      return { kind: 'limited', retryAfterMs: failure.retryAfterMs };
    case 'lost':
      return { kind: 'unknown', problem: failure.problem };
    case 'token':
      return { kind: 'refused', problem: failure.problem };
    case 'refused':
      return {
        kind: 'refused',
        problem: `${failure.problem}: ${remedyFor(failure.status, roomId, ourUserId)}`,
      };
  }
}

function remedyFor(status: number, roomId: string, ourUserId: string): string {
  switch (status) {
    case 403:
      return `invite ${ourUserId} to room ${roomId} and let it post there`;
    case 404:
      return `check that room ${roomId} exists on this homeserver and that its address is correct`;
    case 413:
      return 'the message is larger than the homeserver allows';
    default:
      return `check room ${roomId} and the permissions of ${ourUserId} in it`;
  }
}
