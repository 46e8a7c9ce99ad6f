import { EVENTS, TRANSITIONS } from '@agrenting-hiclaw/core/domain';
import type { Outcome } from './simulate.ts';

/** A seed that failed, with every rule that it broke. */
export interface Failing {
  readonly seed: number;
  readonly violations: Outcome['violations'];
  readonly digest: string;
}

/** What came of many runs. */
export interface Tally {
  readonly seeds: number;
  readonly calls: number;
  readonly failing: readonly Failing[];
  /** How often each move was made, by `from event`. */
  readonly transitions: Readonly<Record<string, number>>;
}

export const NOTHING: Tally = { seeds: 0, calls: 0, failing: [], transitions: {} };

export function add(one: Tally, other: Tally): Tally {
  const transitions = { ...one.transitions };
  for (const [transition, times] of Object.entries(other.transitions))
    transitions[transition] = (transitions[transition] ?? 0) + times;
  return {
    seeds: one.seeds + other.seeds,
    calls: one.calls + other.calls,
    failing: [...one.failing, ...other.failing],
    transitions,
  };
}

export function tallyOf({ seed, calls, violations, digest, transitions }: Outcome): Tally {
  const counted: Record<string, number> = {};
  for (const transition of transitions) counted[transition] = (counted[transition] ?? 0) + 1;
  return {
    seeds: 1,
    calls,
    failing: violations.length === 0 ? [] : [{ seed, violations, digest }],
    transitions: counted,
  };
}

/** Moves of the table that no run made, the operator's left out. */
export function neverMade({ transitions }: Tally): readonly string[] {
  return Object.entries(TRANSITIONS).flatMap(([from, events]) =>
    Object.keys(EVENTS)
      .filter((event) => Object.hasOwn(events, event) && !event.startsWith('operator_'))
      .map((event) => `${from} ${event}`)
      .filter((transition) => !Object.hasOwn(transitions, transition)),
  );
}

/** The last line, for programs that read it. */
export function lastLine(seeds: number, { failing, seeds: done }: Tally): string {
  const found = failing.flatMap(({ violations }) => violations);
  const count = (kind: string): number => found.filter((violation) => violation.kind === kind).length;
  return JSON.stringify({
    simulate: failing.length === 0 && done === seeds ? 'ok' : 'failed',
    seeds: done,
    lost: count('lost'),
    doubled: count('doubled'),
    failing: failing.map(({ seed }) => seed),
  });
}

/** How to see again what a seed did. */
export function replayOf(seed: number): string {
  return `npm run simulate -- --seeds 1 --from ${seed} --trace`;
}
