/** Bounds of a wait that grows with each failure. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Gives numbers from 0 up to, but not including, 1; injected so that a seed decides a whole run. */
export type Random = () => number;

/**
 * How long to wait after a failure, with decorrelated jitter: between `baseMs` and three times the
 * last wait, never over `capMs`. Many that fail together do not come back together.
 */
export function nextWaitMs(lastWaitMs: number, backoff: Backoff, random: Random): number {
  const from = backoff.baseMs;
  const to = Math.max(from, Math.min(backoff.capMs, lastWaitMs * 3));
  return Math.min(backoff.capMs, Math.round(from + random() * (to - from)));
}
