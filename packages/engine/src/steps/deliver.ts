import {
  artifactOf,
  deliveredNamesOf,
  filesToUpload,
  halfOf,
  hasFile,
  inQuotes,
  isSameFile,
  nextBatch,
  withoutAccepted,
  withoutUntaken,
  withoutYes,
  withUploads,
  type AcceptedResult,
  type Artifact,
  type AttemptProgress,
  type CheckedFile,
  type CheckedResult,
  type PushOrder,
  type PushOutcome,
  type StepCommit,
  type UploadedFile,
  type Verdict,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { quietForMs } from '../finish.ts';
import {
  failureDecided,
  mayPass,
  transitioned,
  requireOperator,
  settlementOf,
  stepFailed,
  waits,
} from '../step-results.ts';
import { inSlot, NO_SLOT_WAIT_MS } from '../call-slots.ts';
import { isToWaitFor, MOST_SENDS, queuedAgain } from '../queue-wait.ts';
import { identify, soleNamed, withFound } from './identify-artifacts.ts';
import { changeOf, held, shownOf } from './review-result.ts';

/** Uploads that say the hiring is over, before reads that show it as active are believed. */
const MAX_OVER = 3;
/** Looks for files of which nobody knows whether they arrived, before the owner is asked; they are looked for further. */
const MAX_UNSURE = 10;
/** Files that an alert names. */
const MAX_SHOWN = 5;

/**
 * `submitted`, once the result is accepted: pushes the change where that is the delivery, uploads the files batch by
 * batch, and then stores the settlement that names them, because the result ends the hiring (Agrenting API reference,
 * 9 and 10). One outside effect at a time, each noted before the next.
 */
export async function deliver(context: AttemptContext): Promise<StepCommit> {
  const { accepted: stored, source, uploads } = context.attempt.progress;
  if (stored === undefined) {
    throw new Error(`attempt ${context.attempt.taskId} delivers, but no result was accepted`);
  }
  const accepted = withUploads(stored, uploads);
  if (source !== undefined && accepted.pushed === undefined) return await push(context, accepted, source);
  const left = filesToUpload(accepted, source !== undefined).filter(
    ({ artifactId }) => artifactId === undefined,
  );
  if (left.length === 0) return settleNext(context, accepted);
  if (accepted.uploadUnsure === true) return await learnUploads(context, accepted);
  const untried = left.filter(({ tooLarge }) => tooLarge !== true);
  return untried.length === 0
    ? await filesTooLarge(context, accepted, left)
    : await upload(context, accepted, untried);
}

function settleNext(context: AttemptContext, accepted: AcceptedResult): StepCommit {
  const { result, files, pushed } = accepted;
  const artifacts = files.flatMap(({ artifactId }) => artifactId ?? []);
  const named = files.map(({ name, sizeBytes }) => ({ name, sizeBytes }));
  const verdict: Verdict = { kind: 'result', result: { ...result, files: named }, artifacts, pushed };
  return transitioned(context, 'result_accepted', 'the result passed review', {
    settlement: settlementOf(context, verdict),
    progress: { ...context.attempt.progress, verdict },
  });
}

async function upload(
  context: AttemptContext,
  accepted: AcceptedResult,
  left: readonly CheckedFile[],
): Promise<StepCommit> {
  const { record, attempt, ports, settings } = context;
  const { otherArtifacts, uploads = [], uploadBytes = settings.batchBytes } = attempt.progress;
  const unsure = uploads.some((one) => isToSeek(one, accepted));
  if (unsure || (attempt.number > 1 && otherArtifacts === undefined)) {
    return await noteEarlier(context, accepted, uploads);
  }
  const batch = nextBatch(left, Math.min(uploadBytes, settings.batchBytes));
  const artifacts: Artifact[] = [];
  const names = deliveredNamesOf(accepted.files);
  for (const file of batch) {
    const read = await ports.storage.read(attempt.taskId, file.name, settings.maxFileBytes);
    if (read.kind === 'unavailable')
      return stepFailed(context, { code: 'folder_unread', problem: read.problem });
    if (read.kind !== 'file' || read.sha256 !== file.sha256) {
      return judgedAnew(context, 'a file changed before it was uploaded');
    }
    artifacts.push(artifactOf(names.get(file.name) ?? '', read));
  }
  const outcome = await ports.marketplace.upload(record.agentId, record.hiringId, artifacts);
  switch (outcome.kind) {
    case 'uploaded':
      return await noteUploaded(context, accepted, batch, outcome.ids);
    case 'too_large':
      return lessAtOnce(context, accepted, batch);
    case 'unknown': {
      const isTaken = outcome.taken === true;
      const queued = isTaken ? queuedAgain(accepted.queued, ports.clock.nowMs()) : accepted.queued;
      const sent = isTaken ? withTaken(accepted, batch) : accepted;
      return stepFailed(
        context,
        { code: 'upload_failed', problem: outcome.problem },
        {
          progress: { ...attempt.progress, accepted: { ...sent, uploadUnsure: true, queued } },
        },
      );
    }
    case 'later':
      return stepFailed(
        context,
        { code: 'upload_failed', problem: outcome.problem },
        { retryAfterMs: outcome.retryAfterMs },
      );
    case 'unauthorized':
      return stepFailed(context, { code: 'upload_failed', problem: outcome.problem });
    case 'over':
      // Reads go on to show whether it is; while they do not, the marketplace has no place for files.
      if (hasTriesLeft(context))
        return stepFailed(context, { code: 'upload_failed', problem: outcome.problem });
      return await filesNotTaken(context, accepted, outcome.problem);
    case 'unsupported':
    case 'refused':
      return await filesNotTaken(context, accepted, outcome.problem);
  }
}

/** What was refused for its size goes in smaller parts; a file that is refused alone is left behind for its owner to decide. */
function lessAtOnce(
  context: AttemptContext,
  accepted: AcceptedResult,
  batch: readonly CheckedFile[],
): StepCommit {
  const { progress } = context.attempt;
  const [alone, ...others] = batch;
  if (others.length > 0) {
    return waits(context, `${batch.length} files are too large for one upload, which is split in half`, 0, {
      progress: { ...progress, uploadBytes: halfOf(batch) },
    });
  }
  const files = accepted.files.map((file) =>
    file.name === alone?.name ? { ...file, tooLarge: true } : file,
  );
  return waits(context, 'a single file is too large for the marketplace', 0, {
    progress: { ...progress, accepted: { ...accepted, files } },
  });
}

/** Everything else is uploaded: as with files over our own limit, the owner says whether the result goes without these. */
async function filesTooLarge(
  context: AttemptContext,
  accepted: AcceptedResult,
  left: readonly CheckedFile[],
): Promise<StepCommit> {
  const shown = left
    .slice(0, MAX_SHOWN)
    .map(({ name, sizeBytes }) => `${inQuotes(name)} (${sizeBytes} bytes)`);
  const more = left.length > MAX_SHOWN ? ` and ${left.length - MAX_SHOWN} more` : '';
  const files = accepted.files.map((file) => ({ ...file, tooLarge: undefined }));
  const problem = `each too large for the marketplace: ${shown.join(', ')}${more}`;
  return await filesNotTaken(context, { ...accepted, files }, problem, { code: 'files_too_large' });
}

/** Whether it is tried again before the owner is asked; what stood still once has one more try each time. */
function hasTriesLeft({ record, attempt }: AttemptContext): boolean {
  const tries = (attempt.progress.standstills ?? 0) > 0 ? 1 : MAX_OVER;
  return (record.lastFailure?.count ?? 0) < tries;
}

/** Files that the marketplace does not take are left out, which is another result: it wants a yes of its own. */
async function filesNotTaken(
  context: AttemptContext,
  accepted: AcceptedResult,
  problem: string,
  {
    code = 'files_not_taken',
    progress = context.attempt.progress,
  }: { readonly code?: 'files_not_taken' | 'files_too_large'; readonly progress?: AttemptProgress } = {},
): Promise<StepCommit> {
  const { files, sha256 } = withoutUntaken(accepted, progress.source !== undefined);
  const result: CheckedResult = { ...accepted.result, files };
  const says = result.text.trim() !== '' || files.length > 0;
  return requireOperator(
    context,
    { code, problem, leavesResult: says },
    {
      judged: accepted.digest,
      sha256,
      held: await shownOf(context, result),
      approves: says ? 'result' : undefined,
      // As it is, it is uploaded again where that may work later.
      progress: { ...withoutYes(progress), accepted },
    },
  );
}

/**
 * Notes what the marketplace has before this result uploads anything: of earlier attempts, and of results of this one
 * that were replaced. What this result has, too, is distinguished by its bytes where its name may be another's.
 */
async function noteEarlier(
  context: AttemptContext,
  accepted: AcceptedResult,
  uploads: readonly UploadedFile[],
): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const list = await ports.marketplace.artifacts(record.agentId, record.hiringId);
  // Where there is never a list, the upload itself says why.
  if (list.kind === 'unavailable' && (record.lastFailure?.count ?? 0) < MAX_OVER) {
    return stepFailed(context, { code: 'uploads_unread', problem: list.problem });
  }
  const { otherArtifacts: noted = [] } = attempt.progress;
  const known = new Set([
    ...noted,
    ...uploads.flatMap(({ artifactId }) => artifactId ?? []),
    ...accepted.files.flatMap(({ artifactId }) => artifactId ?? []),
  ]);
  const listed = list.kind === 'artifacts' ? list.artifacts : [];
  const fresh = listed.filter(({ id }) => !known.has(id));
  const unfound = uploads.filter(({ artifactId }) => artifactId === undefined);
  // Of no use to this result: its name decides, or nothing does.
  const wanted = unfound.filter(
    (upload) => hasFile(accepted, upload) || soleNamed(upload, fresh, attempt.number, uploads) !== undefined,
  );
  const { found, doubtful, problem, retryAfterMs, isMore } = await identify(context, fresh, wanted, uploads);
  const seen = withFound(uploads, found);
  const ids = new Set(seen.map(({ artifactId }) => artifactId));
  const asked = new Set(seen.flatMap(({ name, artifactId }) => (artifactId === undefined ? [name] : [])));
  const others = fresh.filter(({ id, name }) => !ids.has(id) && !asked.has(name)).map(({ id }) => id);
  const awaited = seen.filter(
    (upload) => isAwaited(upload, accepted) || doubtful.some((file) => isSameFile(file, upload)),
  );
  // What is not listed did not arrive, unless the marketplace said that it did, or shows it late.
  const sought = seen.map((upload) => (awaited.includes(upload) ? upload : asSought(upload, accepted)));
  const progress = { ...attempt.progress, otherArtifacts: [...noted, ...others], uploads: sought };
  if (awaited.length === 0 || isMore) {
    return waits(context, 'the marketplace was searched for earlier files', 0, { progress });
  }
  const why = doubtful.length > 0 ? problem : undefined;
  return hasLooksLeft(context)
    ? stepFailed(context, { code: 'earlier_uploads_unfound', problem: why }, { progress, retryAfterMs })
    : await filesNotTaken(context, accepted, why ?? 'it does not list files that it accepted', { progress });
}

