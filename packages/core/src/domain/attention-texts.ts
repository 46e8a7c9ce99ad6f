import { isHold, type AttentionReason, type HoldReason } from './attention-reason.ts';
import { counted } from './counted.ts';
import { describeCredential } from './credentials/finding.ts';
import { MAX_APPROVABLE_QUESTION_CHARACTERS } from './command-approval.ts';
import { attentionOf, type HiringRecord } from './hiring-record.ts';
import type { HiringId } from './ids.ts';
import { inQuotes } from './in-quotes.ts';
import type { UnreadDigest } from './reported-digest.ts';

/** What happened and what to do, for a person. */
export interface AttentionTexts {
  /** Without a full stop. */
  readonly why: string;
  /** Undefined where what to do is what another system said, and the reader is not to see that. */
  readonly todo: string | undefined;
}

/**
 * `operator`: who may see all of a hiring. `anybody`: who reads a history, a log or an alert: nothing that others said
 * or named stands in it.
 */
export type Audience = 'operator' | 'anybody';

/** Where it happened, as far as it is known. */
interface Place {
  readonly hiringId: HiringId;
  readonly taskFolder: string;
  /** The worker's room, with a space before it. */
  readonly room: string;
  /** Whether an operator's yes lets it go on. */
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
        ? 'the marketplace does not show the hiring as ready to be worked on'
        : `the marketplace has the hiring as ${reason.status} and does not show it as ready to be worked on`;
    case 'read_in_doubt':
      return audience === 'operator' ? reason.problem : 'reads of the hiring do not say how it stands';
    case 'unread_past_deadline':
      return `the hiring is long past its deadline by our clock, and cannot be read${said(reason.problem)}`;
    case 'not_settled':
      return 'the marketplace does not take the settlement, and the deadline has passed';
    case 'settlement_refused':
      return `the marketplace refused the ${reason.endpoint}${said(reason.problem)}`;
    case 'files_not_taken':
      return `the marketplace does not take the files of the result${said(reason.problem)}`;
    case 'files_too_large':
      return `the marketplace does not take some of the files of the result${said(reason.problem)}`;
    case 'result_too_large':
      return `the result is too large for the marketplace, with ${reason.bytes} bytes${said(reason.problem)}`;
    case 'question_not_told':
    case 'worker_question':
      return 'the worker asks a question';
    case 'storage_refused':
      return audience === 'operator' ? reason.problem : 'the task folder cannot be written';
    case 'room_refused':
      return audience === 'operator' ? reason.problem : 'no room can be opened for the hiring';
    case 'message_refused':
    case 'worker_not_joined':
      return `the worker could not be told${said(reason.problem)}`;
    case 'model_failed':
      return `the worker's model failed, ${wasTold(reason)}`;
    case 'step_failed':
      return 'a step failed unexpectedly several times in a row';
    case 'commit_refused':
      return 'what a step came to could not be stored several times in a row';
    case 'guard_question':
      return 'the worker asks before it runs a command';
    case 'worker_silent':
      return `the worker has been silent for ${reason.silentSeconds} s, ${wasTold(reason)}`;
    case 'result_not_found':
      return `the worker says that it is done, but no result lies in the task folder, ${wasTold(reason)}`;
    case 'question_in_doubt':
      return `the worker seems to ask something, and it is not clear what, ${wasTold(reason)}`;
    case 'report_in_doubt':
      return `the worker reported a task as completed whose id is not quite this one's, ${wasTold(reason)}`;
    case 'blocked_in_doubt':
      return `the worker said that it is blocked, and it is not clear whether that is meant, ${wasTold(reason)}`;
    case 'told_then_blocked':
      return 'the worker says that it is blocked, after the client was told much of its work';
    case 'worker_busy': {
      const worker = audience === 'operator' ? reason.worker : 'the worker';
      const says =
        reason.says === 'question'
          ? 'the worker asks the client in the place of a result'
          : 'the worker reports that it failed while the client is asked';
      return `${says}, but ${worker} is busy with another hiring`;
    }
    case 'worker_overdue':
      return 'the deadline has passed and the worker is still at work';
    case 'git_missing':
      return 'the work is to be pushed to a repository, but git is not installed';
    case 'repository_missing':
      return 'the work is to be pushed to a repository, but the hiring does not name it, or has no token for it';
    case 'delivery_unclear':
      return 'it has repository fields but no delivery mode that we know, so how to deliver is unclear';
    case 'task_text_missing':
      return 'the hiring has no task text';
    case 'worker_missing':
      return 'no worker is configured for this agent';
    case 'price_unclear':
      return 'the price of the hiring is missing or cannot be read, so it cannot be compared with policy.minPrice';
    case 'work_approval':
      return 'the hiring waits for your yes';
    case 'result_approval':
      return 'the result waits for your yes';
    case 'held_by_operator':
      return 'you hold it back';
    case 'foreign_objects': {
      if (audience === 'anybody') return 'somebody else writes into the task folder';
      return `somebody else wrote ${quoted(reason.names)} into the task folder, and into ${reason.formerFolders} before it`;
    }
    case 'own_objects_changed':
      return audience === 'operator'
        ? `somebody else changed ${quoted(reason.names)} in the task folder`
        : 'somebody else changed what the adapter wrote into the task folder';
    case 'push_refused':
      return audience === 'operator' ? reason.problem : 'the change cannot be pushed';
  }
}

