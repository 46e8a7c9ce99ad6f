import { sizesOf } from './objects.ts';
import { ADAPTER, TRAILER } from './signature.ts';
import type { Workspace } from './workspace.ts';

/** The commits after one and up to another, oldest first. */
export async function commitsBetween(
  workspace: Workspace,
  after: string,
  upTo: string,
): Promise<readonly string[]> {
  const text = await workspace.must(['rev-list', '--reverse', '--topo-order', `${after}..${upTo}`]);
  return text === '' ? [] : text.split('\n');
}

export async function hasCommit(workspace: Workspace, commit: string): Promise<boolean> {
  // 128: there is nothing of that name.
  return await workspace.asks(['cat-file', '-e', `${commit}^{commit}`], [1, 128]);
}

/** Whether one commit is in the history of another; both must be there. */
export async function isWithin(workspace: Workspace, commit: string, tip: string): Promise<boolean> {
  return await workspace.asks(['merge-base', '--is-ancestor', commit, tip]);
}

/** The trees of commits. */
export async function treesOf(workspace: Workspace, commits: readonly string[]): Promise<readonly string[]> {
  const names = commits.map((commit) => `${commit}^{tree}`);
  return (await sizesOf(workspace, names)).map(({ id }) => id);
}

/** The commits that the adapter made of a task's change and that came after some commit, oldest first. */
export async function commitsOfTask(
  workspace: Workspace,
  taskId: string,
  after: string,
  upTo: string,
): Promise<readonly string[]> {
  const text = await workspace.must([
    'rev-list',
    '--reverse',
    '--topo-order',
    '--fixed-strings',
    `--grep=${TRAILER}: ${taskId}`,
    `--committer=${ADAPTER.email}`,
    '--max-count=1000',
    `${after}..${upTo}`,
  ]);
  return text === '' ? [] : text.split('\n');
}

/** The names of the files that differ between two commits. */
export async function filesBetween(
  workspace: Workspace,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const output = await workspace.read(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}
