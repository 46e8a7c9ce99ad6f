import { isHold, type AttentionReason, type HoldReason } from './attention-reason.ts';
import { counted } from '../text/counted.ts';
import { describeCredential } from '../credentials/finding.ts';
import { MAX_APPROVABLE_QUESTION_CHARACTERS } from '../commands/command-approval.ts';
import { attentionOf, type HiringRecord } from '../hiring/hiring-record.ts';
import type { HiringId } from '../hiring/ids.ts';
import { inQuotes } from '../text/in-quotes.ts';
import type { UnreadDigest } from '../worker-messages/reported-digest.ts';
import { unclearText } from './unclear-texts.ts';

/** What happened and what to do, for a person. */
export interface AttentionTexts {
  /** Without a full stop. */
  readonly why: string;
  /** Undefined where the remedy comes from another system and the reader must not see it. */
  readonly todo: string | undefined;
}

/**
 * `operator`: may see all of a hiring. `anybody`: readers of a history, a log or an alert, which contain nothing that
 * others said or named.
 */
export type Audience = 'operator' | 'anybody';

/** Where it happened, as far as it is known. */
interface Place {
  readonly hiringId: HiringId;
  readonly taskFolder: string;
  /** The worker's room, with a space before it. */
  readonly room: string;
  /** Whether an operator's approval lets it continue. */
  readonly isApprovable: boolean;
}

/** Why a hiring needs an operator now, in words; undefined where it needs none. The only place that has these words. */
export function attentionTexts(
  record: HiringRecord,
  audience: Audience = 'operator',
): AttentionTexts | undefined {
  const { hiringId, attempt } = record;
  const attention = attentionOf(record);
  if (attention === undefined) return undefined;
  const roomId = attempt?.progress.worker?.roomId;
  const place = {
    hiringId,
    taskFolder: attempt === undefined ? '' : `shared/tasks/${attempt.taskId}/`,
    room: roomId === undefined ? '' : ` ${roomId}`,
    isApprovable: attention.approves !== undefined,
  };
  return {
    why: attentionWhy(attention.reason, audience),
    todo: todoOf(attention.reason, place, audience),
  };
}

