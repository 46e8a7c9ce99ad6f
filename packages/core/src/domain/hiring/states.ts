/** The states that lead to another, in their usual order. */
const OPEN_STATES = [
  'received',
  'confirmed',
  'staged',
  'sent',
  'acknowledged',
  'submitted',
  'settling',
  'attention',
] as const;
export type OpenState = (typeof OPEN_STATES)[number];

/** The states that never change again. */
export const ENDS = ['completed', 'failed', 'cancelled', 'rejected'] as const;
export type End = (typeof ENDS)[number];

/**
 * The states of an attempt, as data: the engine follows this table, the documentation is generated
 * from it, and the tests walk it. A hiring that has no attempt yet is `received`.
 *
 *     received -> confirmed -> staged -> sent -> acknowledged -> submitted -> settling -> completed
 *
 * `attention` means that an operator must decide. It is not an end state: it has a due time, and events lead out of it.
 * An end never changes; a hirer's retry opens a new attempt instead.
 */
export const STATES = [...OPEN_STATES, ...ENDS] as const;
export type State = OpenState | End;

/** What each event means, in the words that the history shows. */
export const EVENTS = {
  confirmed: 'the marketplace shows the hiring as active, and this attempt was opened',
  absent: 'the marketplace does not know the hiring',
  staged: 'the task folder is in storage and was read back',
  folder_given_up:
    'another party wrote to the task folder before the worker was notified; a new folder is used',
  sent: 'the homeserver accepted the message to the worker',
  sent_again: 'the worker was notified again, under a new number',
  acknowledged: 'the worker showed activity that confirms it has the task',
  fell_silent: 'the worker lost the task and is notified again',
  submitted: 'the result is stable in storage',
  result_accepted: 'the result is delivered except for its settlement, which is stored',
  result_asks: 'the worker asks a question instead of delivering a result',
  failure_decided: 'the attempt is to be reported as failed',
  failure_withdrawn: 'a result arrived before the failure was sent; it is reviewed instead',
  settlement_renewed: 'the marketplace still shows the hiring as active; a new settlement is stored',
  settlement_delayed:
    'the marketplace has not accepted the settlement for a while; the operator is alerted and retries continue',
  result_settled: 'the marketplace accepted the result',
  failure_settled: 'the marketplace accepted the failure and refunds the hirer',
  over_completed: 'the marketplace shows the hiring as completed',
  over_failed: 'the marketplace shows the hiring as failed or refunded',
  over_cancelled: 'the marketplace shows the hiring as cancelled',
  over_disputed: 'the marketplace shows the hiring as disputed',
  superseded: 'the hirer retried the hiring; this attempt is superseded',
  operator_required: 'an operator must decide',
  cleared: 'the reason for attention no longer applies',
  settling_resumed: 'the settlement is no longer blocked; the stored one continues',
  operator_restarted: 'the operator retried the attempt',
  operator_approved: 'the operator approved the held result',
  operator_allowed: 'the operator approved the work',
  operator_failed: 'the operator reported the attempt as failed',
  operator_held: 'the operator put the hiring on hold',
  operator_released: 'the operator released the held work',
  operator_answered: 'the operator answered whether the worker may run a command',
  operator_submitted: 'the operator submitted the result; its settlement is stored',
} as const;

export type Event = keyof typeof EVENTS;

const ANYWHERE = {
  over_completed: 'completed',
  over_failed: 'failed',
  over_cancelled: 'cancelled',
  over_disputed: 'cancelled',
  superseded: 'cancelled',
} as const;

/** All transitions: from a state, by an event, to a state. */
export const TRANSITIONS: Readonly<Record<OpenState, Readonly<Partial<Record<Event, State>>>>> = {
  received: { ...ANYWHERE, confirmed: 'confirmed', absent: 'rejected', operator_required: 'attention' },
  confirmed: {
    ...ANYWHERE,
    staged: 'staged',
    folder_given_up: 'confirmed',
    failure_decided: 'settling',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  staged: {
    ...ANYWHERE,
    sent: 'sent',
    folder_given_up: 'confirmed',
    failure_decided: 'settling',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  sent: {
    ...ANYWHERE,
    sent_again: 'sent',
    acknowledged: 'acknowledged',
    submitted: 'submitted',
    failure_decided: 'settling',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  acknowledged: {
    ...ANYWHERE,
    fell_silent: 'sent',
    submitted: 'submitted',
    failure_decided: 'settling',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  submitted: {
    ...ANYWHERE,
    result_accepted: 'settling',
    result_asks: 'acknowledged',
    failure_decided: 'settling',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  settling: {
    ...ANYWHERE,
    failure_withdrawn: 'submitted',
    settlement_renewed: 'settling',
    settlement_delayed: 'settling',
    result_settled: 'completed',
    failure_settled: 'failed',
    operator_required: 'attention',
    operator_held: 'attention',
  },
  attention: {
    ...ANYWHERE,
    confirmed: 'confirmed',
    absent: 'rejected',
    acknowledged: 'acknowledged',
    submitted: 'submitted',
    cleared: 'confirmed',
    settling_resumed: 'settling',
    failure_decided: 'settling',
    operator_restarted: 'confirmed',
    operator_approved: 'submitted',
    operator_allowed: 'confirmed',
    operator_failed: 'settling',
    operator_released: 'acknowledged',
    operator_answered: 'acknowledged',
    operator_submitted: 'settling',
  },
};

/** True for the states that never change again. */
export function isEnd(state: State): state is End {
  return ENDS.some((end) => end === state);
}

/** Where an event leads from a state; undefined when the table has no such transition. */
export function next(from: State, event: Event): State | undefined {
  return isEnd(from) ? undefined : TRANSITIONS[from][event];
}
