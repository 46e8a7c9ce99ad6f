import type { State, NumberedTransition } from '@agrenting-hiclaw/core/domain';

export interface HourOfDurations {
  readonly at: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const HOUR_MS = 3_600_000;

/** How long attempts took from one state to another, by the hour in which they came there; moves are given newest first. */
export function durationsOf(
  transitions: readonly NumberedTransition[],
  sinceMs: number,
  from: readonly State[],
  to: readonly State[],
): HourOfDurations[] {
  const begun = new Map<string, number>();
  const hours = new Map<number, number[]>();
  for (const { hiringId, attempt, atMs, to: reached } of transitions.toReversed()) {
    const name = `${hiringId} ${attempt}`;
    if (from.includes(reached)) begun.set(name, begun.get(name) ?? atMs);
    const startedAtMs = begun.get(name);
    if (!to.includes(reached) || startedAtMs === undefined || atMs < sinceMs) continue;
    begun.delete(name);
    const hour = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    const durations = hours.get(hour) ?? [];
    durations.push(atMs - startedAtMs);
    hours.set(hour, durations);
  }
  return [...hours]
    .toSorted(([one], [other]) => one - other)
    .map(([hour, durations]) => ({
      at: new Date(hour).toISOString(),
      p50Ms: quantile(durations, 0.5),
      p95Ms: quantile(durations, 0.95),
    }));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
