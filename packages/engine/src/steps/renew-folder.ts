import { FRESH_PROGRESS, type AttemptProgress, type StepCommit } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { transitioned, requireOperator, waits } from '../step-results.ts';
import { taskOf } from './task.ts';

/** Folders that are given up by themselves, before a person is asked: a writer that finds each of them continues. */
const MAX_GIVEN_UP = 3;

/** Somebody else wrote into the folder before the worker was told: the attempt goes on in another one. */
export function giveUpFolder(context: AttemptContext, names: readonly string[]): StepCommit {
  const { attempt } = context;
  const given = attempt.progress.formerTaskIds?.length ?? 0;
  if (given >= MAX_GIVEN_UP) {
    const reason = { code: 'foreign_objects', names, formerFolders: given } as const;
    return requireOperator(context, reason, { progress: attempt.progress });
  }
  return {
    ...transitioned(
      context,
      'folder_given_up',
      'the task folder contained objects that the adapter did not write',
      {
        progress: inNewFolder(context),
      },
    ),
    taskId: nextTaskId(context),
  };
}

/** The owner wants the work done again where nobody has interfered: the worker is asked to leave the old folder alone. */
export async function renewFolder(context: AttemptContext): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const { worker, messages } = attempt.progress;
  if (worker !== undefined && messages.length > 0) {
    // It may be off; what it does in the old folder counts for nothing either way.
    await ports.messenger.send({ ...taskOf(record, attempt, worker), purpose: 'stop', number: 1 });
  }
  return {
    ...waits(context, 'the attempt continues in another task folder', 0, { progress: inNewFolder(context) }),
    taskId: nextTaskId(context),
  };
}

function nextTaskId({ record, attempt, ports }: AttemptContext) {
  return ports.taskIds(record.hiringId, attempt.number, (attempt.progress.formerTaskIds?.length ?? 0) + 1);
}

/** What is remembered of the attempt when it starts over: nothing of the old folder, and nothing that was said in its room. */
function inNewFolder({ attempt }: AttemptContext): AttemptProgress {
  const { progress, taskId } = attempt;
  return {
    ...FRESH_PROGRESS,
    formerTaskIds: [...(progress.formerTaskIds ?? []), taskId],
    milestones: progress.milestones.filter(({ kind }) => kind === 'stored'),
    activitySequence: progress.activitySequence,
    // What is in the old folder is taken out of it at the end.
    tokenInFolder: progress.tokenInFolder,
    worker: progress.tokenInFolder === true ? progress.worker : undefined,
    approved:
      progress.approved === undefined
        ? undefined
        : { price: progress.approved.price, work: progress.approved.work },
    otherArtifacts: progress.otherArtifacts,
    uploadBytes: progress.uploadBytes,
    conversation: progress.conversation,
    deadlineAtMs: progress.deadlineAtMs,
    openedTheirMs: progress.openedTheirMs,
  };
}
