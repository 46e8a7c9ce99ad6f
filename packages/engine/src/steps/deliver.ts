import {
  artifactOf,
  deliveredNamesOf,
  nextBatch,
  type AcceptedResult,
  type Artifact,
  type CheckedFile,
  type PushOutcome,
  type StepCommit,
  type Verdict,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import {
  failureDecided,
  moved,
  needsPerson,
  settlementOf,
  troubled,
  waits,
  withoutAccepted,
} from '../outcomes.ts';
import { changeOf, held, isApproved } from './judge.ts';

/** Uploads that say the hiring is over, before reads that show it as active are believed. */
const MAX_OVER = 3;

/**
 * `submitted`, once the result is accepted: pushes the change where that is the delivery, uploads the files batch by
 * batch, and then stores the settlement that names them, because the result ends the hiring (Agrenting API reference,
 * 9 and 10). One outside effect at a time, each noted before the next.
 */
export async function deliver(context: AttemptContext): Promise<StepCommit> {
  const { accepted, source } = context.attempt.progress;
  if (accepted === undefined) {
    throw new Error(`attempt ${context.attempt.taskId} delivers, but no result was accepted`);
  }
  if (source !== undefined && accepted.pushed === undefined) return await push(context, accepted, source);
  const files = filesToUpload(accepted, source !== undefined);
  if (accepted.withoutFiles !== true && files.some(({ artifactId }) => artifactId === undefined)) {
    return accepted.uploadUnsure === true
      ? await learnUploads(context, accepted)
      : await upload(context, accepted, files);
  }
  return settleNext(context, accepted);
}

/** What was pushed is in the repository; the rest of the folder goes along as artifacts. */
function filesToUpload({ files }: AcceptedResult, pushes: boolean): readonly CheckedFile[] {
  return pushes ? files.filter(({ name }) => !/^change\.(?:bundle|patch)$/.test(name)) : files;
}

function settleNext(context: AttemptContext, accepted: AcceptedResult): StepCommit {
  const { result, files, pushed } = accepted;
  const artifacts = files.flatMap(({ artifactId }) => artifactId ?? []);
  const verdict: Verdict = { kind: 'result', result, artifacts, pushed };
  return moved(context, 'result_accepted', 'the result passed the gate', {
    settlement: settlementOf(context, verdict),
    progress: { ...context.attempt.progress, verdict },
  });
}

async function upload(
  context: AttemptContext,
  accepted: AcceptedResult,
  files: readonly CheckedFile[],
): Promise<StepCommit> {
  const { record, attempt, ports, settings } = context;
  if (attempt.number > 1 && attempt.progress.otherArtifacts === undefined) return await noteOthers(context);
  const left = files.filter(({ artifactId }) => artifactId === undefined);
  const batch = nextBatch(left, settings.batchBytes);
  const artifacts: Artifact[] = [];
  const names = deliveredNamesOf(accepted.result.files);
  for (const file of batch) {
    const read = await ports.storage.read(attempt.taskId, file.name, settings.maxFileBytes);
    if (read.kind === 'unavailable') return troubled(context, read.problem);
    const artifact = read.kind === 'file' ? artifactOf(names.get(file.name) ?? '', read.bytes) : undefined;
    if (artifact?.sha256 !== file.sha256) return judgedAnew(context, 'a file changed while it was uploaded');
    artifacts.push(artifact);
  }
  const outcome = await ports.marketplace.upload(record.agentId, record.hiringId, artifacts);
  switch (outcome.kind) {
    case 'uploaded':
      return await noteUploaded(context, accepted, batch, outcome.ids);
    case 'unknown':
      return troubled(context, outcome.problem, {
        progress: { ...attempt.progress, accepted: { ...accepted, uploadUnsure: true } },
      });
    case 'later':
      return troubled(context, outcome.problem, { retryAfterMs: outcome.retryAfterMs });
    case 'unauthorized':
      return troubled(context, outcome.problem);
    case 'over':
      // Reads go on to show whether it is; while they do not, the marketplace has no place for files.
      if ((context.record.trouble?.count ?? 0) < MAX_OVER) return troubled(context, outcome.problem);
      return filesNotTaken(context, accepted, outcome.problem);
    case 'unsupported':
    case 'refused':
      return filesNotTaken(context, accepted, outcome.problem);
  }
}

function filesNotTaken(context: AttemptContext, accepted: AcceptedResult, problem: string): StepCommit {
  return needsPerson(
    context,
    `the marketplace does not take the files of the result: ${problem}`,
    `To have it settled without them: agrenting-hiclaw hirings approve ${context.record.hiringId}.`,
    {
      cause: 'the marketplace does not take the files of the result',
      judged: accepted.digest,
      approves: 'result',
    },
  );
}

/** Notes what earlier attempts left there, so that none of it is taken for this one's. */
async function noteOthers(context: AttemptContext): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const list = await ports.marketplace.artifacts(record.agentId, record.hiringId);
  // Where there is no list, the upload itself says why.
  const otherArtifacts = list.kind === 'artifacts' ? list.artifacts.map(({ id }) => id) : [];
  return waits(context, 'earlier files were looked for', 0, {
    progress: { ...attempt.progress, otherArtifacts },
  });
}