function asSought(upload: UploadedFile, { sha256 }: AcceptedResult): UploadedFile {
  return upload.artifactId === undefined ? { ...upload, soughtFor: sha256 } : upload;
}

/** Whether the list is read for it before anything of this result is uploaded: once, or until it is found. */
function isToSeek(upload: UploadedFile, accepted: AcceptedResult): boolean {
  const { artifactId, soughtFor } = upload;
  return artifactId === undefined && (soughtFor !== accepted.sha256 || isAwaited(upload, accepted));
}

/** Whether the marketplace said to have it, and this result has it: it is looked for until it is listed. */
function isAwaited(upload: UploadedFile, accepted: AcceptedResult): boolean {
  return upload.artifactId === undefined && upload.taken === true && hasFile(accepted, upload);
}

/**
 * An answer that shows the files and not all of their ids is completed by reading them. The marketplace has them, so they
 * are never uploaded again: they are looked for until the list shows them, or their owner lets the result go without.
 */
async function noteUploaded(
  context: AttemptContext,
  accepted: AcceptedResult,
  batch: readonly CheckedFile[],
  ids: readonly (string | undefined)[],
): Promise<StepCommit> {
  const { otherArtifacts = [], uploads = [] } = context.attempt.progress;
  // An answer with all files of the hiring may name one that is known to be another.
  const others = new Set([...otherArtifacts, ...uploads.flatMap(({ artifactId }) => artifactId ?? [])]);
  const own = ids.map((id) => (id === undefined || others.has(id) ? undefined : id));
  const idOf = new Map(batch.map(({ name }, index) => [name, own[index]]));
  const files = accepted.files.map((file) => ({
    ...file,
    artifactId: file.artifactId ?? idOf.get(file.name),
  }));
  if (!own.includes(undefined)) return uploaded(context, { ...accepted, files }, batch.length);
  const queued = { times: MOST_SENDS, atMs: context.ports.clock.nowMs() };
  return await learnUploads(context, { ...withTaken({ ...accepted, files }, batch), queued });
}

