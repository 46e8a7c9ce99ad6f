import { z } from 'zod';
import { plain, withProblem } from './reason-shapes.ts';

const endpoint = z.enum(['result', 'failure']);

/** Why a step failed and is tried again, as a code with its parameters: it is stored, matched and counted. */
export const stepFailureReasonSchema = z.discriminatedUnion('code', [
  // The marketplace.
  /** The hiring could not be read. */
  withProblem('hiring_unread'),
  /** The hiring was not read in this step, and nothing is decided without that. */
  plain('hiring_not_read'),
  /** A read came and does not say how the hiring stands: the key is not accepted, or what came is no hiring. */
  withProblem('read_in_doubt'),
  /** The marketplace knows no such hiring any more. */
  plain('hiring_gone'),
  withProblem('upload_failed'),
  withProblem('uploads_unread'),
  /** Files of earlier uploads were not found; `problem` is why they could not be looked through, where that is so. */
  z.object({ code: z.literal('earlier_uploads_unfound'), problem: z.string().optional() }),
  /** Files that were uploaded were not found; `problem` as above. */
  z.object({ code: z.literal('uploads_unfound'), problem: z.string().optional() }),
  z.object({ code: z.literal('settlement_failed'), endpoint, problem: z.string() }),
  /** It seemed to take the settlement, and does not show it. */
  z.object({ code: z.literal('settlement_not_shown'), endpoint }),
  /** What became of a settlement that was sent is unknown, and the hiring has a status that does not tell. */
  z.object({ code: z.literal('settlement_in_doubt'), endpoint, status: z.string() }),
  /** It says that the settlement is in its queue. */
  z.object({ code: z.literal('settlement_queued'), endpoint }),

  // Storage, rooms and workers.
  /** The task folder could not be read. */
  withProblem('folder_unread'),
  /** The task folder could not be written. */
  withProblem('folder_unwritten'),
  /** The folder that a worker was told of holds what is not ours. */
  plain('folder_foreign'),
  withProblem('token_not_removed'),
  /** What was said in the worker's room could not be read. */
  withProblem('room_unread'),
  withProblem('room_not_created'),
  withProblem('worker_not_started'),
  withProblem('message_not_sent'),
  withProblem('stop_not_sent'),

  // Repositories.
  plain('git_missing'),
  withProblem('repository_unread'),
  withProblem('push_failed'),

  // What nobody foresaw.
  plain('step_failed'),
  plain('commit_refused'),
]);

/** Why a step failed, with its parameters. */
export type StepFailureReason = z.output<typeof stepFailureReasonSchema>;
export type StepFailureCode = StepFailureReason['code'];

/** Why a step failed, in words for the operator, without a full stop. */
export function stepFailureText(reason: StepFailureReason): string {
  switch (reason.code) {
    case 'hiring_unread':
    case 'read_in_doubt':
    case 'upload_failed':
    case 'uploads_unread':
    case 'settlement_failed':
    case 'folder_unread':
    case 'folder_unwritten':
    case 'room_unread':
    case 'room_not_created':
    case 'worker_not_started':
    case 'message_not_sent':
    case 'repository_unread':
    case 'push_failed':
      return reason.problem;
    case 'hiring_not_read':
      return 'the hiring was not read';
    case 'hiring_gone':
      return 'the marketplace no longer knows this hiring';
    case 'earlier_uploads_unfound':
      return `the search for earlier files on the marketplace failed: ${reason.problem ?? 'it does not list files that it accepted'}`;
    case 'uploads_unfound':
      return reason.problem ?? 'the marketplace lists none of the files that were uploaded';
    case 'settlement_not_shown':
      return `the marketplace does not show the ${reason.endpoint} that it seemed to accept`;
    case 'settlement_in_doubt':
      return `the ${reason.endpoint} was sent, and the marketplace reports the hiring as ${reason.status}: it is read until the outcome shows`;
    case 'settlement_queued':
      return `the marketplace has the ${reason.endpoint} in its queue and does not show the outcome yet`;
    case 'folder_foreign':
      return 'the task folder could not be written again';
    case 'token_not_removed':
      return `the repository token could not be removed from the task folder: ${reason.problem}`;
    case 'stop_not_sent':
      return `the worker could not be notified to stop: ${reason.problem}`;
    case 'git_missing':
      return 'git is not available: is it installed?';
    case 'step_failed':
      return 'the step failed unexpectedly; see the log';
    case 'commit_refused':
      return 'the outcome of the step could not be stored; see the log';
  }
}
