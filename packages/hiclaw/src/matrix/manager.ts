import { transactionIdOf, type Manager } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { problemOf } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { wakingContent } from './message-content.ts';
import { roomPath } from './room-address.ts';
import { OPEN_GATE, type SendGate } from './send-gate.ts';

export interface ManagerOptions {
  readonly homeserver: Homeserver;
  /** Lets out what the homeserver takes; everything without it. */
  readonly gate?: SendGate | undefined;
  /** The Manager's full Matrix id. */
  readonly userId: string;
  /** A room that it shares with us. */
  readonly roomId: string;
}

const sendAnswer = z.object({ event_id: z.string().min(1) });

/** Speaks to HiClaw's Manager in a room of its own. The words are ours and fixed; nothing in them comes from the hirer. */
export function createManager({ homeserver, gate = OPEN_GATE, userId, roomId }: ManagerOptions): Manager {
  return {
    async lookAfter({ worker, taskId }) {
      const words =
        `Worker ${worker.name} shows no activity since it was given task [${taskId}]. Please see to it that its container runs ` +
        'and that it receives the messages in its room, and restart it if it does not. Do not do the task yourself and give it to nobody else; no answer is needed.';
      const transactionId = transactionIdOf(taskId, 'manager', 1);
      const sent = await gate.pass({ kind: 'message', rank: 'other', key: transactionId }, async () => {
        return await homeserver.call({
          method: 'PUT',
          path: `${roomPath(roomId)}/send/m.room.message/${encodeURIComponent(transactionId)}`,
          body: wakingContent(userId, words),
          answer: sendAnswer,
        });
      });
      if (sent.kind === 'answered') return { kind: 'asked', eventId: sent.value.event_id };
      if (sent.failure.kind === 'limited') return sent.failure;
      return { kind: 'failed', problem: `the Manager could not be asked: ${problemOf(sent.failure)}` };
    },
  };
}
