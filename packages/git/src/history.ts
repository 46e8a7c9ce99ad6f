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
  const { exitCode } = await workspace.git(['cat-file', '-e', `${commit}^{commit}`]);
  return exitCode === 0;
}

/** Whether one commit is in the history of another; both must be there. */
export async function isWithin(workspace: Workspace, commit: string, tip: string): Promise<boolean> {
  const { exitCode } = await workspace.git(['merge-base', '--is-ancestor', commit, tip]);
  return exitCode === 0;
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
  const { output } = await workspace.git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}
