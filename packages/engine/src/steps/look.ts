import { withoutAccepted, type StepCommit, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { rulesOf, secretsIn, type AttemptContext } from '../context.ts';
import { readFolder, readSigns, type Evidence } from '../evidence.ts';
import { moved, withProof } from '../outcomes.ts';

/** Signs looked at in one step; more are looked at in the next. */
const MAX_SIGNS = 200;

/** What a worker was seen to do in its room and its task folder since the last look. */
export type Look =
  | {
      readonly kind: 'seen';
      readonly evidence: Evidence;
      readonly hasResult: boolean;
      /** How long nothing has moved in the folder. */
      readonly stillForMs: number;
    }
  /** The folder cannot be looked into; `evidence` is the room's alone. */
  | { readonly kind: 'blind'; readonly evidence: Evidence; readonly problem: string };

/** Looks at what the worker does. Looks that agree are counted from when the folder was read, not from when the step began. */
export async function look(context: AttemptContext, worker: WorkerAddress): Promise<Look> {
  const { attempt, ports } = context;
  const fromRoom = await lookIntoRoom(context, worker);
  const folder = await ports.storage.inspect(
    attempt.taskId,
    attempt.progress.room === undefined ? undefined : worker,
  );
  if (folder.kind === 'unavailable') return { kind: 'blind', evidence: fromRoom, problem: folder.problem };
  const lookedAtMs = ports.clock.nowMs();
  const evidence = readFolder(fromRoom, folder, lookedAtMs);
  const stillForMs = lookedAtMs - (evidence.progress.listing?.sinceMs ?? lookedAtMs);
  // A question in the place of a result is none, until something else takes its place.
  const hasResult = folder.hasResult && attempt.progress.asked !== folder.digest;
  return { kind: 'seen', evidence, hasResult, stillForMs };
}

async function lookIntoRoom(context: AttemptContext, worker: WorkerAddress): Promise<Evidence> {
  const { attempt, ports, settings } = context;
  const { roomId, userId } = worker;
  const signs = await ports.signs.since(roomId, userId, attempt.progress.signSequence, MAX_SIGNS);
  return readSigns(attempt, signs, {
    reportTo: settings.reportTo,
    tellsProgress: rulesOf(context).progress,
    progressLimit: rulesOf(context).progressLimit,
    secrets: secretsIn(context),
  });
}

/** Whether the worker waits for a yes this moment; what it said counts as looked at by a later look. */
export async function waitsForYes(context: AttemptContext, worker: WorkerAddress): Promise<boolean> {
  return (await lookIntoRoom(context, worker)).progress.guard !== undefined;
}

/** The result lies still: what needed a person meanwhile is over. */
export function submitted(context: AttemptContext, { progress }: Evidence): StepCommit {
  const proofs = withProof(progress.proofs, 'submitted', context.nowMs, progress.listing?.digest ?? '');
  return moved(context, 'submitted', 'the result lies still in the task folder', {
    progress: { ...withoutAccepted(progress), proofs, attention: undefined },
  });
}