function withTaken(accepted: AcceptedResult, batch: readonly CheckedFile[]): AcceptedResult {
  const names = new Set(batch.map(({ name }) => name));
  const files = accepted.files.map((file) => (names.has(file.name) ? { ...file, taken: true } : file));
  return { ...accepted, files };
}

/** Whether it is looked for again before the owner is asked; after that it has one more look each time. */
function hasLooksLeft({ record, attempt }: AttemptContext): boolean {
  const looks = (attempt.progress.standstills ?? 0) > 0 ? 1 : MAX_UNSURE;
  return (record.lastFailure?.count ?? 0) < looks;
}

/** Reads which files the marketplace has, where an answer was lost: nothing is uploaded again blindly. */
async function learnUploads(context: AttemptContext, accepted: AcceptedResult): Promise<StepCommit> {
  const { record, attempt, ports } = context;
  const list = await ports.marketplace.artifacts(record.agentId, record.hiringId);
  const unsure = { ...accepted, uploadUnsure: true };
  if (list.kind === 'unavailable') {
    return hasLooksLeft(context)
      ? stepFailed(
          context,
          { code: 'uploads_unread', problem: list.problem },
          { progress: { ...attempt.progress, accepted: unsure } },
        )
      : await filesNotTaken(context, unsure, list.problem);
  }
  const known = new Set(accepted.files.flatMap(({ artifactId }) => artifactId ?? []));
  const { otherArtifacts = [], uploads = [], source } = attempt.progress;
  const others = new Set([...otherArtifacts, ...uploads.flatMap(({ artifactId }) => artifactId ?? [])]);
  const fresh = list.artifacts.filter(({ id }) => !known.has(id) && !others.has(id));
  const names = deliveredNamesOf(accepted.files);
  const lacking = filesToUpload(accepted, source !== undefined).flatMap(
    ({ name, sizeBytes, sha256, artifactId }) =>
      artifactId === undefined ? [{ name: names.get(name) ?? '', sizeBytes, sha256 }] : [],
  );
  const { found, doubtful, problem, retryAfterMs, isMore } = await identify(context, fresh, lacking, uploads);
  const { files } = withUploads(accepted, found);
  const earlier = found.filter((one) => !hasFile(accepted, one));
  const progress = {
    ...attempt.progress,
    uploads: earlier.length > 0 ? withFound(uploads, earlier) : attempt.progress.uploads,
  };
  const count = files.filter(({ artifactId }) => artifactId !== undefined).length - known.size;
  const { queued } = accepted;
  if (count > 0 || isMore) {
    // It may list one after the other: what else it says to have is looked for further, and not uploaded again.
    const isLeft =
      queued !== undefined &&
      filesToUpload({ ...accepted, files }, source !== undefined).some(
        ({ artifactId, taken }) => artifactId === undefined && taken === true,
      );
    const rest =
      isLeft || doubtful.length > 0
        ? { uploadUnsure: true, queued }
        : { uploadUnsure: undefined, queued: undefined };
    return uploaded(context, { ...accepted, files, ...rest }, count, progress);
  }
  // What it says to have is looked for, for a long while, and in the end is only looked for.
  const isStillToCome =
    queued !== undefined && (queued.times >= MOST_SENDS || isToWaitFor(queued, context.nowMs));
  // What may be there is not uploaded beside it.
  const isUnsure = isStillToCome || doubtful.length > 0;
  const learned = { ...accepted, files, uploadUnsure: isUnsure || undefined };
  const why = doubtful.length > 0 ? problem : undefined;
  // It is uploaded again, but not at once, and not without an end: it may be stored by a marketplace that never says where.
  if (!hasLooksLeft(context)) {
    const none = 'it lists none of the files that were uploaded';
    return await filesNotTaken(context, learned, why ?? none, { progress });
  }
  return stepFailed(
    context,
    { code: 'uploads_unfound', problem: why },
    { progress: { ...progress, accepted: learned }, retryAfterMs },
  );
}

