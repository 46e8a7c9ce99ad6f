import { CLOCK_SPREAD_MS } from './instant.ts';

/** How fast messages may go out: on the average, and at once after a quiet time. */
export interface SendRate {
  readonly perMinute: number;
  readonly burst: number;
}

/** What is sent, in the order in which it goes when not all of it can go. */
export const SEND_RANKS = ['assignment', 'preparation', 'other'] as const;
/** `assignment`: the first word of a task to its worker. `preparation`: what has to go before it. */
export type SendRank = (typeof SEND_RANKS)[number];

/** Until when something of a rank waits to be sent. */
export interface SendQueue {
  readonly assignmentUntilMs: number;
  readonly preparationUntilMs: number;
}

/** What is known of how fast one homeserver takes what one account sends. */
export interface SendPace extends SendQueue {
  /** What may be sent at `atMs`; undefined for a whole burst. */
  readonly allowed: number | undefined;
  readonly atMs: number;
  /** Nothing is sent before it. */
  readonly heldUntilMs: number;
  /** Learned from refusals; undefined while there were none, or none for long: then the ceiling holds. */
  readonly learned: SendRate | undefined;
  /** Sent since `sinceMs`, which is the last refusal or the end of a quiet time. */
  readonly taken: number;
  readonly sinceMs: number;
  readonly refusedAtMs: number;
  /** Refusals in a row. */
  readonly refusals: number;
  /** Sent ahead of what is less urgent, since that had its turn. */
  readonly ahead: number;
}

/** Before anything was sent. */
export const FRESH_PACE: SendPace = {
  allowed: undefined,
  atMs: 0,
  heldUntilMs: 0,
  learned: undefined,
  taken: 0,
  sinceMs: 0,
  refusedAtMs: 0,
  refusals: 0,
  ahead: 0,
  assignmentUntilMs: 0,
  preparationUntilMs: 0,
};

const MINUTE_MS = 60_000;
/** Nobody is held for longer, whatever the homeserver asked for or the clock did: it says so again. */
const MAX_HOLD_MS = 10 * MINUTE_MS;
/** A homeserver that names no wait at all is still left in peace for a moment, which doubles with each refusal in a row. */
const MIN_HOLD_MS = 100;
const MAX_DOUBLINGS = 6;
/** Far less than a message, and more than what adding fractions of one gets wrong. */
const ROUNDING = 1e-6;
/** A limit may have been lifted: after so long without a refusal it is looked for again. */
const FORGET_AFTER_MS = 24 * 60 * MINUTE_MS;
/** One in ten minutes, which is also the longest that anybody is held. */
const LEAST_PER_MINUTE = 0.1;
/** A longer wait says when the next one is taken, and nothing of how often: it is learned from as if it were this long. */
const MAX_INFORMATIVE_HOLD_MS = 15_000;
const LITTLE_SLOWER = 0.9;
const SLOWER = 0.8;
/** What was measured between two refusals may be of a time in which there was little to send. */
const SLOWEST = 0.25;
const FASTER = 1.05;
/** So many without a refusal show that the limit is elsewhere. */
const STEADY = 20;
const MUCH_FASTER = 1.25;
/** What is less urgent gets one turn after so many that went ahead of it, so that its wait has an end. */
const MAX_AHEAD = 8;
/** What let others go first looks again after this time at the earliest. */
const LEAST_YIELD_MS = 250;
/** For how long what waits may keep back what is less urgent, if it never comes. */
const MAX_WAITED_FOR_MS = MINUTE_MS;

export interface Taken {
  /** 0 when it may be sent now. */
  readonly waitMs: number;
  readonly everyMs: number;
  /** The very one of before when nothing changed. */
  readonly after: SendPace;
}