/** An answer that does not name the ids is completed by reading them. */
async function noteUploaded(
  context: AttemptContext,
  accepted: AcceptedResult,
  batch: readonly CheckedFile[],
  ids: readonly (string | undefined)[],
): Promise<StepCommit> {
  if (ids.includes(undefined)) return await learnUploads(context, accepted);
  const idOf = new Map(batch.map(({ name }, index) => [name, ids[index]]));
  const files = accepted.files.map((file) => ({
    ...file,
    artifactId: file.artifactId ?? idOf.get(file.name),
  }));
  return uploaded(context, { ...accepted, files }, batch.length);
}

/** Reads which files the marketplace has, where an answer was lost: nothing is uploaded again blindly. */
async function learnUploads(context: AttemptContext, accepted: AcceptedResult): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const list = await ports.marketplace.artifacts(record.agentId, record.hiringId);
  if (list.kind === 'unavailable') {
    return troubled(context, list.problem, {
      progress: { ...attempt.progress, accepted: { ...accepted, uploadUnsure: true } },
    });
  }
  const known = new Set(accepted.files.flatMap(({ artifactId }) => artifactId ?? []));
  const idOf = new Map(list.artifacts.filter(({ id }) => !known.has(id)).map(({ name, id }) => [name, id]));
  const names = deliveredNamesOf(accepted.result.files);
  const files = accepted.files.map((file) => ({
    ...file,
    artifactId: file.artifactId ?? idOf.get(names.get(file.name) ?? ''),
  }));
  const found = files.filter(({ artifactId }) => artifactId !== undefined).length - known.size;
  return uploaded(context, { ...accepted, files, uploadUnsure: undefined }, found);
}

function uploaded(context: AttemptContext, accepted: AcceptedResult, count: number): StepCommit {
  return waits(context, `${count} files were uploaded`, 0, {
    progress: { ...context.attempt.progress, accepted },
  });
}

function judgedAnew(context: AttemptContext, cause: string): StepCommit {
  return waits(context, cause, context.settings.quietMs, {
    progress: withoutAccepted(context.attempt.progress),
  });
}

async function push(
  context: AttemptContext,
  accepted: AcceptedResult,
  base: { readonly branch: string; readonly commit: string },
): Promise<StepCommit> {
  const { record, attempt, ports, settings } = context;
  const { repoUrl, repoToken } = attempt.hiring;
  const name = changeOf(accepted.result);
  if (
    ports.repositories === undefined ||
    repoUrl === undefined ||
    repoToken === undefined ||
    name === undefined
  ) {
    return troubled(context, 'there is nothing to push with: is git installed?');
  }
  const read = await ports.storage.read(attempt.taskId, name, settings.maxFileBytes);
  if (read.kind === 'unavailable') return troubled(context, read.problem);
  if (read.kind !== 'file') return judgedAnew(context, `${name} changed while it was pushed`);
  const outcome = await ports.repositories.push({
    taskId: attempt.taskId,
    hiringId: record.hiringId,
    access: { url: repoUrl, token: repoToken },
    base,
    delivery: { kind: name === 'change.bundle' ? 'bundle' : 'patch', bytes: read.bytes },
    summary: accepted.result.summary,
    atMs: attempt.openedAtMs,
    mayHoldCredentials: attempt.progress.suspected === accepted.digest && isApproved(context),
  });
  return afterPush(context, accepted, outcome);
}

function afterPush(context: AttemptContext, accepted: AcceptedResult, outcome: PushOutcome): StepCommit {
  const { progress, taskId } = context.attempt;
  switch (outcome.kind) {
    case 'pushed': {
      const { branch, commits, filesChanged } = outcome;
      return waits(context, `${commits.length} commits were pushed and read back`, 0, {
        progress: { ...progress, accepted: { ...accepted, pushed: { branch, commits, filesChanged } } },
      });
    }
    case 'suspicious': {
      // An earlier yes was said without knowing this.
      const { approved, ...rest } = withoutAccepted(progress);
      return held(context, outcome.problem, {
        approvable: true,
        result: accepted.result,
        progress: { ...rest, approved: { work: approved?.work }, suspected: accepted.digest },
      });
    }
    case 'unusable':
      return needsPerson(
        context,
        `the result is held: its change cannot be pushed: ${outcome.problem}`,
        `Look at shared/tasks/${taskId}/. A better change there is judged anew by itself. Without one, the hiring is reported as failed before its deadline.`,
        {
          cause: 'the change cannot be pushed',
          judged: accepted.digest,
          progress: withoutAccepted(progress),
        },
      );
    case 'refused':
      return needsPerson(
        context,
        outcome.problem,
        'Mend what the problem names; the result is judged anew by itself when it changes.',
        {
          judged: accepted.digest,
          progress: withoutAccepted(progress),
        },
      );
    case 'denied':
      return failureDecided(
        context,
        { reason: 'other', text: "The repository did not take the change under the hiring's token." },
        { cause: 'the repository did not take the change' },
      );
    case 'unavailable':
      return troubled(context, outcome.problem);
  }
}
