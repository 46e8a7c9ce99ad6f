import type { TheirClock } from '@agrenting-hiclaw/core/domain';
import type { SyncEvent } from './sync-answer.ts';

/** The homeserver's clock and ours differ by less than this in the usual case; then its times stay as they are. */
const AGREE_MS = 2_000;

/**
 * When an event happened, by our own clock, which the homeserver's need not agree with. Its age, which the homeserver
 * counts itself, says it best (Matrix client-server API, `unsigned.age`); without one, what is known of its clock.
 * Nothing happened later than now. Undefined where the event has no time.
 */
export function eventTimeMs(
  { origin_server_ts: theirMs, age_ms: ageMs }: Pick<SyncEvent, 'origin_server_ts' | 'age_ms'>,
  clock: TheirClock,
  nowMs: number,
): number | undefined {
  if (theirMs === undefined) return undefined;
  if (ageMs === undefined) return Math.min(nowMs, clock.toOurs(theirMs));
  const byAgeMs = nowMs - ageMs;
  return Math.min(nowMs, Math.abs(byAgeMs - theirMs) < AGREE_MS ? theirMs : byAgeMs);
}
