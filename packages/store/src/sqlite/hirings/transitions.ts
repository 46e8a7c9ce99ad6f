import {
  isEnd,
  next,
  type Event,
  type HiringRecord,
  type State,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import { InvariantError } from '../connection/invariant-error.ts';

/** One move that a step makes. */
export interface PlannedTransition {
  readonly attempt: number;
  readonly from: State;
  readonly event: Event;
  readonly to: State;
}

/** What a step makes of a hiring. */
export interface Plan {
  readonly transitions: readonly PlannedTransition[];
  /** State and number of the newest attempt afterwards. */
  readonly state: State;
  readonly attempt: number;
}

/** These need no attempt. */
const WITHOUT_ATTEMPT: ReadonlySet<State> = new Set([
  'received',
  'attention',
  'completed',
  'failed',
  'cancelled',
  'rejected',
]);

/** The moves of a step by the table of states. Throws `InvariantError` for a step that the table does not know. */
export function planTransitions(record: HiringRecord, step: StepCommit): Plan {
  const attempt = record.attempt?.number ?? 0;
  const plan =
    step.open === undefined ? planTransition(record, attempt, step) : planOpening(record, attempt, step);
  const remembers = step.progress ?? step.marker ?? step.settlement ?? step.taskId;
  if (plan.attempt === 0 && remembers !== undefined) {
    throw new InvariantError(`hiring ${record.hiringId} has no attempt that could remember anything`);
  }
  if (plan.attempt === 0 && !WITHOUT_ATTEMPT.has(plan.state)) {
    throw new InvariantError(`hiring ${record.hiringId} cannot become ${plan.state} without an attempt`);
  }
  if (step.dueAtMs === undefined && !isEnd(plan.state)) {
    throw new InvariantError(`hiring ${record.hiringId} would be ${plan.state} without a due time`);
  }
  return plan;
}

function planTransition(record: HiringRecord, attempt: number, { event }: StepCommit): Plan {
  if (event === undefined) return { transitions: [], state: record.state, attempt };
  const transition = transitionOf(record, attempt, record.state, event);
  return { transitions: [transition], state: transition.to, attempt };
}

/** What is known of an attempt when it is opened: that it is active, or that it came and went unseen. */
const OPENINGS: ReadonlySet<Event | undefined> = new Set([
  'confirmed',
  'over_completed',
  'over_failed',
  'over_cancelled',
  'over_disputed',
]);

/**
 * Opening an attempt closes the one before, when that is still open. The new one comes from `heard`,
 * as every first one does, unless a person was needed before there was any.
 */
function planOpening(record: HiringRecord, attempt: number, { open, event }: StepCommit): Plan {
  if (open === undefined || event === undefined || !OPENINGS.has(event) || open.number <= attempt) {
    throw new InvariantError(
      `hiring ${record.hiringId} at attempt ${attempt} cannot open attempt ${open?.number} by ${event}`,
    );
  }
  const over = isEnd(record.state);
  const closing = attempt > 0 && !over ? [transitionOf(record, attempt, record.state, 'superseded')] : [];
  const from = attempt === 0 && !over ? record.state : 'received';
  const opening = transitionOf(record, open.number, from, event);
  return { transitions: [...closing, opening], state: opening.to, attempt: open.number };
}

function transitionOf(record: HiringRecord, attempt: number, from: State, event: Event): PlannedTransition {
  const to = next(from, event);
  if (to === undefined) {
    throw new InvariantError(`hiring ${record.hiringId} is ${from}, which has no transition ${event}`);
  }
  return { attempt, from, event, to };
}
