import type { PushOrder, PushOutcome } from '@agrenting-hiclaw/core/domain';
import type { Change } from './change.ts';
import { isWithin } from './history.ts';
import { isShown, notShown, pushed } from './read-back.ts';
import type { Remote } from './remote.ts';
import type { Workspace } from './workspace.ts';

/** Pushes a change to a branch of its own, `agrenting/<task id>`, unless it is there or in the base branch already. */
export async function pushOwnBranch(
  workspace: Workspace,
  remote: Remote,
  order: PushOrder,
  change: Extract<Change, { kind: 'change' }>,
): Promise<PushOutcome> {
  const { base, taskId } = order;
  const { onto, tip, commits } = change;
  const branch = `agrenting/${taskId}`;
  const found = await remote.branches([branch, base.branch]);
  if (found.kind !== 'branches') return found;

  if (found.commits.has(branch)) {
    const shown = await isShown(workspace, remote, branch, tip);
    if (shown === true) return pushed(workspace, branch, onto, commits);
    return shown === false ? taken(branch) : shown;
  }
  // Merged, and the branch removed, before the answer to the push had been heard.
  if (found.commits.has(base.branch) && (await isWithin(workspace, tip, 'refs/remote/base')))
    return pushed(workspace, base.branch, onto, commits);

  const run = await remote.push(tip, branch);
  if (run.kind === 'denied' || run.kind === 'refused') return run;
  // Of a push that broke off nobody knows how it ended: the remote says.
  const shown = await isShown(workspace, remote, branch, tip);
  if (shown === true) return pushed(workspace, branch, onto, commits);
  if (run.kind === 'unavailable') return run;
  if (run.kind === 'moved') return taken(branch);
  return shown === false ? notShown(branch) : shown;
}

function taken(branch: string): PushOutcome {
  return {
    kind: 'denied',
    problem: `the repository has a branch ${branch} with other commits: the hirer has to rename or remove it`,
  };
}
