import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SOURCE_BRANCH, type SourceOutcome } from '@agrenting-hiclaw/core/domain';
import { isBranchName } from './branch-name.ts';
import type { GitSettings } from './options.ts';
import type { Remote } from './remote.ts';
import type { Workspace } from './workspace.ts';

/**
 * Makes a bundle of the default branch, with its whole history: one of a shallow clone cannot be cloned, and a commit
 * made on anything but the real one could not be pushed. In it the branch has a name of ours.
 */
export async function readSource(
  workspace: Workspace,
  remote: Remote,
  { maxRepositoryBytes }: GitSettings,
): Promise<SourceOutcome> {
  const found = await remote.branches([]);
  if (found.kind !== 'branches') return found;
  const branch = found.defaultBranch;
  if (branch === undefined || !isBranchName(branch)) {
    return {
      kind: 'denied',
      problem:
        'the repository has no default branch with a commit: the hirer has to make a first commit on it',
    };
  }
  const ref = `refs/heads/${SOURCE_BRANCH}`;
  const failure = await remote.fetch(`refs/heads/${branch}:${ref}`);
  if (failure !== undefined) return failure;
  await workspace.must(['symbolic-ref', 'HEAD', ref]);
  const commit = await workspace.must(['rev-parse', '--verify', ref]);
  const file = join(workspace.directory, 'repository.bundle');
  await workspace.must(['bundle', 'create', '--quiet', file, 'HEAD', ref], {
    maxDirectoryBytes: 2 * maxRepositoryBytes,
  });
  const { size } = await stat(file);
  if (size > maxRepositoryBytes) {
    return {
      kind: 'refused',
      problem: `the repository is ${size} bytes large, and ${maxRepositoryBytes} are allowed: allow more, or decline the hiring`,
    };
  }
  return { kind: 'source', bundle: await readFile(file), branch, commit };
}
