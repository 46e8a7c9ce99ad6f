import { parseTimeMs } from '../domain/index.ts';

/** Longer waits are not believed; the marketplace's own longest is 5 minutes (Agrenting API reference, 2.3). */
const MAX_WAIT_MS = 10 * 60_000;

/**
 * How long the server asks to wait: seconds or an HTTP date, at most 10 minutes. Undefined when it
 * says nothing usable, such as a negative number (Agrenting API reference, 3.4 and 13.1). Of seconds that a cache
 * gives again, those in the cache are over.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,15}(?:\.\d{1,15})?$/.test(value)) return within((Number(value) - ageS(headers)) * 1000);
  const atMs = parseTimeMs(value);
  return atMs === undefined ? undefined : within(atMs - nowMs);
}

function within(waitMs: number): number {
  return Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil(waitMs)));
}

/** How long an answer lay in caches, in seconds. */
export function ageS(headers: Headers): number {
  const age = headers.get('age')?.trim() ?? '';
  return /^\d{1,9}$/.test(age) ? Number(age) : 0;
}
