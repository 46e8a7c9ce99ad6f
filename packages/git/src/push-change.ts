import type { PushOrder, PushOutcome } from '@agrenting-hiclaw/core/domain';
import { isBranchName } from './branch-name.ts';
import { bundleChange } from './bundle-change.ts';
import { CHANGES_NOTHING, unusable, type Change } from './change.ts';
import { checkChangedPaths } from './changed-paths.ts';
import { credentialsInChange } from './credentials-in-change.ts';
import { filesBetween, hasCommit } from './history.ts';
import type { GitSettings } from './options.ts';
import { patchChange } from './patch-change.ts';
import { pushOntoBranch } from './push-onto-branch.ts';
import { pushOwnBranch } from './push-own-branch.ts';
import { checkRepository } from './read-source.ts';
import type { Remote } from './remote.ts';
import { blaming, type Workspace } from './workspace.ts';

/** What begins with so many spaces and line ends holds nothing else. */
const MAX_EMPTY_BYTES = 1024 * 1024;

/** What can be said about an order without asking anybody; undefined when nothing is wrong. */
export function orderProblem(order: PushOrder, { maxChangeBytes }: GitSettings): PushOutcome | undefined {
  const { base, delivery } = order;
  if (delivery.bytes.length > maxChangeBytes) {
    return unusable(
      `the change is ${delivery.bytes.length} bytes large, and ${maxChangeBytes} are allowed: leave out what can be made anew, such as built files`,
    );
  }
  if (delivery.bytes.toString('latin1', 0, MAX_EMPTY_BYTES).trim() === '') return CHANGES_NOTHING;
  if (!isBranchName(base.branch) || !/^[0-9a-f]{40}$/.test(base.commit))
    return { kind: 'refused', problem: 'the branch or commit that the worker was given is no name of one' };
  return undefined;
}

/** Makes commits of an order's change, looks through them, pushes them and reads them back. */
export async function pushChange(
  workspace: Workspace,
  remote: Remote,
  order: PushOrder,
  settings: GitSettings,
): Promise<PushOutcome> {
  const { base } = order;
  const found = await remote.branches([base.branch]);
  if (found.kind !== 'branches') return found;
  if (found.commits.has(base.branch)) {
    const failure = await remote.fetch(`+refs/heads/${base.branch}:refs/remote/base`);
    if (failure !== undefined) return failure;
  }
  if (!(await hasCommit(workspace, base.commit))) {
    // The branch was rewritten or is gone: the commit may still be there.
    const failure = await remote.fetch(base.commit);
    if (failure?.kind === 'unavailable' && failure.lacks !== 'ref') return failure;
    if (failure !== undefined) {
      return {
        kind: 'denied',
        problem: `the repository no longer holds ${base.commit.slice(0, 12)}, the commit that the work stands on: the hirer has to take the change as a patch`,
      };
    }
  }
  await checkRepository(workspace, [base.commit], settings);
  const change = await blaming(() => judgedChange(workspace, order, settings));
  if (change.kind !== 'change') return change;
  return settings.target === 'own-branch'
    ? pushOwnBranch(workspace, remote, order, change)
    : pushOntoBranch(workspace, remote, order, change, settings);
}

/** The change in commits, when nothing speaks against pushing it. */
async function judgedChange(
  workspace: Workspace,
  order: PushOrder,
  settings: GitSettings,
): Promise<Change | Extract<PushOutcome, { kind: 'suspicious' }>> {
  const { commit } = order.base;
  const change = await (order.delivery.kind === 'bundle' ? bundleChange : patchChange)(
    workspace,
    order,
    settings,
  );
  if (change.kind === 'unusable') return change;
  const paths = await checkChangedPaths(workspace, commit, change.commits, settings);
  if (paths.kind === 'unusable') return paths;
  if ((await filesBetween(workspace, commit, change.tip)).length === 0) return CHANGES_NOTHING;
  if (order.findingsApproved) return change;
  const credentials = await credentialsInChange(workspace, order, settings.secrets, change);
  const findings = [
    ...(credentials.length === 0 ? [] : [`the change seems to hold ${credentials.join(', ')}`]),
    ...paths.toApprove,
  ];
  return findings.length === 0 ? change : { kind: 'suspicious', problem: findings.join('; ') };
}