/** Why a result is held, in words that follow "the result is held:". */
export function holdText(reason: HoldReason): string {
  switch (reason.code) {
    case 'result_empty':
      return 'the result is empty';
    case 'result_too_long':
      return `the result is longer than ${reason.maxCharacters} characters`;
    case 'result_credential': {
      const where = reason.file === undefined ? 'the result' : inQuotes(reason.file);
      return `${where} seems to hold ${describeCredential({ code: reason.found })}`;
    }
    case 'result_placeholder':
      return 'the result is a placeholder, a promise or a pointer to somewhere else, not work';
    case 'result_echo':
      return 'the result only repeats the task';
    case 'files_over_limit': {
      const [first = '', ...others] = reason.names;
      return others.length === 0
        ? `${inQuotes(first)} is larger than ${reason.maxBytes} bytes, and would be left out`
        : `${inQuotes(first)} and ${others.length} more files are larger than ${reason.maxBytes} bytes, and would be left out`;
    }
    case 'result_unclear':
    case 'change_suspicious':
      return reason.problem;
    case 'change_missing':
      return 'it holds no change.patch or change.bundle, so there is nothing to push';
    case 'change_ambiguous':
      return "it holds both change.bundle and change.patch, one of which may be another's; a yes pushes change.bundle";
    case 'change_unusable':
      return `its change cannot be pushed: ${reason.problem}`;
    case 'files_planted':
      return `${quoted(reason.names)} lay there before its worker showed any activity, so another worker may have written it (docs/shared-storage.md)`;
    case 'result_without_activity':
      return 'its worker showed no activity in the room before it lay there, so another worker may have written it (docs/shared-storage.md)';
    case 'result_not_reported':
      return `${reason.unread === undefined ? "the worker's report does not name its SHA-256" : UNREAD[reason.unread]}, which policy.resultDigest asks for`;
    case 'result_digest_mismatch': {
      const shown = reason.reported.slice(0, MAX_SHOWN_DIGESTS).join(', ');
      return reason.reported.length === 1
        ? `the worker reported the SHA-256 of another result (docs/shared-storage.md): it named ${shown}`
        : `the worker reported ${reason.reported.length} SHA-256s, and which one it means for its result is unclear: ${shown}`;
    }
    case 'files_not_reported':
      return 'its result.md does not name the SHA-256 of every file, which policy.resultDigest asks for (docs/shared-storage.md)';
    case 'file_digest_mismatch':
      return 'its result.md names the SHA-256 of other files, so another worker may have written these (docs/shared-storage.md)';
    case 'files_missing':
      return 'its result.md names files as delivered that are not in storage, so the worker may have forgotten to push them';
    case 'result_while_blocked':
      return 'its worker said in the room that it is blocked, and has not reported the task as completed since, so another worker may have written it (docs/shared-storage.md)';
  }
}

/** What the worker said of SHA-256s where it did not name that of its result. */
const UNREAD: Readonly<Record<UnreadDigest, string>> = {
  malformed: "what the worker's report calls a SHA-256 is none, such as one with a digit too few",
  unlabelled: "the worker's report holds a SHA-256, but does not say that it is that of result.md",
  other_files: "the worker's report names the SHA-256 of other files, but not that of result.md",
};
const MAX_SHOWN_DIGESTS = 3;

const UNTIL_DEADLINE = 'Without that, it is reported as failed before its deadline.';
const IF_LET_BE = 'Let it be, and it is reported as failed before its deadline.';
const MEDDLED = 'Whoever may write to shared/ can do that: see docs/shared-storage.md.';

