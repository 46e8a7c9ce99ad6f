import type { Clock } from '../ports/clock.ts';

/** A moment, by the time of day, which other processes share, and by a clock that nobody sets. */
export type Instant = Readonly<{ nowMs: number; elapsedMs: number }>;

/** By so much clocks of processes may differ, and none of them is taken for one that was set wrong. */
export const CLOCK_SPREAD_MS = 30_000;

export function instantOf(clock: Clock): Instant {
  return { nowMs: clock.nowMs(), elapsedMs: clock.elapsedMs() };
}

/**
 * Milliseconds since the moment, by the clock that says more: the time of day may have been set back, and the
 * other stops while the machine sleeps. For what must not be held longer than others believe it is.
 */
export function passedMs(clock: Clock, since: Instant): number {
  return Math.max(clock.nowMs() - since.nowMs, clock.elapsedMs() - since.elapsedMs);
}