function uploaded(
  context: AttemptContext,
  accepted: AcceptedResult,
  count: number,
  progress = context.attempt.progress,
): StepCommit {
  const cause = count > 0 ? `${count} files were uploaded` : 'files of the same names were distinguished';
  return waits(context, cause, 0, { progress: { ...progress, accepted } });
}

function judgedAnew(context: AttemptContext, cause: string): StepCommit {
  return waits(context, cause, quietForMs(context), {
    progress: withoutAccepted(context.attempt.progress),
  });
}

async function push(
  context: AttemptContext,
  accepted: AcceptedResult,
  base: { readonly branch: string; readonly commit: string },
): Promise<StepCommit> {
  const { record, attempt, ports, settings } = context;
  const { repositories } = ports;
  const { repoUrl, repoToken } = attempt.hiring;
  const { approved, suspected } = attempt.progress;
  const name = changeOf(accepted);
  const judged = accepted.files.find((file) => file.name === name);
  if (repositories === undefined || repoUrl === undefined || repoToken === undefined || name === undefined) {
    return stepFailed(context, { code: 'git_missing' });
  }
  const read = await ports.storage.read(attempt.taskId, name, settings.maxFileBytes);
  if (read.kind === 'unavailable')
    return stepFailed(context, { code: 'folder_unread', problem: read.problem });
  if (read.kind !== 'file' || read.sha256 !== judged?.sha256) {
    return judgedAnew(context, `${name} changed before it was pushed`);
  }
  const order: PushOrder = {
    taskId: attempt.taskId,
    hiringId: record.hiringId,
    access: { url: repoUrl, token: repoToken },
    base,
    delivery: { kind: name === 'change.bundle' ? 'bundle' : 'patch', bytes: read.bytes },
    summary: accepted.result.summary,
    atMs: attempt.openedAtMs,
    findingsApproved: suspected === accepted.sha256 && approved?.sha256 === accepted.sha256,
  };
  const outcome = await inSlot(ports, async () => await repositories.push(order));
  if (outcome === undefined) return waits(context, 'other changes are being pushed', NO_SLOT_WAIT_MS);
  return await afterPush(context, accepted, outcome);
}

