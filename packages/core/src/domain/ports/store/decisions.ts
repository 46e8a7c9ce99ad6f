import type { StepCommit } from '../hiring-store.ts';

/** What is to come of a hiring as it is now: a step, or an answer of the caller's own and none. */
export type StepOr<Refusal> = { readonly step: StepCommit } | { readonly refusal: Refusal };

/** What became of it. */
export type DecideOutcome<Refusal> =
  | { readonly kind: 'done' }
  /** There is no such hiring. */
  | { readonly kind: 'absent' }
  /** A process is at work on it this moment: try again. */
  | { readonly kind: 'busy' }
  | Refusal;

/** What somebody made of a hiring that was theirs alone meanwhile. */
export type HeldOutcome<Outcome> =
  | { readonly kind: 'decided'; readonly outcome: Outcome }
  | { readonly kind: 'absent' }
  | { readonly kind: 'busy' }
  /** It has ended. */
  | { readonly kind: 'ended' };

/** What is to come of a hiring, and what to commit of it. */
export interface Decided<Outcome> {
  readonly outcome: Outcome;
  readonly step?: StepCommit | undefined;
}
