import type { Stage } from '../boundary.ts';
import type { Dice } from '../dice.ts';

export type Place = 'marketplace' | 'homeserver' | 'storage';

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
  }

  /** How a place is at the moment; undefined when it works. */
  at(place: Place): Outage['manner'] | undefined {
    if (!this.#stage.faulty) return undefined;
    const { nowMs } = this.#stage.timeline;
    return this.#outages.find((one) => one.place === place && one.fromMs <= nowMs && nowMs < one.toMs)
      ?.manner;
  }
}