/** The first half of it: what happened, without a full stop. */
export function attentionWhy(reason: AttentionReason, audience: Audience = 'operator'): string {
  if (isHold(reason)) {
    return audience === 'operator' ? `the result is held: ${holdText(reason)}` : 'the result is held';
  }
  const said = (problem: string) => (audience === 'operator' ? `: ${problem}` : '');
  switch (reason.code) {
    case 'not_confirmed':
      return audience === 'anybody' || reason.status === undefined
        ? 'the marketplace does not show the hiring as ready for work'
        : `the marketplace reports the hiring as ${reason.status} and does not show it as ready for work`;
    case 'read_in_doubt':
      return audience === 'operator' ? reason.problem : 'the status of the hiring cannot be read reliably';
    case 'unread_past_deadline':
      return `the hiring is long past its deadline by the local clock and cannot be read${said(reason.problem)}`;
    case 'not_settled':
      return 'the marketplace does not accept the settlement, and the deadline has passed';
    case 'settlement_refused':
      return `the marketplace refused the ${reason.endpoint}${said(reason.problem)}`;
    case 'files_not_taken':
      return `the marketplace does not accept the files of the result${said(reason.problem)}`;
    case 'files_too_large':
      return `some files of the result are too large for the marketplace${said(reason.problem)}`;
    case 'result_too_large':
      return `the result is too large for the marketplace (${reason.bytes} bytes)${said(reason.problem)}`;
    case 'question_not_delivered':
    case 'worker_question':
      return 'the worker asks a question';
    case 'storage_refused':
      return audience === 'operator' ? reason.problem : 'the task folder could not be written';
    case 'room_refused':
      return audience === 'operator' ? reason.problem : 'no room could be created for the hiring';
    case 'message_refused':
    case 'worker_not_joined':
      return `the worker could not be notified${said(reason.problem)}`;
    case 'model_failed':
      return `the worker's model failed, ${wasNotified(reason)}`;
    case 'step_failed':
      return 'a step failed unexpectedly several times in a row';
    case 'commit_refused':
      return 'the outcome of a step could not be stored several times in a row';
    case 'guard_question':
      return 'the worker asks for permission to run a command';
    case 'worker_silent':
      return `the worker has been silent for ${reason.silentSeconds} s, ${wasNotified(reason)}`;
    case 'result_not_found':
      return `the worker reports completion, but the task folder contains no result, ${wasNotified(reason)}`;
    case 'question_in_doubt':
      return `the worker seems to ask a question, but it is unclear what it asks, ${wasNotified(reason)}`;
    case 'report_in_doubt':
      return `the worker reported a task with a slightly different id as completed, ${wasNotified(reason)}`;
    case 'blocked_in_doubt':
      return `the worker may have reported that it is blocked, but its message is unclear, ${wasNotified(reason)}`;
    case 'blocked_after_messages':
      return 'the worker reports that it is blocked, after the hirer was sent much of its work';
    case 'worker_busy': {
      const worker = audience === 'operator' ? reason.worker : 'the worker';
      const says =
        reason.says === 'question'
          ? 'the worker asks the hirer a question instead of delivering a result'
          : 'the worker reports a failure while a question to the hirer is open';
      return `${says}, but ${worker} is busy with another hiring`;
    }
    case 'worker_overdue':
      return 'the deadline has passed and the worker is still working';
    case 'git_missing':
      return 'the hiring requires a push to a repository, but git is not installed';
    case 'repository_missing':
      return 'the hiring requires a push to a repository, but names no repository or has no token for it';
    case 'delivery_unclear':
      return 'the hiring has repository fields but no known delivery mode, so it is unclear how to deliver';
    case 'task_text_missing':
      return 'the hiring has no task text';
    case 'worker_missing':
      return 'no worker is configured for this agent';
    case 'price_unclear':
      return 'the price of the hiring is missing or unreadable, so it cannot be compared with policy.minPrice';
    case 'work_approval':
      return 'the hiring awaits your approval';
    case 'result_approval':
      return 'the result awaits your approval';
    case 'held_by_operator':
      return 'the hiring is on hold by an operator';
    case 'foreign_objects': {
      if (audience === 'anybody') return 'another party wrote to the task folder';
      return `another party wrote ${quoted(reason.names)} to the task folder, and to ${counted(reason.formerFolders, 'earlier folder')}`;
    }
    case 'own_objects_changed':
      return audience === 'operator'
        ? `another party changed ${quoted(reason.names)} in the task folder`
        : 'another party changed objects that the adapter wrote to the task folder';
    case 'push_refused':
      return audience === 'operator' ? reason.problem : 'the change could not be pushed';
  }
}

