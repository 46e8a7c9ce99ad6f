import { z } from 'zod';
import { CREDENTIAL_CODES } from '../credentials/finding.ts';
import { plain, withProblem } from './reason-shapes.ts';
import { UNREAD_DIGESTS } from '../worker-messages/reported-digest.ts';
import { unclearResultSchema } from './unclear-result.ts';

/** A reason that names objects of the task folder: names that others may have chosen. */
function withNames<Code extends string>(code: Code) {
  return z.object({ code: z.literal(code), names: z.array(z.string()).readonly() });
}

/** A reason that came after the worker was told so often. */
function afterMessages<Code extends string>(code: Code) {
  return z.object({ code: z.literal(code), messages: z.int() });
}

/** Why a result is held: it is not settled without its owner's yes, and some not at all. */
export const holdReasonSchema = z.discriminatedUnion('code', [
  plain('result_empty'),
  z.object({ code: z.literal('result_too_long'), maxCharacters: z.int() }),
  z.object({
    code: z.literal('result_credential'),
    found: z.enum(CREDENTIAL_CODES),
    /** The file that seems to hold it; undefined for the text. */
    file: z.string().optional(),
  }),
  plain('result_placeholder'),
  plain('result_echo'),
  /** Files over the limit would be left out. */
  z.object({
    code: z.literal('files_over_limit'),
    names: z.array(z.string()).readonly(),
    maxBytes: z.int(),
  }),
  /** What lies in the task folder is no result that could be told from something else. */
  z.object({ code: z.literal('result_unclear'), unclear: unclearResultSchema }),
  /** In push mode the worker left no change. */
  plain('change_missing'),
  /** It left two changes; a yes pushes the first. */
  plain('change_ambiguous'),
  /** The change seems to hold a credential, or changes what nobody may. */
  withProblem('change_suspicious'),
  /** The change cannot be applied or pushed as it is. */
  withProblem('change_unusable'),
  /** An object of the result lay there before its worker showed any activity. */
  withNames('files_planted'),
  /** A result lies there, but the worker has shown no activity in its room, or only after it lay there. */
  plain('result_without_activity'),
  /** The owner wants the worker to name the SHA-256 of its result, and it did not; `unread` is what it said instead. */
  z.object({ code: z.literal('result_not_reported'), unread: z.enum(UNREAD_DIGESTS).optional() }),
  /** The worker named the SHA-256 of another result than lies there, or several, of which any may be meant. */
  z.object({ code: z.literal('result_digest_mismatch'), reported: z.array(z.string()).readonly() }),
  /** The owner wants the answer to name the SHA-256 of each file, and it does not name those of these. */
  withNames('files_not_reported'),
  /** The answer names other SHA-256s for these files. */
  withNames('file_digest_mismatch'),
  /** The answer names these files as delivered, and they lie nowhere in the folder. */
  withNames('files_missing'),
  /** The worker said that it is blocked, and has not reported the task as completed since: the result may be another's. */
  plain('result_while_blocked'),
]);

/** Why a result is held, with its parameters. */
export type HoldReason = z.output<typeof holdReasonSchema>;
export type HoldCode = HoldReason['code'];
export const HOLD_CODES: readonly HoldCode[] = holdReasonSchema.options.map(({ shape }) => shape.code.value);

/**
 * Why an operator has to decide, as a code with its parameters: it is stored, matched and counted, and put into words by
 * `attentionTexts` alone. What leads out of an attention, and what may not, depends on it and never on the words.
 */
