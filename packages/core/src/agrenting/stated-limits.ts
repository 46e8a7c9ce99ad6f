import { parseTimeMs } from '../domain/index.ts';
import { ageS, retryAfterMs } from './retry-after.ts';

/** What one answer says of how much a key may ask. */
export interface StatedLimits {
  /** Whether the marketplace gave the answer, as far as that shows: of any other answer, only the wait counts. */
  readonly isOwn: boolean;
  /** Requests in a window. */
  readonly limit?: number | undefined;
  /** Requests that are left in it. */
  readonly remaining?: number | undefined;
  /** Until its end. */
  readonly resetMs?: number | undefined;
  /** Its length. */
  readonly windowMs?: number | undefined;
  /** What `Retry-After` asks for, at most 10 minutes. */
  readonly retryAfterMs?: number | undefined;
}

/** What an exchange says that had no answer. */
export const NOTHING_STATED: StatedLimits = { isOwn: false };

/** A window of the marketplace that an agent's requests count in is a minute long; what claims to end later than this is no time. */
const MAX_RESET_MS = 60 * 60_000;
const MAX_WINDOW_MS = 24 * 60 * 60_000;
/** A header is read so far. */
const MAX_CHARACTERS = 1_000;

/**
 * Reads `X-RateLimit-*`, `RateLimit-*`, `RateLimit` with `RateLimit-Policy`, and `Retry-After`. Limits are believed where the
 * marketplace answers: in JSON, or with a success that is no page, and never from what a cache kept. The page of a gateway and
 * an error without JSON are believed their `Retry-After`, and nothing else.
 *
 * @param theirNowMs - now, by the clock of the marketplace
 */
export function readStatedLimits(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  theirNowMs: number,
): StatedLimits {
  const waitMs = retryAfterMs(headers, theirNowMs);
  if (!isOwnAnswer(status, headers)) return { isOwn: false, retryAfterMs: waitMs };
  const { limit, remaining, reset, windowS } = standardFields(headers) ?? separateFields(headers);
  return {
    isOwn: true,
    limit: limit === undefined || limit < 1 ? undefined : limit,
    remaining,
    resetMs: reset === undefined ? undefined : untilMs(reset, theirNowMs),
    windowMs: windowS === undefined ? undefined : windowOf(windowS),
    retryAfterMs: waitMs,
  };
}

function isOwnAnswer(status: number, headers: Headers): boolean {
  // What a cache gives again was said to somebody else, or earlier.
  if (ageS(headers) > 0) return false;
  const type = headers.get('content-type') ?? '';
  if (/^\s{0,9}application\/(?:[\w.-]{1,40}\+)?json\b/i.test(type)) return status < 300 || status >= 400;
  return status >= 200 && status < 300 && !/html/i.test(type.slice(0, 100));
}

interface Fields {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly reset?: string | undefined;
  readonly windowS?: number | undefined;
}

/** One header for each figure, as the marketplace has them (Agrenting API reference, 13.1). */
function separateFields(headers: Headers): Fields {
  const of = (name: string) => headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`);
  const limit = of('limit');
  return {
    limit: least(limit),
    remaining: least(of('remaining')),
    reset: of('reset') ?? undefined,
    windowS: parameter(limit, 'w') ?? parameter(headers.get('ratelimit-policy'), 'w'),
  };
}

/** The one header of draft-ietf-httpapi-ratelimit-headers, in its seventh form (`limit=9, remaining=3, reset=40`) and its last (`"name";r=3;t=40`). */
function standardFields(headers: Headers): Fields | undefined {
  const whole = headers.get('ratelimit');
  if (whole === null) return undefined;
  const policies = headers.get('ratelimit-policy');
  const left = parameter(whole, 'r');
  if (left === undefined) {
    const limit = parameter(whole, 'limit');
    const reset = parameter(whole, 'reset');
    return {
      limit,
      remaining: parameter(whole, 'remaining'),
      reset: reset?.toString(),
      windowS: parameter(policies, 'w'),
    };
  }
  const name = /^\s{0,9}("[^"]{0,100}"|[\w*-]{1,100})/.exec(whole)?.[1];
  const policy = policies?.split(',').find((item) => name !== undefined && item.trim().startsWith(name));
  const reset = parameter(whole, 't');
  return {
    limit: parameter(policy ?? null, 'q'),
    remaining: left,
    reset: reset?.toString(),
    windowS: parameter(policy ?? null, 'w'),
  };
}

/** Of several figures, which gateways add theirs to, the least. */
function least(header: string | null): number | undefined {
  const appMetrics = (header ?? '')
    .slice(0, MAX_CHARACTERS)
    .split(',')
    .map((item) => /^\s{0,9}(\d{1,6})\s{0,9}(?:;|$)/.exec(item)?.[1])
    .flatMap((figure) => (figure === undefined ? [] : [Number(figure)]));
  return appMetrics.length === 0 ? undefined : Math.min(...appMetrics);
}

/** The first parameter of that name. */
function parameter(header: string | null, name: string): number | undefined {
  const text = (header ?? '').slice(0, MAX_CHARACTERS);
  // bounded: by the length of the text, with each figure of at most nine digits
  const figure = new RegExp(`(?:^|[\\s,;])${name}\\s{0,3}=\\s{0,3}"?(\\d{1,9})(?![\\d.])`, 'i').exec(
    text,
  )?.[1];
  return figure === undefined ? undefined : Number(figure);
}

/** Seconds since 1970 are more than this, seconds until a time less; of milliseconds since 1970 there are more yet. */
const LEAST_EPOCH_S = 1_000_000_000;
const LEAST_EPOCH_MS = 100_000_000_000;

/**
 * The time until a moment that is named by a date, in seconds or milliseconds since 1970, or in those until then. Undefined for
 * one that no window ends at.
 */
function untilMs(named: string, theirNowMs: number): number | undefined {
  const text = named.slice(0, MAX_CHARACTERS).trim();
  const leftMs = /^\d{1,16}(?:\.\d{1,9})?$/.test(text)
    ? leftOf(Number(text), theirNowMs)
    : (parseTimeMs(text) ?? NaN) - theirNowMs;
  return leftMs <= MAX_RESET_MS ? Math.max(0, Math.ceil(leftMs)) : undefined;
}

function leftOf(figure: number, theirNowMs: number): number {
  if (figure >= LEAST_EPOCH_MS) return figure - theirNowMs;
  if (figure >= LEAST_EPOCH_S) return figure * 1_000 - theirNowMs;
  // More seconds than a window has are milliseconds.
  return figure * 1_000 <= MAX_RESET_MS ? figure * 1_000 : figure;
}

function windowOf(windowS: number): number | undefined {
  const windowMs = windowS * 1_000;
  return windowMs > 0 && windowMs <= MAX_WINDOW_MS ? windowMs : undefined;
}