/** Takes one message of a rank, if it may go now; `waiting` says until when others wait that go before it. */
export function takeFrom(
  stored: SendPace,
  ceiling: SendRate,
  { rank, waiting, nowMs }: { rank: SendRank; waiting?: SendQueue | undefined; nowMs: number },
): Taken {
  const pace = withWaiting(withinReach(stored, nowMs), waiting, nowMs);
  const rate = rateOf(pace, ceiling);
  const everyMs = MINUTE_MS / rate.perMinute;
  const wait = (waitMs: number): Taken => ({ waitMs: Math.max(1, Math.ceil(waitMs)), everyMs, after: pace });
  if (pace.heldUntilMs > nowMs) return wait(pace.heldUntilMs - nowMs);

  const allowed = allowedAt(pace, rate, nowMs);
  const missing = 1 - allowed;
  if (missing > ROUNDING) return wait((missing - ROUNDING) * everyMs);
  const firstUntilMs = firstUntil(pace, rank);
  if (firstUntilMs > nowMs && pace.ahead < MAX_AHEAD)
    return wait(Math.max(LEAST_YIELD_MS, Math.min(firstUntilMs - nowMs, MAX_AHEAD * everyMs)));

  const isQuiet = nowMs - pace.atMs > Math.max(MINUTE_MS, 3 * everyMs);
  const taken = isQuiet ? 1 : pace.taken + 1;
  const left = allowed - 1;
  return {
    waitMs: 0,
    everyMs,
    after: {
      ...pace,
      allowed: left,
      // A process whose clock was read earlier must not make time run twice.
      atMs: Math.max(pace.atMs, nowMs),
      // A hold that is over stays so, even when the clock is set back.
      heldUntilMs: 0,
      learned: left < 1 ? faster(pace.learned, taken, ceiling) : pace.learned,
      taken,
      sinceMs: isQuiet ? nowMs : pace.sinceMs,
      ahead: aheadAfter(pace, rank, nowMs),
    },
  };
}

/** The homeserver refused what was taken at `takenAtMs`: nothing goes before the wait that it named, and one after it. */
export function refusedBy(
  stored: SendPace,
  ceiling: SendRate,
  { takenAtMs, retryAfterMs, nowMs }: { takenAtMs: number; retryAfterMs: number; nowMs: number },
): SendPace {
  const pace = withinReach(stored, nowMs);
  const isSameBurst = takenAtMs <= pace.refusedAtMs;
  const accepted = Math.max(0, pace.taken - 1);
  const inARow = accepted > 0 ? 0 : pace.refusals;
  const leastMs = MIN_HOLD_MS * 2 ** Math.min(inARow, MAX_DOUBLINGS);
  const holdMs = Math.min(MAX_HOLD_MS, Math.max(retryAfterMs, leastMs));
  const heldUntilMs = Math.max(pace.heldUntilMs, Math.ceil(nowMs + holdMs));
  // What fills up begins when the wait is over, with the one that finds out.
  const held = { ...pace, heldUntilMs, allowed: 1, atMs: heldUntilMs };
  if (isSameBurst) return held;
  return {
    ...held,
    learned:
      accepted > 0 || pace.learned === undefined
        ? slower(pace, ceiling, { accepted, retryAfterMs, holdMs, nowMs })
        : pace.learned,
    taken: 0,
    sinceMs: nowMs,
    refusedAtMs: nowMs,
    refusals: inARow + 1,
  };
}

/** The rate that holds now: what was learned, never more than the ceiling. */
export function rateOf({ learned }: Pick<SendPace, 'learned'>, ceiling: SendRate): SendRate {
  if (learned === undefined) return ceiling;
  return {
    perMinute: Math.min(learned.perMinute, ceiling.perMinute),
    burst: Math.min(learned.burst, ceiling.burst),
  };
}