function todoOf(reason: AttentionReason, place: Place, audience: Audience): string | undefined {
  const { hiringId, taskFolder, room, isApprovable } = place;
  const command = (verb: string, more = '') => `agrenting-hiclaw hirings ${verb} ${hiringId}${more}`;
  if (reason.code === 'change_unusable') {
    return `Look at ${taskFolder}. A better change there is judged anew by itself. Without one, the hiring is reported as failed before its deadline.`;
  }
  if (isHold(reason)) {
    const yes = isApprovable ? ` To have it settled as it is: ${command('approve')}.` : '';
    return `Look at ${taskFolder}. A better result.md there is judged anew by itself.${yes} Without either, the hiring is reported as failed before its deadline.`;
  }
  switch (reason.code) {
    case 'not_confirmed':
      return 'Look the hiring up on the marketplace. It is read further by itself, and begins as soon as it is ready there.';
    case 'read_in_doubt':
      return 'Check the agent key and the base URL, and look the hiring up on the marketplace. It is read again by itself.';
    case 'unread_past_deadline':
      return 'Check that the marketplace can be reached and that the clock of this machine is right. It is read again by itself.';
    case 'not_settled':
      return "Check the agent's key, and look the hiring up on the marketplace. The same settlement is sent again by itself, less and less often.";
    case 'settlement_refused':
      return 'Look the hiring up on the marketplace and settle it there. It is sent again by itself, less and less often, and what comes of it is seen here.';
    case 'files_not_taken':
    case 'files_too_large':
      return reason.leavesResult
        ? `To have it settled without them: ${command('approve')}.`
        : 'Nothing would be left without them: give the result yourself, or have the hiring reported as failed.';
    case 'result_too_large':
      return `Give a shorter one in its place: ${command('submit')}. This one is sent again by itself, less and less often.`;
    case 'question_not_told':
      return `The client could not be asked yet, which is tried again by itself. Answer it in the worker's room${room} if you can. The result is taken when it comes.`;
    case 'storage_refused':
      return 'Mend what the problem names; the task folder is written again by itself.';
    case 'room_refused':
      return 'Mend what the problem names, or set matrix.rooms to worker; the hand-over starts over by itself.';
    case 'message_refused':
    case 'worker_not_joined':
    case 'worker_missing':
      return audience === 'operator' ? reason.problem : undefined;
    case 'model_failed':
    case 'worker_silent':
    case 'result_not_found':
      return `Look into the worker's room${room} and its log. The result is taken when it comes.`;
    case 'step_failed':
    case 'commit_refused':
      return 'Look up the errors of this hiring in the log and correct what they name. The step is tried again by itself, less and less often; to try it at once: agrenting-hiclaw hirings retry.';
    case 'guard_question':
      return reason.isShownWhole
        ? `Answer with: ${command('answer')} yes (or no). Say nothing else in room${room}: whatever is said there is taken as the answer, and as a no.`
        : `Its question is longer than ${MAX_APPROVABLE_QUESTION_CHARACTERS} characters: read it in room${room} and answer it there, or say no with: ${command('answer')} no.`;
    case 'worker_question':
      return `Answer it in the worker's room${room}. The result is taken when it comes.`;
    case 'question_in_doubt':
    case 'report_in_doubt':
      return `Look into the worker's room${room}, and answer it there or with: ${command('message', ' --to worker')}. The result is taken when it comes.`;
    case 'blocked_in_doubt':
      return `Look into the worker's room${room}. If it is blocked, refund the client: ${command('fail')}. If it lacks something that you have, tell it: ${command('message', ' --to worker')}. A result is taken when it comes, and so is a clear word of the worker.`;
    case 'told_then_blocked':
      return `Compare what the client was told with the task. To refund the client: ${command('fail')}. To give the result yourself: ${command('submit')}.`;
    case 'worker_busy':
      return 'See to the hiring that the worker is busy with. This one goes on by itself as soon as the worker is free.';
    case 'worker_overdue':
      return 'Wait for the result, which is taken when it comes. To have such hirings reported as failed, set policy.failOverdue.';
    case 'git_missing':
      return `Install git where the adapter runs and restart it. ${IF_LET_BE}`;
    case 'repository_missing':
      return `Ask the hirer to hire again with repository and token. ${IF_LET_BE}`;
    case 'delivery_unclear':
      return `Ask the hirer to hire again with delivery mode "output". ${IF_LET_BE}`;
    case 'task_text_missing':
      return `Look the hiring up on the marketplace. ${IF_LET_BE}`;
    case 'price_unclear':
      return `Look the hiring up on the marketplace. To have it worked on: ${command('approve')}. ${UNTIL_DEADLINE}`;
    case 'work_approval':
      return `To have it worked on: ${command('approve')}. ${UNTIL_DEADLINE}`;
    case 'result_approval':
      return `Look at ${taskFolder}. To have it settled: ${command('approve')}. Without that, the hiring is reported as failed before its deadline.`;
    case 'held_by_operator':
      return 'Approve it to let it go on, hand it over again, give the result yourself, or have it reported as failed.';
    case 'foreign_objects':
      return `${MEDDLED} To have it tried again in another folder: ${command('retry')}.`;
    case 'own_objects_changed':
      return `${MEDDLED} To have it done again in another folder: ${command('retry')}. ${UNTIL_DEADLINE}`;
    case 'push_refused':
      return 'Mend what the problem names; the result is judged anew by itself when it changes.';
  }
}

function wasTold({ messages }: { readonly messages: number }): string {
  return `and was told ${counted(messages, 'time')}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => inQuotes(name)).join(', ');
}
