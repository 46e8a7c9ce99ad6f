import { inQuotes, type PushOutcome, type RepositoryFailure } from '@agrenting-hiclaw/core/domain';
import { filesBetween, isWithin } from './history.ts';
import type { Remote } from './remote.ts';
import type { Workspace } from './workspace.ts';

/** As many names are given. */
const MAX_FILES = 500;

/** Whether the remote's branch shows a commit, as its end or below what came since. */
export async function isShown(
  workspace: Workspace,
  remote: Remote,
  branch: string,
  commit: string,
): Promise<boolean | RepositoryFailure> {
  const found = await remote.branches([branch]);
  if (found.kind !== 'branches') return found;
  const end = found.commits.get(branch);
  if (end === undefined) return false;
  if (end === commit) return true;
  const failure = await remote.fetch(`+refs/heads/${branch}:refs/remote/shown`);
  return failure ?? isWithin(workspace, commit, 'refs/remote/shown');
}

/** Says what the remote shows. Its commits must have been seen there. */
export async function pushed(
  workspace: Workspace,
  branch: string,
  from: string,
  commits: readonly string[],
): Promise<PushOutcome> {
  const last = commits.at(-1) ?? from;
  const files = await filesBetween(workspace, from, last);
  return { kind: 'pushed', branch, commits, filesChanged: files.slice(0, MAX_FILES) };
}

/** What is said of a push that went well and is not to be seen. */
export function notShown(branch: string): RepositoryFailure {
  return {
    kind: 'unavailable',
    problem: `the repository's host took the push to ${inQuotes(branch)} and does not show it: it is tried again`,
  };
}
