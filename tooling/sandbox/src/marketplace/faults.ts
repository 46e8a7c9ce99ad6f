import type { Chaos } from './chaos.ts';
import { canStrike, faultSchema, strikesFrames, suits, type Fault, type Opportunity } from './fault.ts';
import { newId } from './identifiers.ts';
import { accepted, invalid, refused, type Outcome } from './refusal.ts';
import { parseWith } from './validation.ts';

/** The faults that wait for what they strike. */
export class Faults {
  readonly #chaos: Chaos;
  readonly #maxFaults: number;
  #waiting: Fault[] = [];

  constructor(chaos: Chaos, maxFaults: number) {
    this.#chaos = chaos;
    this.#maxFaults = maxFaults;
  }

  add(input: unknown): Outcome<Fault> {
    const parsed = parseWith(faultSchema, input);
    if (!parsed.ok) return parsed;
    const { kind, operation, frame, via } = parsed.value;
    const onFrame = strikesFrames(kind);
    if (operation !== undefined && !onFrame && !suits(kind, operation)) {
      return invalid({ operation: [`is never struck by ${kind}`] });
    }
    if (frame !== undefined && !onFrame) return invalid({ frame: [`is never struck by ${kind}`] });
    if (via === 'rest' && onFrame) return invalid({ via: ['has no frames'] });
    if (this.#waiting.length >= this.#maxFaults) {
      return refused(503, 'SANDBOX_FULL', `${this.#maxFaults} faults are waiting`);
    }
    const fault = { id: newId(), ...parsed.value };
    this.#waiting.push(fault);
    return accepted(fault);
  }

  /** The faults that have not struck as often as they should. */
  list(): Fault[] {
    return this.#waiting.map((fault) => ({ ...fault }));
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that strikes, if any; counts it. Those that were added come before chaos. */
  take(opportunity: Opportunity): Fault | undefined {
    const { agentId, operation, via } = opportunity;
    const frame = opportunity.on === 'frame' ? opportunity.frame : undefined;
    const fault = this.#waiting.find(
      (fault) =>
        canStrike(fault.kind, opportunity) &&
        (fault.agentId === undefined || fault.agentId === agentId) &&
        (fault.operation === undefined || fault.operation === operation) &&
        (fault.via === undefined || fault.via === via) &&
        (fault.frame === undefined || fault.frame === frame),
    );
    if (fault === undefined) return this.#chaos.draw(opportunity);
    fault.times -= 1;
    if (fault.times === 0) this.#waiting = this.#waiting.filter((other) => other !== fault);
    return { ...fault };
  }
}