/** Why a result is held, as a text that follows "the result is held:". */
export function holdText(reason: HoldReason): string {
  switch (reason.code) {
    case 'result_empty':
      return 'the result is empty';
    case 'result_too_long':
      return `the result is longer than ${reason.maxCharacters} characters`;
    case 'result_credential': {
      const where = reason.file === undefined ? 'the result' : inQuotes(reason.file);
      return `${where} seems to contain ${describeCredential({ code: reason.found })}`;
    }
    case 'result_placeholder':
      return 'the result is a placeholder, a promise or a reference to another place, not finished work';
    case 'result_echo':
      return 'the result only repeats the task';
    case 'files_over_limit': {
      const [first = '', ...others] = reason.names;
      return others.length === 0
        ? `${inQuotes(first)} is larger than ${reason.maxBytes} bytes and would be omitted`
        : `${inQuotes(first)} and ${others.length} more files are larger than ${reason.maxBytes} bytes and would be omitted`;
    }
    case 'result_unclear':
      return unclearText(reason.unclear);
    case 'change_suspicious':
      return reason.problem;
    case 'change_missing':
      return 'it contains no change.patch or change.bundle, so there is nothing to push';
    case 'change_ambiguous':
      return 'it contains both change.bundle and change.patch, and another worker may have written one of them; approval pushes change.bundle';
    case 'change_unusable':
      return `its change cannot be pushed: ${reason.problem}`;
    case 'files_planted':
      return `${quoted(reason.names)} existed before its worker showed any activity, so another worker may have written it (docs/shared-storage.md)`;
    case 'result_without_activity':
      return 'its worker showed no activity in the room before the result appeared, so another worker may have written it (docs/shared-storage.md)';
    case 'result_not_reported':
      return `${reason.unread === undefined ? "the worker's report does not name its SHA-256" : UNREAD[reason.unread]}, which policy.resultDigest requires`;
    case 'result_digest_mismatch': {
      const shown = reason.reported.slice(0, MAX_SHOWN_DIGESTS).join(', ');
      return reason.reported.length === 1
        ? `the worker reported the SHA-256 of another result (docs/shared-storage.md): it reported ${shown}`
        : `the worker reported ${reason.reported.length} SHA-256s, and it is unclear which one belongs to its result: ${shown}`;
    }
    case 'files_not_reported':
      return 'its result.md does not name the SHA-256 of every file, which policy.resultDigest requires (docs/shared-storage.md)';
    case 'file_digest_mismatch':
      return 'its result.md names the SHA-256 of other files, so another worker may have written these (docs/shared-storage.md)';
    case 'files_missing':
      return 'its result.md lists files as delivered that are not in storage, so the worker may have forgotten to upload them';
    case 'result_while_blocked':
      return 'its worker reported in the room that it is blocked and has not reported completion since, so another worker may have written it (docs/shared-storage.md)';
  }
}

/** What the worker reported about SHA-256s where it did not name that of its result. */
const UNREAD: Readonly<Record<UnreadDigest, string>> = {
  malformed: "the worker's report contains a malformed SHA-256, for example one with a missing digit",
  unlabelled: "the worker's report contains a SHA-256, but does not say that it belongs to result.md",
  other_files: "the worker's report names the SHA-256 of other files, but not that of result.md",
};
const MAX_SHOWN_DIGESTS = 3;

const UNTIL_DEADLINE = 'Otherwise it is reported as failed before its deadline.';
const OTHERWISE_FAILED = 'Otherwise the hiring is reported as failed before its deadline.';
const RESULT_ACCEPTED = 'The result is accepted when it arrives.';
const WRITE_ACCESS = 'Any account with write access to shared/ can do this: see docs/shared-storage.md.';

