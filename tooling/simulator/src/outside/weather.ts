import type { Stage } from '../boundary.ts';
import type { Dice } from '../dice.ts';

export type Place = 'marketplace' | 'homeserver' | 'storage';

/**
 * How settlements are answered while something is wrong with the marketplace, or stands in front of it: with an error or
 * nothing; with a success by whoever is not the marketplace; by no route and no tool; with a wish for patience; with a
 * refusal of the request or the key; with a word that the hiring may be over.
 */
export const SETTLEMENT_ANSWERS = [
  'lost',
  'success of another',
  'no way',
  'later',
  'refused',
  'unauthorized',
  'over',
] as const;

export type SettlementAnswer = (typeof SETTLEMENT_ANSWERS)[number];

interface SettlementOutage {
  readonly answer: SettlementAnswer;
  readonly fromMs: number;
  readonly toMs: number;
}

/** From a moment to hours: 15 s to 2 h. */
const SPANS_MS = [15_000, 5 * 60_000, 2 * 3_600_000] as const;

interface Outage {
  readonly place: Place;
  readonly manner: 'down' | 'unauthorized' | 'malformed' | 'limited';
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whole stretches of time in which a part of the outside does not work. */
export class Weather {
  readonly #stage: Stage;
  readonly #outages: readonly Outage[];
  readonly #settlementOutages: readonly SettlementOutage[];

  constructor(stage: Stage, dice: Dice) {
    this.#stage = stage;
    const { timeline, scenario } = stage;
    this.#outages = Array.from({ length: scenario.outages }, () => {
      const fromMs = timeline.nowMs + dice.between(0, scenario.chaosMs);
      return {
        place: dice.pick<Place>('marketplace', 'marketplace', 'homeserver', 'storage'),
        manner: dice.pick('down', 'down', 'unauthorized', 'malformed', 'limited'),
        fromMs,
        toMs: fromMs + dice.between(10, 400) * 1000,
      };
    });
    this.#settlementOutages = Array.from({ length: scenario.settlementOutages }, () => {
      const fromMs = timeline.nowMs + dice.between(0, scenario.chaosMs);
      const answer = dice.pick<SettlementAnswer>(...SETTLEMENT_ANSWERS);
      return { answer, fromMs, toMs: fromMs + dice.pick<number>(...SPANS_MS) };
    });
  }

  /** How settlements are answered at the moment; undefined when they are taken. These outages end when they end, be other faults off. */
  settlements(): SettlementAnswer | undefined {
    const { nowMs } = this.#stage.timeline;
    return this.#settlementOutages.find((one) => one.fromMs <= nowMs && nowMs < one.toMs)?.answer;
  }

  /** How a place is at the moment; undefined when it works. */
  at(place: Place): Outage['manner'] | undefined {
    if (!this.#stage.faulty) return undefined;
    const { nowMs } = this.#stage.timeline;
    return this.#outages.find((one) => one.place === place && one.fromMs <= nowMs && nowMs < one.toMs)
      ?.manner;
  }
}
