import type { Queued } from '@agrenting-hiclaw/core/domain';

/** What the marketplace says to have without showing it was sent so often at most: then it is only looked for. */
export const MOST_SENDS = 4;

/** How long what the marketplace says to have is only looked for, before it is sent again under its key. */
const FIRST_MS = 10 * 60_000;
const LONGEST_MS = 60 * 60_000;

/** Whether it is still to be looked for only; the wait is twice as long each time. */
export function isToWaitFor({ times, atMs }: Queued, nowMs: number): boolean {
  return nowMs < atMs + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 10));
}

/** The same once it said so again. */
export function queuedAgain(before: Queued | undefined, nowMs: number): Queued {
  return { times: (before?.times ?? 0) + 1, atMs: nowMs };
}