async function afterPush(
  context: AttemptContext,
  accepted: AcceptedResult,
  outcome: PushOutcome,
): Promise<StepCommit> {
  const { progress } = context.attempt;
  switch (outcome.kind) {
    case 'pushed': {
      const { branch, commits, filesChanged } = outcome;
      return waits(context, `${commits.length} commits were pushed and read back`, 0, {
        progress: { ...progress, accepted: { ...accepted, pushed: { branch, commits, filesChanged } } },
      });
    }
    case 'suspicious': {
      const { result, files, sha256 } = accepted;
      return await held(
        context,
        { code: 'change_suspicious', problem: outcome.problem },
        {
          approvable: true,
          result: { ...result, files },
          sha256,
          progress: { ...withoutAccepted(progress), suspected: sha256 },
        },
      );
    }
    case 'unusable':
      return requireOperator(
        context,
        { code: 'change_unusable', problem: outcome.problem },
        { judged: accepted.digest, progress: withoutAccepted(progress) },
      );
    case 'refused':
      return requireOperator(
        context,
        { code: 'push_refused', problem: outcome.problem },
        { judged: accepted.digest, progress: withoutAccepted(progress) },
      );
    case 'denied':
      if (mayPass(context)) return stepFailed(context, { code: 'push_failed', problem: outcome.problem });
      return failureDecided(
        context,
        { reason: 'other', text: "The repository did not take the change under the hiring's token." },
        { cause: 'the repository rejected the change' },
      );
    case 'unavailable':
      return stepFailed(context, { code: 'push_failed', problem: outcome.problem });
  }
}
