import { isEnd, type Intake, type State } from '@agrenting-hiclaw/core/domain';

/**
 * A hiring that is at work is read again at most this often because it was heard again. Every read of
 * the pending list delivers all running work once more (Agrenting API reference, 7.6); without this,
 * each such delivery would cost a read of the hiring.
 */
export const REREAD_SPACING_MS = 10_000;
/**
 * The same for what a poll heard: unlike a push it says nothing new of running work, and an agent with
 * many open hirings would spend all its requests on reading them again (Agrenting API reference, 13.1).
 */
const POLLED_SPACING_MS = 55_000;

/** What decides when a woken hiring is looked at. */
export interface Standing {
  readonly state: State;
  readonly dueAtMs: number | null;
  readonly lastReadAtMs: number | null;
}

/** True when being heard makes it due at once: it waits for its first read, or may be the hirer's retry. */
export function isDueAtOnce(state: State): boolean {
  return state === 'received' || isEnd(state);
}

/** How long after its last read a hiring at work is read again because it was heard on this intake. */
export function spacingOf(intake: Intake): number {
  return intake === 'poll' ? POLLED_SPACING_MS : REREAD_SPACING_MS;
}

/** When a hiring that was just heard again is due. */
export function wokenDueAtMs(standing: Standing, nowMs: number, spacingMs = REREAD_SPACING_MS): number {
  if (isDueAtOnce(standing.state)) return nowMs;
  const soonest = soonestReadAtMs(standing.lastReadAtMs, nowMs, spacingMs);
  return standing.dueAtMs === null ? soonest : Math.min(standing.dueAtMs, soonest);
}

/** True when what was heard since the last read is to be answered by a read now. */
export function mayReadNow(standing: Standing, nowMs: number): boolean {
  return (
    isDueAtOnce(standing.state) || soonestReadAtMs(standing.lastReadAtMs, nowMs, REREAD_SPACING_MS) <= nowMs
  );
}

function soonestReadAtMs(lastReadAtMs: number | null, nowMs: number, spacingMs: number): number {
  // When it was read by a clock that was set back since, nobody knows.
  if (lastReadAtMs === null || lastReadAtMs > nowMs) return nowMs;
  return Math.max(nowMs, lastReadAtMs + spacingMs);
}
