import { REASON_CODES } from './attention-reason.ts';

/** Why an operator has to decide, where something depends on it. */
export const ATTENTION_CODES = [
  /** The worker's guard asks before it runs something; `progress.guard` has the question. */
  'guard_question',
  /** A step failed five times in a row in a way that nobody foresaw. */
  'step_failed',
  /** The store refused what a step came to, five times in a row. */
  'commit_refused',
  /** The marketplace has not shown the hiring as ours for as long as one may take. */
  'not_confirmed',
  /** Reads of the hiring do not say how it stands: the key is not accepted, or what comes is no hiring. */
  'read_in_doubt',
  /** The marketplace has not taken the settlement, long past the deadline. */
  'not_settled',
  /** The marketplace says that it will not take the settlement as it is. */
  'settlement_refused',
  /** The marketplace does not take the files of the result. A yes settles it without them. */
  'files_not_taken',
  /** Files of the result are too large for the marketplace, each by itself. A yes settles it without them. */
  'files_too_large',
  /** The result is too large for the marketplace as it is. */
  'result_too_large',
  /** The client could not be told what the worker asks. */
  'question_not_told',
  /** The storage does not let us write the task folder. */
  'storage_refused',
  /** The homeserver does not let us open a room for the attempt. */
  'room_refused',
  /** The homeserver does not let us tell the worker. */
  'message_refused',
  /** The worker is not in the room in which it is to be told. */
  'worker_not_joined',
  /** The worker asks in the place of a result, and has had no place for this hiring since. */
  'worker_busy',
  /** The model behind the worker gave errors as often as the worker was told. */
  'model_failed',
  /** The worker says that it is blocked, after its hirer was told much of what it did. */
  'told_then_blocked',
  /** The worker said that it is blocked, and it is not clear whether that is meant and still so; it was told once more. */
  'blocked_in_doubt',
  /** Nobody can say whether the hiring pays what its agent's owner asks for. A yes to it is none to the work or the push. */
  'price_unclear',
  /** With parameters in `reason`. */
  ...REASON_CODES,
] as const;

export type AttentionCode = (typeof ATTENTION_CODES)[number];