function allowedAt({ allowed, atMs }: SendPace, { perMinute, burst }: SendRate, nowMs: number): number {
  const grown = (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS;
  return Math.min(burst, (allowed ?? burst) + grown);
}

interface Refused {
  readonly retryAfterMs: number;
  readonly holdMs: number;
  readonly nowMs: number;
}

/** Only what used up all that was allowed shows that more would be taken; the first one only finds out. */
function faster(learned: SendRate | undefined, taken: number, ceiling: SendRate): SendRate | undefined {
  if (learned === undefined || taken === 1) return learned;
  const isSteady = taken > STEADY;
  const perMinute = learned.perMinute * (isSteady ? MUCH_FASTER : FASTER);
  return perMinute >= ceiling.perMinute
    ? undefined
    : { perMinute, burst: Math.min(ceiling.burst, learned.burst + (isSteady ? 1 : 0)) };
}

/**
 * The first refusal tells nothing but the wait until the next one is taken, and how many were taken before it: the larger
 * of what both say, since what is too much shows at once, and what is too little does not. From then on a refusal makes it
 * slower by a fifth, or as slow as what was taken since the last one; by less where the next one is taken sooner than it
 * would have come.
 */
function slower(
  pace: SendPace,
  ceiling: SendRate,
  { accepted, retryAfterMs, holdMs, nowMs }: Refused & { readonly accepted: number },
): SendRate {
  const rate = rateOf(pace, ceiling);
  const spanMs = Math.max(1, nowMs - pace.sinceMs);
  const unused = allowedAt(pace, rate, nowMs);
  return {
    perMinute: Math.min(ceiling.perMinute, Math.max(LEAST_PER_MINUTE, perMinute())),
    burst: Math.max(1, rate.burst - unused),
  };

  function perMinute(): number {
    if (pace.learned === undefined) {
      const informativeMs = Math.min(holdMs, MAX_INFORMATIVE_HOLD_MS);
      return Math.max(MINUTE_MS / informativeMs, (accepted * MINUTE_MS) / (spanMs + holdMs));
    }
    if (retryAfterMs < MINUTE_MS / rate.perMinute) return rate.perMinute * LITTLE_SLOWER;
    const instrumented = (accepted * MINUTE_MS) / spanMs;
    return Math.min(rate.perMinute * SLOWER, Math.max(rate.perMinute * SLOWEST, instrumented));
  }
}

function firstUntil({ assignmentUntilMs, preparationUntilMs }: SendQueue, rank: SendRank): number {
  switch (rank) {
    case 'assignment':
      return 0;
    case 'preparation':
      return assignmentUntilMs;
    case 'other':
      return Math.max(assignmentUntilMs, preparationUntilMs);
  }
}

function aheadAfter(pace: SendPace, rank: SendRank, nowMs: number): number {
  // It had its turn.
  if (firstUntil(pace, rank) > nowMs) return 0;
  return rank !== 'other' && firstUntil(pace, 'other') > nowMs ? pace.ahead + 1 : 0;
}

function withWaiting(pace: SendPace, waiting: SendQueue | undefined, nowMs: number): SendPace {
  if (waiting === undefined) return pace;
  const until = (stored: number, wanted: number): number =>
    Math.max(stored, Math.ceil(Math.min(wanted, nowMs + MAX_WAITED_FOR_MS)));
  const assignmentUntilMs = until(pace.assignmentUntilMs, waiting.assignmentUntilMs);
  const preparationUntilMs = until(pace.preparationUntilMs, waiting.preparationUntilMs);
  const isNew =
    assignmentUntilMs !== pace.assignmentUntilMs || preparationUntilMs !== pace.preparationUntilMs;
  return isNew ? { ...pace, assignmentUntilMs, preparationUntilMs } : pace;
}

/** A clock that was set back neither stops the filling nor makes a wait longer; what was learned long ago is forgotten. */
function withinReach(pace: SendPace, nowMs: number): SendPace {
  const heldUntilMs = Math.min(pace.heldUntilMs, nowMs + MAX_HOLD_MS);
  const soonMs = nowMs + CLOCK_SPREAD_MS;
  const atMs = pace.atMs > Math.max(soonMs, heldUntilMs) ? Math.max(nowMs, heldUntilMs) : pace.atMs;
  const sinceMs = pace.sinceMs > soonMs ? nowMs : pace.sinceMs;
  const refusedAtMs = pace.refusedAtMs > soonMs ? nowMs : pace.refusedAtMs;
  const assignmentUntilMs = Math.min(pace.assignmentUntilMs, nowMs + MAX_WAITED_FOR_MS);
  const preparationUntilMs = Math.min(pace.preparationUntilMs, nowMs + MAX_WAITED_FOR_MS);
  const isOld = pace.learned !== undefined && nowMs - refusedAtMs > FORGET_AFTER_MS;
  const reached = { heldUntilMs, atMs, sinceMs, refusedAtMs, assignmentUntilMs, preparationUntilMs };
  const isSame =
    !isOld &&
    heldUntilMs === pace.heldUntilMs &&
    atMs === pace.atMs &&
    sinceMs === pace.sinceMs &&
    refusedAtMs === pace.refusedAtMs &&
    assignmentUntilMs === pace.assignmentUntilMs &&
    preparationUntilMs === pace.preparationUntilMs;
  return isSame ? pace : { ...pace, ...reached, learned: isOld ? undefined : pace.learned };
}
