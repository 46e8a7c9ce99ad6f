import { describe, expect, test } from 'vitest';
import { FRESH_PACE, rateOf, refusedBy, takeFrom, type SendPace, type SendRate } from './send-rate.ts';

const CEILING: SendRate = { perMinute: 6_000, burst: 200 };
const START_MS = 1_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LATENCY_MS = 10;
const AT_ONCE = 16;

/** 0 lets it pass, else how long to wait. */
type Limiter = (nowMs: number) => number;

/** As Synapse and most others do it. */
function leaking(perSecond: number, burst: number): Limiter {
  let level = 0;
  let atMs = 0;
  return (nowMs) => {
    level = Math.max(0, level - ((nowMs - atMs) * perSecond) / 1_000);
    atMs = nowMs;
    const over = level + 1 - burst;
    if (over > 0) return Math.ceil((over * 1_000) / perSecond);
    level += 1;
    return 0;
  };
}

/** So many in each window of time, and the rest has to wait for the next. */
function windowed(messages: number, windowMs: number): Limiter {
  let window = 0;
  let count = 0;
  return (nowMs) => {
    const now = Math.floor(nowMs / windowMs);
    if (now !== window) [window, count] = [now, 0];
    count += 1;
    return count > messages ? (now + 1) * windowMs - nowMs : 0;
  };
}

/** As a gateway that names no wait does it. */
function silent(limiter: Limiter, namedMs: number): Limiter {
  return (nowMs) => (limiter(nowMs) > 0 ? namedMs : 0);
}

interface Run {
  readonly tookMs: number;
  readonly refused: number;
  /** Came before a wait that was named was over, the refusals of the first burst not counted. */
  readonly early: number;
  readonly pace: SendPace;
}

/** Sends so many to a homeserver, each as soon as it may go, and counts what the homeserver saw. */
function sendAll(messages: number, limiter: Limiter, from: SendPace = FRESH_PACE, startMs = START_MS): Run {
  let pace = from;
  let nowMs = startMs;
  let waiting = messages;
  let nextAskMs = startMs;
  let [refused, early, notBeforeMs, firstRefusalMs] = [0, 0, 0, 0];
  const onTheirWay: { readonly takenAtMs: number; readonly waitMs: number }[] = [];
  while (waiting > 0 || onTheirWay.length > 0) {
    const answered = onTheirWay[0];
    if (answered !== undefined && answered.takenAtMs + LATENCY_MS <= nowMs) {
      onTheirWay.shift();
      if (answered.waitMs === 0) continue;
      pace = refusedBy(pace, CEILING, {
        takenAtMs: answered.takenAtMs,
        retryAfterMs: answered.waitMs,
        nowMs,
      });
      waiting += 1;
      continue;
    }
    if (waiting > 0 && nextAskMs <= nowMs && onTheirWay.length < AT_ONCE) {
      const taken = takeFrom(pace, CEILING, { rank: 'assignment', nowMs });
      pace = taken.after;
      nextAskMs = nowMs + taken.waitMs;
      if (taken.waitMs > 0) continue;
      waiting -= 1;
      const waitMs = limiter(nowMs);
      if (nowMs < notBeforeMs && nowMs > firstRefusalMs + LATENCY_MS) early += 1;
      if (waitMs > 0) {
        refused += 1;
        firstRefusalMs ||= nowMs;
        notBeforeMs = Math.max(notBeforeMs, nowMs + waitMs);
      }
      onTheirWay.push({ takenAtMs: nowMs, waitMs });
      continue;
    }
    const asksMs = waiting > 0 && onTheirWay.length < AT_ONCE ? nextAskMs : Infinity;
    nowMs = Math.max(nowMs + 1, Math.min(asksMs, (answered?.takenAtMs ?? Infinity) + LATENCY_MS));
  }
  return { tookMs: nowMs - startMs, refused, early, pace };
}

