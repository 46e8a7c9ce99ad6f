import type { AttentionCode } from './attention-reason.ts';

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
export type AttentionEnd = 'retry' | 'notified_again' | 'read' | 'nothing';

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
  not_confirmed: OUTSIDE_READ,
  read_in_doubt: OUTSIDE_READ,
  unread_past_deadline: OUTSIDE_READ,
  not_settled: OUTSIDE_RETRIED,
  settlement_refused: OUTSIDE_RETRIED,
  files_not_taken: OUTSIDE_RETRIED,
  files_over_limit: OWNER,
  result_too_large: WORKER_RETRIED,
  files_too_large: WORKER_RETRIED,
  question_not_delivered: OUTSIDE_RETRIED,
  storage_refused: OUTSIDE_RETRIED,
  room_refused: OUTSIDE_RETRIED,
  message_refused: OUTSIDE_RETRIED,
  worker_not_joined: OUTSIDE_RETRIED,
  model_failed: { cause: 'outside', endsBy: 'notified_again' },
  step_failed: ADAPTER,
  commit_refused: ADAPTER,
  guard_question: WORKER,
  worker_question: WORKER,
  worker_silent: WORKER,
  result_not_found: WORKER,
  question_in_doubt: WORKER,
  report_in_doubt: WORKER,
  blocked_in_doubt: WORKER,
  blocked_after_messages: WORKER,
  worker_busy: WORKER_RETRIED,
  worker_overdue: WORKER,
  git_missing: OWNER,
  repository_missing: OWNER,
  delivery_unclear: OWNER,
  task_text_missing: OWNER,
  worker_missing: OWNER,
  price_unclear: OWNER,
  work_approval: OWNER,
  result_approval: OWNER,
  held_by_operator: OWNER,
  foreign_objects: OWNER,
  own_objects_changed: OWNER,
  push_refused: OWNER,
  result_empty: OWNER,
  result_too_long: OWNER,
  result_credential: OWNER,
  result_placeholder: OWNER,
  result_echo: OWNER,
  result_unclear: OWNER,
  change_missing: OWNER,
  change_ambiguous: OWNER,
  change_suspicious: OWNER,
  change_unusable: OWNER,
  files_planted: OWNER,
  result_without_activity: OWNER,
  result_not_reported: OWNER,
  result_digest_mismatch: OWNER,
  files_not_reported: OWNER,
  file_digest_mismatch: OWNER,
  files_missing: OWNER,
  result_while_blocked: OWNER,
};

/** Every code. */
export const ATTENTION_CODES: readonly AttentionCode[] = Object.keys(ATTENTION_TRAITS).filter(isCode);

function isCode(name: string): name is AttentionCode {
  return Object.hasOwn(ATTENTION_TRAITS, name);
}

/** Of an attention with this reason. */
export function traitsOf({ code }: { readonly code: AttentionCode }): AttentionTraits {
  return ATTENTION_TRAITS[code];
}
