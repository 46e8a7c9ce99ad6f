import type { Clock, SendBudget, SendLane, SendRank, SendRate } from '@agrenting-hiclaw/core/domain';
import type { HomeserverAnswer } from './homeserver.ts';
import { SendQueues } from './send-queues.ts';

/** What a homeserver limits apart from each other, such as Synapse's `rc_message` and `rc_room_creation`. */
export type SendKind = 'message' | 'room';

export interface GatedSend {
  readonly kind: SendKind;
  readonly rank: SendRank;
  /** The same for the same request whenever it is repeated: it keeps its place among those that wait. */
  readonly key: string;
  /** The worker that is notified, if any: each has a bound of its own, which keeps a loop from costing its owner. */
  readonly worker?: string | undefined;
}

/** Lets out what the homeserver takes, and no more. */
export interface SendGate {
  /** Makes the call if it may go now. Else, and when the homeserver refuses it for now, the failure is `limited`. */
  pass<T>(send: GatedSend, call: () => Promise<HomeserverAnswer<T>>): Promise<HomeserverAnswer<T>>;
}

export interface SendGateOptions {
  readonly budget: SendBudget;
  readonly clock: Clock;
  /** Our account at the homeserver. */
  readonly account: string;
  /** Our own bound on each kind, for a homeserver that sets none. */
  readonly ceiling: SendRate;
  /** Limit of messages to one worker, however many hirings it is about. Default 120 a minute, 60 at once. */
  readonly perWorker?: SendRate | undefined;
}

const PER_WORKER: SendRate = { perMinute: 120, burst: 60 };

/** A gate that lets everything through, for callers that send no more than a person asks for. */
export const OPEN_GATE: SendGate = { pass: async (_send, call) => await call() };

export function createSendGate(options: SendGateOptions): SendGate {
  const { budget, clock, account, ceiling, perWorker = PER_WORKER } = options;
  const lanes: Readonly<Record<SendKind, SendLane>> = {
    message: { name: `${account} message`, ceiling },
    room: { name: `${account} room`, ceiling },
  };
  const queues = { message: new SendQueues(), room: new SendQueues() } as const;

  return {
    async pass({ kind, rank, key, worker }, call) {
      const lane = lanes[kind];
      const queue = queues[kind];
      const takenAtMs = clock.nowMs();
      const { waitMs, everyMs, bound } = await budget.take(
        {
          lane,
          within: worker === undefined ? undefined : { name: `worker ${worker}`, ceiling: perWorker },
          rank,
          waiting: queue.waiting(takenAtMs, key),
        },
        takenAtMs,
      );
      if (waitMs > 0) {
        const retryAfterMs =
          bound === 'within' ? waitMs : queue.putOff({ key, rank, nowMs: takenAtMs, waitMs, everyMs });
        return { kind: 'failed', failure: { kind: 'limited', retryAfterMs } };
      }
      queue.goes(key, rank);
      const answer = await call();
      if (answer.kind === 'answered' || answer.failure.kind !== 'limited') {
        queue.leave(key);
        return answer;
      }
      const askedMs = answer.failure.retryAfterMs;
      const nowMs = clock.nowMs();
      await budget.refused(lane, { takenAtMs, retryAfterMs: askedMs }, nowMs);
      const retryAfterMs = queue.putOff({ key, rank, nowMs, waitMs: askedMs, everyMs });
      return { kind: 'failed', failure: { kind: 'limited', retryAfterMs } };
    },
  };
}
