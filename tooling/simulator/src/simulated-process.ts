import type { Heard, Sign } from '@agrenting-hiclaw/core/domain';
import { startEngine, type Engine, type EnginePorts } from '@agrenting-hiclaw/engine';
import type { Boundary } from './crash-points.ts';

/** One process of the adapter: an engine and intakes behind one boundary. */
export class SimulatedProcess {
  readonly #boundary: Boundary;
  readonly #ports: EnginePorts;
  readonly #engine: Engine;

  constructor(
    boundary: Boundary,
    ports: EnginePorts,
    engine: Omit<Parameters<typeof startEngine>[0], 'ports'>,
  ) {
    this.#boundary = boundary;
    this.#ports = ports;
    this.#engine = startEngine({ ...engine, ports });
  }

  get name(): string {
    return this.#boundary.name;
  }

  get alive(): boolean {
    return this.#boundary.alive;
  }

  get stalled(): boolean {
    return this.#boundary.stalled;
  }

  /** An intake hears something. Calls back once it is acknowledged; what fails or dies never is. */
  hear(heard: readonly Heard[], onAcknowledged: () => void): void {
    const answering = this.#ports.store.accept(heard).then(onAcknowledged, () => undefined);
    void answering;
  }

  /** Reads on in the homeserver's stream of signs. Calls back with how many of `signs` are stored then. */
  readSigns(account: string, signs: readonly Sign[], onRead: (readTo: number) => void): void {
    const reading = this.#readSigns(account, signs).then(onRead, () => undefined);
    void reading;
  }

  /** Ends it as a signal does. */
  stop(onStopped: () => void): void {
    const stopping = this.#engine.close().then(onStopped, () => undefined);
    void stopping;
  }

  die(how: string): void {
    this.#boundary.die(how);
  }

  async #readSigns(account: string, signs: readonly Sign[]): Promise<number> {
    const from = Number((await this.#ports.signs.position(account)) ?? '0');
    const batch = signs.slice(from, from + 50);
    if (batch.length === 0) return from;
    const nowMs = this.#ports.clock.nowMs();
    await this.#ports.signs.record(account, String(from + batch.length), batch, nowMs);
    return from + batch.length;
  }
}
