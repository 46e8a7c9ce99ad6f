import type { UnreadDigest } from './reported-digest.ts';

/**
 * Why a person has to decide, as a code with its parameters. What leads out of an attention, and what may not, depends
 * on it and never on the words.
 */
export type AttentionReason =
  /** The task folder holds something that the adapter did not put there, and so do those that took its place. */
  | { readonly code: 'foreign_objects'; readonly names: readonly string[] }
  /** What the adapter wrote into the task folder is no longer what it wrote. */
  | { readonly code: 'own_objects_changed'; readonly names: readonly string[] }
  /** A result lies there, but the worker has shown no activity in its room, or only after it lay there. */
  | { readonly code: 'result_without_activity' }
  /** The owner wants the worker to name the SHA-256 of its result, and it did not; `unread` is what it said instead. */
  | { readonly code: 'result_not_reported'; readonly unread?: UnreadDigest | undefined }
  /** The worker named the SHA-256 of another result than lies there, or several, of which any may be meant. */
  | { readonly code: 'result_digest_mismatch'; readonly reported: readonly string[] }
  /** The owner wants the answer to name the SHA-256 of each file, and it does not name those of these. */
  | { readonly code: 'files_not_reported'; readonly names: readonly string[] }
  /** The answer names other SHA-256s for these files. */
  | { readonly code: 'file_digest_mismatch'; readonly names: readonly string[] }
  /** The answer names these files as delivered, and they lie nowhere in the folder. */
  | { readonly code: 'files_missing'; readonly names: readonly string[] }
  /** The worker said that it is blocked, and has not reported the task as completed since: whoever wrote the result, it did not say so. */
  | { readonly code: 'result_while_blocked' };

/** Their codes. */
export const REASON_CODES = [
  'foreign_objects',
  'own_objects_changed',
  'result_without_activity',
  'result_not_reported',
  'result_digest_mismatch',
  'files_not_reported',
  'file_digest_mismatch',
  'files_missing',
  'result_while_blocked',
] as const satisfies readonly AttentionReason['code'][];

/** A hand-over that may not go on in the folder that it has: the next one gets another. */
export function wantsNewFolder(reason: AttentionReason | undefined): boolean {
  return reason?.code === 'foreign_objects' || reason?.code === 'own_objects_changed';
}
