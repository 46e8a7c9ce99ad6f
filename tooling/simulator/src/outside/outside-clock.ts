import { TheirClock } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../boundary.ts';

const SECOND_MS = 1_000;
/** How long answers are under way. */
const WAY_MS = 20;

/** The clock of something outside, which need not agree with that of the processes. */
export class OutsideClock {
  readonly #stage: Stage;
  readonly #aheadMs: number;
  /** What processes know of it. */
  readonly known = new TheirClock();

  constructor(stage: Stage, aheadMs: number) {
    this.#stage = stage;
    this.#aheadMs = aheadMs;
  }

  /** What it shows. */
  get nowMs(): number {
    return this.#stage.timeline.nowMs + this.#aheadMs;
  }

  /** What the clock of the processes shows. */
  get ourNowMs(): number {
    return this.#stage.timeline.nowMs + this.#stage.skewMs;
  }

  /** An answer tells it to the second, as HTTP does. */
  answers(): void {
    this.known.note({
      theirMs: Math.floor(this.nowMs / SECOND_MS) * SECOND_MS,
      resolutionMs: SECOND_MS,
      askedAtMs: this.ourNowMs - WAY_MS,
      cameAtMs: this.ourNowMs,
    });
  }
}
