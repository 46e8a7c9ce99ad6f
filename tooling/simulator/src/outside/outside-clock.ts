import { TheirClock } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';

const SECOND_MS = 1_000;
/** How long answers are under way. */
const WAY_MS = 20;

/** The clock of something outside, which need not agree with that of the processes. */
export class OutsideClock {
  readonly #stage: Stage;
  #aheadMs: number;
  #setAtMs = -Infinity;
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

  /** When it was last set, by the true time. */
  get setAtMs(): number {
    return this.#setAtMs;
  }

  /** Somebody sets it. */
  jump(byMs: number): void {
    this.#aheadMs += byMs;
    this.#setAtMs = this.#stage.timeline.nowMs;
  }

  /** An answer tells it to the second, as HTTP does; or one of somebody else, whose clock is so much ahead of it. */
  answers(foreignAheadMs = 0): void {
    this.known.note({
      theirMs: Math.floor((this.nowMs + foreignAheadMs) / SECOND_MS) * SECOND_MS,
      resolutionMs: SECOND_MS,
      askedAtMs: this.ourNowMs - WAY_MS,
      cameAtMs: this.ourNowMs,
    });
  }
}
