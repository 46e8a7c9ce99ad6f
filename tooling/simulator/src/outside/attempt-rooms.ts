import type { WorkerTask, AttemptRooms, RoomOutcome, WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../boundary.ts';
import type { Dice } from '../dice.ts';
import type { Weather } from './weather.ts';

/** Rooms of attempts that are kept under their address; a worker comes some time after it was invited. */
export class FakeAttemptRooms implements AttemptRooms {
  readonly #stage: Stage;
  readonly #dice: Dice;
  readonly #weather: Weather;
  readonly #byAddress = new Map<string, string>();
  readonly #joined = new Set<string>();

  constructor(stage: Stage, dice: Dice, weather: Weather) {
    this.#stage = stage;
    this.#dice = dice;
    this.#weather = weather;
  }

  async open({ worker, taskId }: WorkerTask): Promise<RoomOutcome> {
    const problem = `${PLANTED}: room`;
    const { faulty, scenario } = this.#stage;
    const bad = this.#weather.at('homeserver');
    if (bad === 'limited') return { kind: 'limited', retryAfterMs: 2000 };
    if (bad === 'unauthorized') return { kind: 'refused', problem };
    const fails = faulty && this.#dice.chance(scenario.rates.sendFails);
    if (fails && this.#dice.chance(0.3)) return { kind: 'refused', problem };
    const isLost = bad !== undefined || fails;
    if (isLost && this.#dice.chance(0.5)) return { kind: 'unavailable', problem };

    const address = `${worker.userId} ${taskId}`;
    const roomId = this.#byAddress.get(address) ?? `!${taskId}-${worker.name}`;
    this.#byAddress.set(address, roomId);
    this.#stage.timeline.after(this.#dice.between(100, 20_000), () => {
      this.#joined.add(`${worker.userId} ${roomId}`);
    });
    return isLost ? { kind: 'unavailable', problem } : { kind: 'open', roomId };
  }

  /** False while a worker has not come to the room of an attempt; in its own it always is. */
  hasJoined({ userId, roomId }: WorkerAddress): boolean {
    const isOfAttempt = [...this.#byAddress.values()].includes(roomId);
    return !isOfAttempt || this.#joined.has(`${userId} ${roomId}`);
  }
}
