import type { AttentionCode, AttentionReason } from '../attention/attention-reason.ts';
import { inQuotes } from '../text/in-quotes.ts';
import { LIMITS } from '../limits.ts';

/**
 * A reason for each code. What others say or name is made by `canary` from the name of its field: whatever shows a reason
 * is tried with each of them.
 */
export function sampleReasons(canary: (field: string) => string): {
  readonly [Code in AttentionCode]: Extract<AttentionReason, { readonly code: Code }>;
} {
  const problem = `it answered ${inQuotes(canary('problem'))}`;
  const names = [canary('name'), canary('other-name')];
  return {
    not_confirmed: { code: 'not_confirmed', status: inQuotes(canary('status')) },
    read_in_doubt: { code: 'read_in_doubt', problem },
    unread_past_deadline: { code: 'unread_past_deadline', problem },
    not_settled: { code: 'not_settled' },
    settlement_refused: { code: 'settlement_refused', endpoint: 'result', problem },
    files_not_taken: { code: 'files_not_taken', problem, leavesResult: true },
    files_too_large: { code: 'files_too_large', problem, leavesResult: false },
    result_too_large: { code: 'result_too_large', bytes: 1_000, problem },
    question_not_delivered: { code: 'question_not_delivered' },
    storage_refused: { code: 'storage_refused', problem },
    room_refused: { code: 'room_refused', problem },
    message_refused: { code: 'message_refused', problem },
    worker_not_joined: { code: 'worker_not_joined', problem },
    model_failed: { code: 'model_failed', messages: 4 },
    step_failed: { code: 'step_failed' },
    commit_refused: { code: 'commit_refused' },
    guard_question: { code: 'guard_question', isShownWhole: true },
    worker_question: { code: 'worker_question' },
    worker_silent: { code: 'worker_silent', silentSeconds: 900, messages: 4 },
    result_not_found: { code: 'result_not_found', messages: 4 },
    question_in_doubt: { code: 'question_in_doubt', messages: 2 },
    report_in_doubt: { code: 'report_in_doubt', messages: 2 },
    blocked_in_doubt: { code: 'blocked_in_doubt', messages: 2 },
    blocked_after_messages: { code: 'blocked_after_messages' },
    worker_busy: { code: 'worker_busy', worker: 'alice', says: 'question' },
    worker_overdue: { code: 'worker_overdue' },
    git_missing: { code: 'git_missing' },
    repository_missing: { code: 'repository_missing' },
    delivery_unclear: { code: 'delivery_unclear' },
    task_text_missing: { code: 'task_text_missing' },
    worker_missing: { code: 'worker_missing', problem },
    price_unclear: { code: 'price_unclear' },
    work_approval: { code: 'work_approval' },
    result_approval: { code: 'result_approval' },
    held_by_operator: { code: 'held_by_operator' },
    foreign_objects: { code: 'foreign_objects', names, formerFolders: 3 },
    own_objects_changed: { code: 'own_objects_changed', names },
    push_refused: { code: 'push_refused', problem },
    result_empty: { code: 'result_empty' },
    result_too_long: { code: 'result_too_long', maxCharacters: LIMITS.resultCharacters },
    result_credential: { code: 'result_credential', found: 'github_token', file: canary('file') },
    result_placeholder: { code: 'result_placeholder' },
    result_echo: { code: 'result_echo' },
    files_over_limit: { code: 'files_over_limit', names, maxBytes: 1_000 },
    result_unclear: {
      code: 'result_unclear',
      unclear: { code: 'unknown_status', status: canary('status') },
    },
    change_missing: { code: 'change_missing' },
    change_ambiguous: { code: 'change_ambiguous' },
    change_suspicious: { code: 'change_suspicious', problem },
    change_unusable: { code: 'change_unusable', problem },
    files_planted: { code: 'files_planted', names },
    result_without_activity: { code: 'result_without_activity' },
    result_not_reported: { code: 'result_not_reported', unread: 'malformed' },
    result_digest_mismatch: { code: 'result_digest_mismatch', reported: ['a'.repeat(64)] },
    files_not_reported: { code: 'files_not_reported', names },
    file_digest_mismatch: { code: 'file_digest_mismatch', names },
    files_missing: { code: 'files_missing', names },
    result_while_blocked: { code: 'result_while_blocked' },
  };
}
