const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long after its end a hiring is first read again, and then; after that it is once a day. */
const FIRST_AGES_MS = [HOUR_MS, 7 * HOUR_MS];

/**
 * When an ended hiring is read again, in milliseconds since 1970: a dispute or a refund is not announced. Soon at first,
 * then once a day; undefined once the end is `forMs` ago.
 */
export function nextEndedRereadAtMs(endedAtMs: number, nowMs: number, forMs = Infinity): number | undefined {
  const soon = FIRST_AGES_MS.map((ageMs) => endedAtMs + ageMs).find((atMs) => atMs > nowMs);
  const nextAtMs = soon ?? nowMs + DAY_MS;
  return nextAtMs - endedAtMs > forMs ? undefined : nextAtMs;
}
