import type { AttemptProgress } from './hiring-record.ts';

/**
 * The memory of an attempt whose result is judged anew. What was uploaded of the old one belongs to no other, and
 * neither does the operator's yes to it.
 */
export function withoutAccepted(progress: AttemptProgress): AttemptProgress {
  const { accepted, otherArtifacts, artifactsUnknown } = progress;
  const rest = withoutYes({ ...progress, accepted: undefined });
  if (accepted === undefined) return rest;
  const ids = accepted.files.flatMap(({ artifactId }) => artifactId ?? []);
  return {
    ...rest,
    otherArtifacts: ids.length === 0 ? otherArtifacts : [...(otherArtifacts ?? []), ...ids],
    // Nobody knows its ids, so they are looked for before anything else is uploaded.
    artifactsUnknown: accepted.uploadUnsure === true ? true : artifactsUnknown,
  };
}

/** The memory without the operator's yes to a result; one to the work stays. */
export function withoutYes(progress: AttemptProgress): AttemptProgress {
  const { approved } = progress;
  if (approved?.sha256 === undefined) return progress;
  return { ...progress, approved: approved.work === undefined ? undefined : { work: approved.work } };
}
