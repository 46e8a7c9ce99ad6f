import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SOURCE_BRANCH, type SourceOutcome } from '@agrenting-hiclaw/core/domain';
import { createContentMeter } from './check/contents.ts';
import type { GitSettings } from './options.ts';
import type { Remote } from './remote/remote.ts';
import { countObjects, treesOf } from './run/objects.ts';
import { GitFailure, type Workspace } from './run/workspace.ts';

/**
 * Makes a bundle of the default branch, with its whole history: one of a shallow clone cannot be cloned, and a commit
 * made on anything but the real one could not be pushed. In it the branch has a name of ours.
 */
export async function readSource(
  workspace: Workspace,
  remote: Remote,
  settings: GitSettings,
): Promise<SourceOutcome> {
  const { maxRepositoryBytes } = settings;
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
  await checkRepository(workspace, [commit], settings);
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

/** Throws a GitFailure when what was fetched is more than a worker, or git, should unfold. */
export async function checkRepository(
  workspace: Workspace,
  commits: readonly string[],
  { contents, maxObjects }: GitSettings,
): Promise<void> {
  const excess =
    (await countObjects(workspace)) > maxObjects
      ? `it has more than ${maxObjects.toLocaleString('en')} objects`
      : await createContentMeter(workspace, contents).excess(await treesOf(workspace, commits));
  if (excess === undefined) return;
  throw new GitFailure({
    kind: 'refused',
    problem: `the repository is too large to be worked on: ${excess}. Decline the hiring`,
  });
}

/** Whether a name can be put into a refspec as it is: what git's own rules for names allow, and no line or option. */
export function isBranchName(name: string): boolean {
  return (
    name.length <= 200 &&
    /^[^-/.\s][^\s\p{C}~^:?*[\\]{0,200}$/u.test(name) &&
    !/\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$|^@$/.test(name)
  );
}