export const attentionReasonSchema = z.discriminatedUnion('code', [
  // What the outside caused.
  /** The marketplace has not shown the hiring as ours for as long as one may take. */
  z.object({ code: z.literal('not_confirmed'), status: z.string().optional() }),
  /** Reads of the hiring do not say how it stands: the key is not accepted, or what comes is no hiring. */
  withProblem('read_in_doubt'),
  /** Nothing could be read of the hiring until long past its deadline. */
  withProblem('unread_past_deadline'),
  /** The marketplace has not taken the settlement, long past the deadline. */
  plain('not_settled'),
  /** The marketplace says that it will not take the settlement as it is. */
  z.object({
    code: z.literal('settlement_refused'),
    endpoint: z.enum(['result', 'failure']),
    problem: z.string(),
  }),
  /** The marketplace does not take the files of the result. A yes settles it without them, if anything is left then. */
  z.object({ code: z.literal('files_not_taken'), problem: z.string(), leavesResult: z.boolean() }),
  /** Files of the result are too large for the marketplace, each separately. A yes settles it without them, if anything is left then. */
  z.object({ code: z.literal('files_too_large'), problem: z.string(), leavesResult: z.boolean() }),
  /** The result is too large for the marketplace as it is. */
  z.object({ code: z.literal('result_too_large'), bytes: z.int(), problem: z.string() }),
  /** The client could not be told what the worker asks. */
  plain('question_not_delivered'),
  /** The storage does not let us write the task folder. */
  withProblem('storage_refused'),
  /** The homeserver does not let us open a room for the attempt. */
  withProblem('room_refused'),
  /** The homeserver does not let us tell the worker. */
  withProblem('message_refused'),
  /** The worker is not in the room in which it is to be told. */
  withProblem('worker_not_joined'),
  /** The model behind the worker gave errors as often as the worker was told. */
  afterMessages('model_failed'),

  // What is wrong with the adapter.
  /** A step failed five times in a row in a way that nobody foresaw. */
  plain('step_failed'),
  /** The store refused what a step came to, five times in a row. */
  plain('commit_refused'),

  // What a worker says or does.
  /** The worker's guard asks before it runs something; `progress.guard` has the question. */
  z.object({ code: z.literal('guard_question'), isShownWhole: z.boolean() }),
  /** The worker asks something that its client is not to be asked. */
  plain('worker_question'),
  /** The worker has shown no activity for so long, although it was told so often. */
  z.object({ code: z.literal('worker_silent'), silentSeconds: z.int(), messages: z.int() }),
  /** The worker says that it is done, and there is no result. */
  afterMessages('result_not_found'),
  /** The worker seems to ask something, and it is not clear what. */
  afterMessages('question_in_doubt'),
  /** The worker reported a task as completed whose id is not quite this one's. */
  afterMessages('report_in_doubt'),
  /** The worker said that it is blocked, and it is not clear whether that is meant and still so; it was told once more. */
  afterMessages('blocked_in_doubt'),
  /** The worker says that it is blocked, after its hirer was told much of what it did. */
  plain('blocked_after_messages'),
  /** The worker asks, or says that it failed, instead of delivering a result, and has had no place for this hiring since. */
  z.object({ code: z.literal('worker_busy'), worker: z.string(), says: z.enum(['question', 'failure']) }),
  /** The deadline has passed, and the worker is still at work. */
  plain('worker_overdue'),

  // What the hiring or the configuration lacks.
  plain('git_missing'),
  /** A hiring in push mode names no repository, or has no token for it. */
  plain('repository_missing'),
  plain('delivery_unclear'),
  plain('task_text_missing'),
  /** No worker is configured for the agent. */
  withProblem('worker_missing'),

  // What the owner of the agent wants to decide.
  /** Nobody can say whether the hiring pays what its agent's owner asks for. A yes to it is none to the work or the push. */
  plain('price_unclear'),
  plain('work_approval'),
  plain('result_approval'),
  plain('held_by_operator'),
  /** The task folder holds something that the adapter did not put there, and so do those that took its place. */
  z.object({
    code: z.literal('foreign_objects'),
    names: z.array(z.string()).readonly(),
    formerFolders: z.int(),
  }),
  /** What the adapter wrote into the task folder is no longer what it wrote. */
  withNames('own_objects_changed'),
  /** The hirer's repository could not be given what the worker changed. */
  withProblem('push_refused'),

  holdReasonSchema,
]);

export type AttentionReason = z.output<typeof attentionReasonSchema>;
export type AttentionCode = AttentionReason['code'];

const HOLDS: ReadonlySet<string> = new Set(HOLD_CODES);

/** Whether it is a result that waits. */
export function isHold(reason: AttentionReason): reason is HoldReason {
  return HOLDS.has(reason.code);
}

/** A hand-over that may not go on in the folder that it has: the next one gets another. */
export function wantsNewFolder(reason: Pick<AttentionReason, 'code'> | undefined): boolean {
  return reason?.code === 'foreign_objects' || reason?.code === 'own_objects_changed';
}
