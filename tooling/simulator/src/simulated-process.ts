import type { ReceivedDelivery, WorkerActivity } from '@agrenting-hiclaw/core/domain';
import { startEngine, type Engine, type EnginePorts } from '@agrenting-hiclaw/engine';
import type { CrashPoints } from './crash-points.ts';

/** One process of the adapter: an engine and intakes behind one boundary. */
export class SimulatedProcess {
  readonly #crashPoints: CrashPoints;
  readonly #ports: EnginePorts;
  readonly #engine: Engine;

  constructor(
    crashPoints: CrashPoints,
    ports: EnginePorts,
    engine: Omit<Parameters<typeof startEngine>[0], 'ports'>,
  ) {
    this.#crashPoints = crashPoints;
    this.#ports = ports;
    this.#engine = startEngine({ ...engine, ports });
  }

  get name(): string {
    return this.#crashPoints.name;
  }

  get alive(): boolean {
    return this.#crashPoints.alive;
  }

  get stalled(): boolean {
    return this.#crashPoints.stalled;
  }

  /** An intake hears something. Calls back once it is acknowledged; what fails or dies never is. */
  ingest(received: readonly ReceivedDelivery[], onAcknowledged: () => void): void {
    const answering = this.#ports.store.accept(received).then(onAcknowledged, () => undefined);
    void answering;
  }

  /** Reads on in the homeserver's activity stream. Calls back with how many of `activities` are stored then. */
  readActivity(
    account: string,
    activities: readonly WorkerActivity[],
    onRead: (readTo: number) => void,
  ): void {
    const reading = this.#readActivity(account, activities).then(onRead, () => undefined);
    void reading;
  }

  /** Ends it as a signal does. */
  stop(onStopped: () => void): void {
    const stopping = this.#engine.close().then(onStopped, () => undefined);
    void stopping;
  }

  die(how: string): void {
    this.#crashPoints.die(how);
  }

  async #readActivity(account: string, activities: readonly WorkerActivity[]): Promise<number> {
    const from = Number((await this.#ports.activities.position(account)) ?? '0');
    const batch = activities.slice(from, from + 50);
    if (batch.length === 0) return from;
    const nowMs = this.#ports.clock.nowMs();
    await this.#ports.activities.record(account, String(from + batch.length), batch, nowMs);
    return from + batch.length;
  }
}
