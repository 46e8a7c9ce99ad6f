import type { AttentionCode } from './attention-code.ts';

/**
 * Where the cause of an attention lies: `outside`, in a service that the adapter depends on and that may be well again by
 * itself; `adapter`, in an error of our own or in our store; `worker`, in what a worker says; `owner`, in what the owner of
 * the agent wants to decide, such as what others did to a task folder.
 */
export type AttentionCause = 'outside' | 'adapter' | 'worker' | 'owner';

/**
 * What ends an attention without an operator: `retry`, another try after a wait that grows and is bounded; `told again`, the
 * same, which begins with another message to the worker; `read`, a read that shows the hiring as active; `nothing`.
 */
export type AttentionEnd = 'retry' | 'told again' | 'read' | 'nothing';

export interface AttentionTraits {
  readonly cause: AttentionCause;
  readonly endsBy: AttentionEnd;
}

const OUTSIDE_RETRIED = { cause: 'outside', endsBy: 'retry' } as const;
const OUTSIDE_READ = { cause: 'outside', endsBy: 'read' } as const;
const ADAPTER = { cause: 'adapter', endsBy: 'retry' } as const;
const WORKER = { cause: 'worker', endsBy: 'nothing' } as const;
const WORKER_RETRIED = { cause: 'worker', endsBy: 'retry' } as const;
const OWNER = { cause: 'owner', endsBy: 'nothing' } as const;

/** Of each code. What the outside caused never waits for an operator alone: it goes on once the outside is well again. */
export const ATTENTION_TRAITS: Readonly<Record<AttentionCode, AttentionTraits>> = {
  guard_question: WORKER,
  step_failed: ADAPTER,
  commit_refused: ADAPTER,
  not_confirmed: OUTSIDE_READ,
  read_in_doubt: OUTSIDE_READ,
  not_settled: OUTSIDE_RETRIED,
  settlement_refused: OUTSIDE_RETRIED,
  files_not_taken: OUTSIDE_RETRIED,
  files_too_large: WORKER_RETRIED,
  result_too_large: WORKER_RETRIED,
  question_not_told: OUTSIDE_RETRIED,
  storage_refused: OUTSIDE_RETRIED,
  room_refused: OUTSIDE_RETRIED,
  message_refused: OUTSIDE_RETRIED,
  worker_not_joined: OUTSIDE_RETRIED,
  worker_busy: WORKER_RETRIED,
  model_failed: { cause: 'outside', endsBy: 'told again' },
  told_then_blocked: WORKER,
  blocked_in_doubt: WORKER,
  price_unclear: OWNER,
  foreign_objects: OWNER,
  own_objects_changed: OWNER,
  result_without_activity: OWNER,
  result_not_reported: OWNER,
  result_digest_mismatch: OWNER,
  files_not_reported: OWNER,
  file_digest_mismatch: OWNER,
  files_missing: OWNER,
  result_while_blocked: OWNER,
};

/** Of an attention with this code; one without a code waits for its owner. */
export function traitsOf(code: AttentionCode | undefined): AttentionTraits {
  return code === undefined ? OWNER : ATTENTION_TRAITS[code];
}
