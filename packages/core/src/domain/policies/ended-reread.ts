const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An ended hiring waits no longer than this for its next read. */
export const LONGEST_ENDED_REREAD_WAIT_MS = DAY_MS;

/** How long after its end a hiring is first read again, and then; after that it is once a day. */
const FIRST_AGES_MS = [HOUR_MS, 7 * HOUR_MS];

/**
 * When an ended hiring is read again, in milliseconds since 1970: a dispute or a refund is not announced. Soon at first,
 * then once a day.
 */
export function nextEndedRereadAtMs(endedAtMs: number, nowMs: number): number {
  const soon = FIRST_AGES_MS.map((ageMs) => endedAtMs + ageMs).find((atMs) => atMs > nowMs);
  return soon ?? nowMs + LONGEST_ENDED_REREAD_WAIT_MS;
}
