import { deliveredNamesOf } from './delivered-name.ts';
import type { AttemptProgress } from '../hiring/hiring-record.ts';
import type { AcceptedResult, CheckedFile, UploadedFile } from './result.ts';
import { snapshotSha256 } from './snapshot.ts';

/** Files that are remembered without an id at most; of more only those stay that the marketplace said to have. */
export const MAX_UNFOUND = 1000;

/**
 * The memory of an attempt whose result is reviewed again: the operator's yes to the old one is gone. What was uploaded of
 * it is remembered, so that a file which the next result has, too, is not uploaded a second time. A file without an id
 * may be uploaded or not: the process may have died between the upload and its note.
 */
export function withoutAccepted(progress: AttemptProgress): AttemptProgress {
  const { accepted, uploads = [] } = progress;
  const rest = withoutYes({ ...progress, accepted: undefined });
  if (accepted === undefined || accepted.files.length === 0) return rest;
  const names = deliveredNamesOf(accepted.files);
  const former = withUploads(accepted, uploads).files.map(
    ({ name, sizeBytes, sha256, artifactId, taken }) => ({
      name: names.get(name) ?? '',
      sizeBytes,
      sha256,
      artifactId,
      taken: artifactId === undefined ? taken : undefined,
    }),
  );
  const before = uploads.filter((upload) => !former.some((file) => isSameFile(file, upload)));
  return { ...rest, uploads: withinBound([...before, ...former]) };
}

/** The newest stay. */
function withinBound(uploads: readonly UploadedFile[]): readonly UploadedFile[] {
  let left = MAX_UNFOUND;
  return uploads
    .toReversed()
    .filter(({ artifactId, taken }) => {
      if (artifactId !== undefined || taken === true) return true;
      left -= 1;
      return left >= 0;
    })
    .toReversed();
}

/**
 * The result with what is known of those files that were uploaded for an earlier one of this attempt, byte for byte: the
 * id, or that the marketplace said to have it.
 */
export function withUploads(
  accepted: AcceptedResult,
  uploads: readonly UploadedFile[] | undefined,
): AcceptedResult {
  if (uploads === undefined) return accepted;
  const names = deliveredNamesOf(accepted.files);
  const files = accepted.files.map((file) => {
    const delivered = { name: names.get(file.name) ?? '', sha256: file.sha256 };
    const known = uploads.find((upload) => isSameFile(upload, delivered));
    return {
      ...file,
      artifactId: file.artifactId ?? known?.artifactId,
      taken: file.taken ?? known?.taken,
    };
  });
  return { ...accepted, files };
}

/** What was pushed is in the repository; the rest of the folder goes along as artifacts. */
export function filesToUpload({ files }: AcceptedResult, pushes: boolean): readonly CheckedFile[] {
  return pushes ? files.filter(({ name }) => !/^change\.(?:bundle|patch)$/.test(name)) : files;
}

/** The result without the files that the marketplace does not take: another result, which wants a yes of its own. */
export function withoutUntaken(accepted: AcceptedResult, pushes: boolean): AcceptedResult {
  const untaken = new Set(
    filesToUpload(accepted, pushes).filter(({ artifactId }) => artifactId === undefined),
  );
  const files = accepted.files.filter((file) => !untaken.has(file));
  const sha256 = snapshotSha256({
    kind: 'result',
    result: { ...accepted.result, files },
    pushed: accepted.pushed,
  });
  return { ...accepted, files, sha256 };
}

/** Whether the result has this very file, under that name. */
export function hasFile({ files }: AcceptedResult, upload: FileIdentity): boolean {
  const names = deliveredNamesOf(files);
  return files.some(({ name, sha256 }) => isSameFile({ name: names.get(name) ?? '', sha256 }, upload));
}

type FileIdentity = Pick<UploadedFile, 'name' | 'sha256'>;

/** Whether both are the same bytes under the same name. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.name === other.name && one.sha256 === other.sha256;
}

/** The memory without the operator's yes to a result; those to the price and to the work stay. */
export function withoutYes(progress: AttemptProgress): AttemptProgress {
  const { approved } = progress;
  if (approved?.sha256 === undefined) return progress;
  const { price, work } = approved;
  return { ...progress, approved: price === undefined && work === undefined ? undefined : { price, work } };
}
