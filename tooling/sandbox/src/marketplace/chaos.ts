import { z } from 'zod';

import type { Clock } from './clock.ts';
import {
  canStrike,
  faultKinds,
  frames,
  operations,
  statusesOf,
  type Fault,
  type FaultKind,
  type Opportunity,
} from './fault.ts';
import { newId } from './identifiers.ts';
import { accepted, refused, type Outcome } from './refusal.ts';
import { parseWith } from './validation.ts';

export const chaosSchema = z.strictObject({
  /** The same seed strikes the same opportunities with the same faults, in the order in which they come. */
  seed: z.number().int(),
  /** The share, from 0 to 1, that is struck of agents' requests and of frames to agents; hirers are spared. */
  rate: z.number().min(0).max(1),
  /** All by default. */
  kinds: z
    .array(z.enum(faultKinds))
    .min(1)
    .default([...faultKinds]),
  /** Every agent by default. */
  agentId: z.string().optional(),
  /** Operations and frames that are never struck: without `probe` and `mcp_open` a hire finds its agent online. */
  spare: z.array(z.enum([...operations, ...frames])).default([]),
  /** The longest delay, silence or lateness. */
  maxSeconds: z.number().positive().max(3_600).default(1),
});

export type ChaosOptions = z.input<typeof chaosSchema>;

export interface ChaosStrike {
  at: string;
  /** Which opportunity was struck, counted from 1. */
  opportunity: number;
  agentId: string | null;
  operation: string | null;
  via: 'rest' | 'mcp';
  /** The frame that was struck; `null` if it was a request. */
  frame: string | null;
  kind: FaultKind;
  status: number;
  seconds: number;
}

export interface ChaosReport {
  seed: number;
  rate: number;
  running: boolean;
  /** How many requests and frames might have been struck. */
  opportunities: number;
  struck: number;
  byKind: Partial<Record<FaultKind, number>>;
  /** The newest strikes, oldest first. */
  strikes: ChaosStrike[];
}

export interface ChaosRun {
  report: () => ChaosReport;
  /** Strikes no more; gives the final report. May be repeated. */
  stop: () => ChaosReport;
}

interface Running {
  options: z.output<typeof chaosSchema>;
  random: () => number;
  report: ChaosReport;
}

/** Faults at random from a seed, for soak tests. */
export class Chaos {
  readonly #clock: Clock;
  readonly #maxStrikes: number;
  #running: Running | undefined;
  #newest: ChaosRun | undefined;

  constructor(clock: Clock, maxStrikes: number) {
    this.#clock = clock;
    this.#maxStrikes = maxStrikes;
  }

  start(input: unknown): Outcome<ChaosRun> {
    const parsed = parseWith(chaosSchema, input);
    if (!parsed.ok) return parsed;
    if (this.#running !== undefined) return refused(409, 'INVALID_STATE', 'Chaos is running already');
    const { seed, rate } = parsed.value;
    const report = { seed, rate, running: true, opportunities: 0, struck: 0, byKind: {}, strikes: [] };
    const running: Running = { options: parsed.value, random: numbersFrom(seed), report };
    this.#running = running;
    const run: ChaosRun = {
      report: () => structuredClone(running.report),
      stop: () => {
        running.report.running = false;
        if (this.#running === running) this.#running = undefined;
        return run.report();
      },
    };
    this.#newest = run;
    return accepted(run);
  }

  /** The run that was started last, stopped or not. */
  newest(): ChaosRun | undefined {
    return this.#newest;
  }

  /** The fault for this opportunity, if it is to be struck. */
  draw(opportunity: Opportunity): Fault | undefined {
    const running = this.#running;
    if (running === undefined || !isMeant(running.options, opportunity)) return undefined;
    const { options, random, report } = running;
    report.opportunities += 1;
    if (random() >= options.rate) return undefined;
    const kinds = options.kinds.filter((kind) => canStrike(kind, opportunity));
    const kind = kinds[Math.floor(random() * kinds.length)];
    const drawnStatus = random();
    const drawnSeconds = random() * options.maxSeconds;
    if (kind === undefined) return undefined;
    const statuses = statusesOf(kind);
    const status = statuses[Math.floor(drawnStatus * statuses.length)] ?? statuses[0];
    const seconds = kind === 'rate_limit' ? Math.ceil(drawnSeconds) : drawnSeconds;
    this.#note(report, opportunity, { kind, status, seconds });
    return { id: newId(), kind, times: 0, status, seconds, bytes: 100_000 };
  }

  #note(
    report: ChaosReport,
    opportunity: Opportunity,
    drawn: Pick<ChaosStrike, 'kind' | 'status' | 'seconds'>,
  ): void {
    report.struck += 1;
    report.byKind[drawn.kind] = (report.byKind[drawn.kind] ?? 0) + 1;
    report.strikes.push({
      at: new Date(this.#clock.now()).toISOString(),
      opportunity: report.opportunities,
      agentId: opportunity.agentId ?? null,
      operation: opportunity.operation ?? null,
      via: opportunity.via,
      frame: opportunity.on === 'frame' ? opportunity.frame : null,
      ...drawn,
    });
    if (report.strikes.length > this.#maxStrikes) report.strikes.shift();
  }
}

function isMeant(options: Running['options'], opportunity: Opportunity): boolean {
  const { agentId, operation } = opportunity;
  if (options.agentId !== undefined && options.agentId !== agentId) return false;
  if (opportunity.on === 'frame') {
    const spared = options.spare.includes(opportunity.frame);
    return !spared && (operation === undefined || !options.spare.includes(operation));
  }
  return opportunity.byAgent && !options.spare.includes(opportunity.operation);
}

/** Numbers from 0 up to 1 that follow from the seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
