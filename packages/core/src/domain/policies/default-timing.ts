const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How patient the adapter is where the section `timing` of the configuration says nothing, in milliseconds. */
export const DEFAULT_TIMING = {
  acknowledgeMs: 2 * MINUTE,
  silenceMs: 15 * MINUTE,
  inspectMs: 10 * SECOND,
  quietMs: 2 * SECOND,
  unreportedQuietMs: 2 * MINUTE,
  stillMs: 8 * SECOND,
  blockedMs: 30 * SECOND,
  claimGraceMs: MINUTE,
  clearMs: 10 * SECOND,
  rereadMs: MINUTE,
  attentionMs: MINUTE,
  answerWaitMs: 60 * MINUTE,
  leaseMs: 25 * SECOND,
} as const;

/** The same for the deadline of an attempt. */
export const DEFAULT_DEADLINE = {
  maxDurationMs: DAY,
  unacknowledgedMarginMs: 5 * MINUTE,
  maxOverdueMs: DAY,
} as const;
