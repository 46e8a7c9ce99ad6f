import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { Place } from './place.ts';
import type { SettlementAnswer } from './settlement-answers.ts';

/**
 * What servers, and what stands before them, answer while something is wrong. As in the walk through outages
 * (packages/app/test/outages): 500, 502 and 504; 503; 429 with the time to wait and without; a connection that is cut; no
 * answer; a success with nothing in it; the page of a captive portal; the way to a login page; JSON of somebody else; and a
 * key that is not taken, or not for this.
 */
export const ANSWERS = [
  'server error',
  'unavailable',
  'limited',
  'limited, untold',
  'reset',
  'timeout',
  'empty',
  'portal',
  'login page',
  'other JSON',
  'unauthorized',
  'forbidden',
] as const;

export type BadAnswer = (typeof ANSWERS)[number];

/** Those behind which the request may have been carried out all the same. */
const MAY_HAVE_BEEN_APPLIED: ReadonlySet<BadAnswer> = new Set(['server error', 'reset', 'timeout', 'empty']);

/** What a client of a homeserver makes of an answer: to wait, that it is refused, or that nobody knows what became of it. */
export function homeserverOutcome(answer: BadAnswer): 'limited' | 'refused' | 'unknown' {
  switch (answer) {
    case 'limited':
    case 'limited, untold':
      return 'limited';
    case 'login page':
    case 'unauthorized':
    case 'forbidden':
      return 'refused';
    case 'server error':
    case 'unavailable':
    case 'reset':
    case 'timeout':
    case 'empty':
    case 'portal':
    case 'other JSON':
      return 'unknown';
  }
}

/** How long a request is waited for that has no answer. */
const SILENCE_MS = 20_000;

/** What comes instead of an answer. */
export interface Fault {
  readonly answer: BadAnswer;
  /** Whether the request was carried out. */
  readonly applied: boolean;
}

interface SettlementOutage {
  readonly answer: SettlementAnswer;
  readonly fromMs: number;
  readonly toMs: number;
}

/** From a moment to hours: 15 s to 2 h. */
const SPANS_MS = [15_000, 5 * 60_000, 2 * 3_600_000] as const;

interface Outage {
  readonly place: Place;
  readonly answer: BadAnswer;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whole stretches of time in which a part of the outside does not work. */
export class OutageSchedule {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #outages: Outage[];
  readonly #settlementOutages: readonly SettlementOutage[];

  constructor(stage: Stage, prng: Prng) {
    this.#stage = stage;
    this.#prng = prng;
    const { timeline, scenario } = stage;
    const outages = Array.from({ length: scenario.outages }, () => {
      const fromMs = timeline.nowMs + prng.between(0, scenario.chaosMs);
      return {
        place: prng.pick<Place>('marketplace', 'marketplace', 'homeserver', 'storage', 'git'),
        answer: prng.pick<BadAnswer>(...ANSWERS),
        fromMs,
        toMs: fromMs + prng.between(10, 400) * 1000,
      };
    });
    this.#outages = [...outages, ...this.#longOutages()];
    this.#settlementOutages = Array.from({ length: scenario.settlementOutages }, () => {
      const fromMs = timeline.nowMs + prng.between(0, scenario.chaosMs);
      const answer = prng.pick<SettlementAnswer>(...scenario.settlementAnswers);
      return { answer, fromMs, toMs: fromMs + prng.pick<number>(...SPANS_MS) };
    });
  }

  /** How settlements are answered at the moment; undefined when they are taken. These outages end when they end, be other faults off. */
  settlements(): SettlementAnswer | undefined {
    const { nowMs } = this.#stage.timeline;
    return this.#settlementOutages.find((one) => isOn(one, nowMs))?.answer;
  }

  /** What a place answers at the moment; undefined when it works. */
  at(place: Place): BadAnswer | undefined {
    const { nowMs } = this.#stage.timeline;
    return this.#outages.find((one) => one.place === place && isOn(one, nowMs))?.answer;
  }

  /** One more outage, from now on. */
  begin(place: Place, forMs: number): void {
    const { nowMs } = this.#stage.timeline;
    this.#outages.push({
      place,
      answer: this.#prng.pick<BadAnswer>(...ANSWERS),
      fromMs: nowMs,
      toMs: nowMs + forMs,
    });
  }

  /** Since when a place has been away; undefined while it is there. */
  sinceMs(place: Place): number | undefined {
    const { nowMs } = this.#stage.timeline;
    const on = this.#outages.filter((one) => one.place === place && isOn(one, nowMs));
    return on.length === 0 ? undefined : Math.min(...on.map(({ fromMs }) => fromMs));
  }

  /** What becomes of a request: what the weather says, else in so many of them a fault of this one alone. */
  strikes(place: Place, rate: number, prng: Prng): Fault | undefined {
    const { faulty } = this.#stage;
    const drawn = faulty && prng.chance(rate) ? prng.pick<BadAnswer>(...ANSWERS) : undefined;
    const answer = this.at(place) ?? drawn;
    return answer && { answer, applied: MAY_HAVE_BEEN_APPLIED.has(answer) && prng.chance(0.5) };
  }

  /** How long a request to a place waits in vain at the moment. */
  silenceMs(place: Place): number {
    return this.at(place) === 'timeout' ? SILENCE_MS : 0;
  }

  /** One that goes on for an hour or two, whatever else is over; and one in which the machine starts with a wrong clock. */
  #longOutages(): readonly Outage[] {
    const { timeline, scenario } = this.#stage;
    const { longOutage, startsAheadMs } = scenario;
    const startMs = timeline.nowMs;
    const outages: Outage[] = [];
    if (longOutage !== undefined) {
      const fromMs = startMs + this.#prng.between(0, scenario.chaosMs);
      const toMs = fromMs + this.#prng.between(30, 120) * 60_000;
      outages.push({ place: longOutage, answer: this.#prng.pick<BadAnswer>(...ANSWERS), fromMs, toMs });
    }
    if (startsAheadMs !== 0) {
      const toMs = startMs + this.#prng.between(1, 10) * 60_000;
      outages.push({ place: 'marketplace', answer: 'reset', fromMs: startMs, toMs });
    }
    return outages;
  }
}

function isOn({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }, nowMs: number): boolean {
  return fromMs <= nowMs && nowMs < toMs;
}