describe('how fast messages go out', () => {
  test('is as fast as our own bound where the homeserver sets none', () => {
    const { tookMs, refused, pace } = sendAll(CEILING.burst, () => 0);
    expect(refused).toBe(0);
    expect(tookMs).toBeLessThan(1_000);
    expect(pace.learned).toBeUndefined();
  });

  test('is never faster than our own bound', () => {
    const { tookMs } = sendAll(CEILING.burst + 500, () => 0);
    expect(tookMs).toBeGreaterThanOrEqual((500 / CEILING.perMinute) * MINUTE_MS);
  });

  test.each([
    ["Synapse's default", leaking(0.2, 10), 50, (40 / 0.2) * 1_000],
    ['eight a second, ten at once', leaking(8, 10), 100, (90 / 8) * 1_000],
    ['fifty a second', leaking(50, 50), 500, (450 / 50) * 1_000],
    ['one a minute, as Synapse limits rooms', leaking(1 / 60, 10), 20, 10 * MINUTE_MS],
    ['five in each second', windowed(5, 1_000), 100, 19_000],
    ['a hundred in each minute', windowed(100, MINUTE_MS), 250, 2 * MINUTE_MS],
    ['two a second, by a gateway that names five seconds', silent(leaking(2, 5), 5_000), 50, 22_500],
    ['four a second, by one that names none', silent(leaking(4, 4), 0), 50, 11_500],
  ])('is nearly that of a homeserver that takes %s', (_what, limiter, messages, leastMs) => {
    const { tookMs, refused, early } = sendAll(messages, limiter);
    expect(tookMs).toBeLessThan(1.6 * leastMs + 5_000);
    expect(early).toBe(0);
    // The burst that finds out, and then one now and again.
    expect(refused).toBeLessThan(AT_ONCE + messages / 3);
  });

  test('is remembered: the next ones begin with what was learned', () => {
    const limiter = leaking(8, 10);
    const { pace } = sendAll(60, limiter);
    const { perMinute } = rateOf(pace, CEILING);
    expect(perMinute).toBeGreaterThan(4 * 60);
    expect(perMinute).toBeLessThan(16 * 60);
    expect(sendAll(10, limiter, pace, START_MS + HOUR_MS).refused).toBeLessThanOrEqual(3);
  });

  test('rises again when the homeserver takes more, without anybody doing anything', () => {
    const slow = sendAll(60, leaking(2, 5));
    const { tookMs } = sendAll(300, () => 0, slow.pace, START_MS + HOUR_MS);
    expect(tookMs).toBeLessThan(MINUTE_MS);
  });

  test('is not forgotten by what is seldom sent, and is after a day without a refusal', () => {
    let { pace } = sendAll(60, leaking(2, 5));
    const before = rateOf(pace, CEILING).perMinute;
    for (let minute = 1; minute < 600; minute += 1) {
      pace = takeFrom(pace, CEILING, { rank: 'other', nowMs: START_MS + HOUR_MS + minute * MINUTE_MS }).after;
    }
    expect(rateOf(pace, CEILING).perMinute).toBe(before);
    pace = takeFrom(pace, CEILING, { rank: 'other', nowMs: START_MS + 30 * HOUR_MS }).after;
    expect(pace.learned).toBeUndefined();
  });

  test('does not fall with each refusal of an outage, so that it is there when that has passed', () => {
    const { pace: learned } = sendAll(60, leaking(8, 10));
    let pace = learned;
    let nowMs = START_MS + HOUR_MS;
    for (let refusals = 0; refusals < 200; refusals += 1) {
      const { waitMs, after } = takeFrom(pace, CEILING, { rank: 'assignment', nowMs });
      pace = after;
      nowMs += waitMs;
      if (waitMs === 0)
        pace = refusedBy(pace, CEILING, { takenAtMs: nowMs, retryAfterMs: 0, nowMs: nowMs + 1 });
    }
    expect(rateOf(pace, CEILING).perMinute).toBeGreaterThan(rateOf(learned, CEILING).perMinute / 2);
  });

  test.each([60_000, 10 * MINUTE_MS])(
    'one long wait (%d ms) says nothing of how often: fifty messages after it take minutes',
    (waitMs) => {
      let refused = false;
      const once: Limiter = () => {
        if (refused) return 0;
        refused = true;
        return waitMs;
      };
      expect(sendAll(50, once).tookMs - waitMs).toBeLessThan(5 * MINUTE_MS);
    },
  );

  test('an answer of a homeserver that names no wait is not asked again at once, again and again', () => {
    let pace = FRESH_PACE;
    let asked = 0;
    let nowMs = START_MS;
    while (nowMs < START_MS + HOUR_MS) {
      const { waitMs, after } = takeFrom(pace, CEILING, { rank: 'assignment', nowMs });
      pace = after;
      if (waitMs === 0) {
        asked += 1;
        pace = refusedBy(pace, CEILING, { takenAtMs: nowMs, retryAfterMs: 0, nowMs });
      }
      nowMs += Math.max(1, waitMs);
    }
    expect(asked).toBeLessThan(HOUR_MS / 6_000);
  });
});

describe('while some of it waits', () => {
  const learned = { perMinute: 60, burst: 1 };
  const paced: SendPace = { ...FRESH_PACE, learned, refusedAtMs: START_MS, atMs: START_MS, allowed: 1 };
  const waiting = { assignmentUntilMs: START_MS + HOUR_MS, preparationUntilMs: 0 };

  test('assignments go before what prepares others, and that before the rest', () => {
    const nowMs = START_MS;
    for (const rank of ['preparation', 'other'] as const) {
      expect(takeFrom(paced, CEILING, { rank, waiting, nowMs }).waitMs).toBeGreaterThan(0);
    }
    expect(takeFrom(paced, CEILING, { rank: 'assignment', waiting, nowMs }).waitMs).toBe(0);
    const preparing = { assignmentUntilMs: 0, preparationUntilMs: START_MS + HOUR_MS };
    expect(takeFrom(paced, CEILING, { rank: 'preparation', waiting: preparing, nowMs }).waitMs).toBe(0);
    expect(takeFrom(paced, CEILING, { rank: 'other', waiting: preparing, nowMs }).waitMs).toBeGreaterThan(0);
  });

  test('the rest has a turn now and again', () => {
    let pace = paced;
    let others = 0;
    for (let second = 1; second <= 90; second += 1) {
      const nowMs = START_MS + second * 1_000;
      const other = takeFrom(pace, CEILING, { rank: 'other', waiting, nowMs });
      if (other.waitMs === 0) others += 1;
      pace =
        other.waitMs === 0
          ? other.after
          : takeFrom(pace, CEILING, { rank: 'assignment', waiting, nowMs }).after;
    }
    expect(others).toBe(10);
  });

  test('nothing is kept back for long by what never comes', () => {
    const { after } = takeFrom(paced, CEILING, { rank: 'other', waiting, nowMs: START_MS });
    expect(takeFrom(after, CEILING, { rank: 'other', nowMs: START_MS + MINUTE_MS }).waitMs).toBe(0);
  });
});