function todoOf(reason: AttentionReason, place: Place, audience: Audience): string | undefined {
  const { hiringId, taskFolder, room, isApprovable } = place;
  const command = (verb: string, more = '') => `agrenting-hiclaw hirings ${verb} ${hiringId}${more}`;
  if (reason.code === 'change_unusable') {
    return `Inspect ${taskFolder}. A corrected change there is reviewed automatically. Otherwise the hiring is reported as failed before its deadline.`;
  }
  if (isHold(reason)) {
    const yes = isApprovable ? ` To settle it as it is: ${command('approve')}.` : '';
    return `Inspect ${taskFolder}. A corrected result.md there is reviewed automatically.${yes} Otherwise the hiring is reported as failed before its deadline.`;
  }
  switch (reason.code) {
    case 'not_confirmed':
      return 'Look up the hiring on the marketplace. The adapter keeps reading it and starts work as soon as it is ready there.';
    case 'read_in_doubt':
      return 'Check the agent key and the base URL, and look up the hiring on the marketplace. The read is retried automatically.';
    case 'unread_past_deadline':
      return 'Check that the marketplace can be reached and that the clock of this machine is correct. The read is retried automatically.';
    case 'not_settled':
      return 'Check the agent key, and look up the hiring on the marketplace. The same settlement is retried automatically, with increasing delays.';
    case 'settlement_refused':
      return 'Look up the hiring on the marketplace and settle it there. The settlement is retried automatically, with increasing delays, and its outcome is shown here.';
    case 'files_not_taken':
    case 'files_too_large':
      return reason.leavesResult
        ? `To settle it without them: ${command('approve')}.`
        : 'Without them the result is empty: submit a result yourself, or report the hiring as failed.';
    case 'result_too_large':
      return `Submit a shorter one: ${command('submit')}. The current one is retried automatically, with increasing delays.`;
    case 'question_not_delivered':
      return `The question could not be sent to the hirer yet and is retried automatically. Answer it in the worker's room${room} if you can. ${RESULT_ACCEPTED}`;
    case 'storage_refused':
      return 'Fix the reported problem; writing the task folder is retried automatically.';
    case 'room_refused':
      return 'Fix the reported problem, or set matrix.rooms to worker; the hand-over restarts automatically.';
    case 'message_refused':
    case 'worker_not_joined':
    case 'worker_missing':
      return audience === 'operator' ? reason.problem : undefined;
    case 'model_failed':
    case 'worker_silent':
    case 'result_not_found':
      return `Check the worker's room${room} and its log. ${RESULT_ACCEPTED}`;
    case 'step_failed':
    case 'commit_refused':
      return 'Look up the errors of this hiring in the log and fix their cause. The step is retried automatically, with increasing delays; to retry it now: agrenting-hiclaw hirings retry.';
    case 'guard_question':
      return reason.isShownWhole
        ? `Answer with: ${command('answer')} yes (or no). Say nothing else in room${room}: any message there counts as the answer no.`
        : `The question is longer than ${MAX_APPROVABLE_QUESTION_CHARACTERS} characters: read it in room${room} and answer it there, or say no with: ${command('answer')} no.`;
    case 'worker_question':
      return `Answer it in the worker's room${room}. ${RESULT_ACCEPTED}`;
    case 'question_in_doubt':
    case 'report_in_doubt':
      return `Check the worker's room${room}, and answer there or with: ${command('message', ' --to worker')}. ${RESULT_ACCEPTED}`;
    case 'blocked_in_doubt':
      return `Check the worker's room${room}. If it is blocked, refund the hirer: ${command('fail')}. If you have what it needs, send it a message: ${command('message', ' --to worker')}. A result or a clear report of the worker is processed when it arrives.`;
    case 'blocked_after_messages':
      return `Compare what the hirer was sent with the task. To refund the hirer: ${command('fail')}. To submit a result yourself: ${command('submit')}.`;
    case 'worker_busy':
      return 'Resolve the hiring that the worker is busy with. This one continues automatically as soon as the worker is free.';
    case 'worker_overdue':
      return 'Wait for the result, which is accepted when it arrives. To report such hirings as failed, set policy.failOverdue.';
    case 'git_missing':
      return `Install git on the adapter's machine and restart the adapter. ${OTHERWISE_FAILED}`;
    case 'repository_missing':
      return `Ask the hirer to hire again with a repository and a token. ${OTHERWISE_FAILED}`;
    case 'delivery_unclear':
      return `Ask the hirer to hire again with delivery mode "output". ${OTHERWISE_FAILED}`;
    case 'task_text_missing':
      return `Look up the hiring on the marketplace. ${OTHERWISE_FAILED}`;
    case 'price_unclear':
      return `Look up the hiring on the marketplace. To start work: ${command('approve')}. ${UNTIL_DEADLINE}`;
    case 'work_approval':
      return `To start work: ${command('approve')}. ${UNTIL_DEADLINE}`;
    case 'result_approval':
      return `Inspect ${taskFolder}. To settle it: ${command('approve')}. Otherwise the hiring is reported as failed before its deadline.`;
    case 'held_by_operator':
      return 'Approve it to continue, retry it, submit the result yourself, or report it as failed.';
    case 'foreign_objects':
      return `${WRITE_ACCESS} To retry it in another folder: ${command('retry')}.`;
    case 'own_objects_changed':
      return `${WRITE_ACCESS} To repeat it in another folder: ${command('retry')}. ${UNTIL_DEADLINE}`;
    case 'push_refused':
      return 'Fix the reported problem; a changed result is reviewed automatically.';
  }
}

function wasNotified({ messages }: { readonly messages: number }): string {
  return `and was notified ${counted(messages, 'time')}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => inQuotes(name)).join(', ');
}
