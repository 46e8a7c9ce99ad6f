import { isEnd, type State } from '@agrenting-hiclaw/core/domain';

/**
 * A hiring that is at work is read again at most this often because it was heard again. Every read of
 * the pending list delivers all running work once more (Agrenting API reference, 7.6); without this,
 * each such delivery would cost a read of the hiring.
 */
export const REREAD_SPACING_MS = 10_000;

/** What decides when a woken hiring is looked at. */
export interface Standing {
  readonly state: State;
  readonly dueAtMs: number | null;
  readonly lastReadAtMs: number | null;
}

/** True when being heard makes it due at once: it waits for its first read, or may be the hirer's retry. */
export function wakesAtOnce(state: State): boolean {
  return state === 'heard' || isEnd(state);
}

/** When a hiring that was just heard again is due. */
export function wokenDueAtMs(standing: Standing, nowMs: number): number {
  if (wakesAtOnce(standing.state)) return nowMs;
  const soonest = soonestReadAtMs(standing.lastReadAtMs, nowMs);
  return standing.dueAtMs === null ? soonest : Math.min(standing.dueAtMs, soonest);
}

/** True when what was heard since the last read is to be answered by a read now. */
export function mayReadNow(standing: Standing, nowMs: number): boolean {
  return wakesAtOnce(standing.state) || soonestReadAtMs(standing.lastReadAtMs, nowMs) <= nowMs;
}

function soonestReadAtMs(lastReadAtMs: number | null, nowMs: number): number {
  if (lastReadAtMs === null) return nowMs;
  // A clock that was set back must not put the read off by more than the spacing.
  return Math.max(nowMs, Math.min(lastReadAtMs, nowMs) + REREAD_SPACING_MS);
}
