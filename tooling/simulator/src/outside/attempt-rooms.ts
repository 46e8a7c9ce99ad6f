import type { WorkerTask, AttemptRooms, RoomOutcome, WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import { SendLimit } from './send-limit.ts';
import { homeserverOutcome, type Fault, type OutageSchedule } from './outages.ts';

/** Rooms of attempts that are kept under their address; a worker comes some time after it was invited. */
export class FakeAttemptRooms implements AttemptRooms {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #outageSchedule: OutageSchedule;
  readonly #limit: SendLimit;
  readonly #byAddress = new Map<string, string>();
  readonly #joined = new Set<string>();

  constructor(stage: Stage, prng: Prng, outageSchedule: OutageSchedule) {
    this.#stage = stage;
    this.#prng = prng;
    this.#outageSchedule = outageSchedule;
    this.#limit = new SendLimit(stage);
  }

  async open({ worker, taskId }: WorkerTask): Promise<RoomOutcome> {
    const { sendFails } = this.#stage.scenario.rates;
    const fault = this.#outageSchedule.strikes('homeserver', sendFails, this.#prng);
    const refused = fault === undefined ? this.#limited() : this.#refusal(fault);
    if (refused !== undefined) return refused;

    const address = `${worker.userId} ${taskId}`;
    const roomId = this.#byAddress.get(address) ?? `!${taskId}-${worker.name}`;
    this.#byAddress.set(address, roomId);
    this.#stage.timeline.after(this.#prng.between(100, 20_000), () => {
      this.#joined.add(`${worker.userId} ${roomId}`);
    });
    return fault === undefined ? { kind: 'open', roomId } : lost(fault);
  }

  #limited(): RoomOutcome | undefined {
    const retryAfterMs = this.#limit.take('room');
    return retryAfterMs > 0 ? { kind: 'limited', retryAfterMs } : undefined;
  }

  /** What comes of it where no room is opened. */
  #refusal(fault: Fault): RoomOutcome | undefined {
    switch (homeserverOutcome(fault.answer)) {
      case 'limited':
        return { kind: 'limited', retryAfterMs: 2000 };
      case 'refused':
        return { kind: 'refused', problem: `${PLANTED}: ${fault.answer} to a room` };
      case 'unknown':
        return fault.applied ? undefined : lost(fault);
    }
  }

  /** False while a worker has not come to the room of an attempt; in its own it always is. */
  hasJoined({ userId, roomId }: WorkerAddress): boolean {
    const isOfAttempt = [...this.#byAddress.values()].includes(roomId);
    return !isOfAttempt || this.#joined.has(`${userId} ${roomId}`);
  }
}

function lost({ answer }: Fault): RoomOutcome {
  return { kind: 'unavailable', problem: `${PLANTED}: ${answer} to a room` };
}
