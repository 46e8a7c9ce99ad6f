import { parseTimeMs } from '../domain/index.ts';

/** Longer waits are not believed; the marketplace's own longest is 5 minutes (Agrenting API reference, 2.3). */
const MAX_WAIT_MS = 10 * 60_000;

/**
 * How long the server asks to wait: seconds or an HTTP date, at most 10 minutes. Undefined when it
 * says nothing usable, such as a negative number (Agrenting API reference, 3.4 and 13.1).
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,15}(?:\.\d{1,15})?$/.test(value)) return Math.min(MAX_WAIT_MS, Math.ceil(Number(value) * 1000));
  const atMs = parseTimeMs(value);
  return atMs === undefined ? undefined : Math.min(MAX_WAIT_MS, Math.max(0, atMs - nowMs));
}
