import type { PushOrder } from '@agrenting-hiclaw/core/domain';
import { CHANGES_NOTHING, unusable, type Change } from './change.ts';
import { checkContents } from './check-contents.ts';
import { commitStep, type Step } from './commit-step.ts';
import type { GitSettings } from './options.ts';
import { patchSteps } from './patch-steps.ts';
import type { Workspace } from './workspace.ts';

/** Makes commits of a patch, on the base. */
export async function patchChange(
  workspace: Workspace,
  order: PushOrder,
  settings: GitSettings,
): Promise<Change> {
  const found = await patchSteps(workspace, order, settings.maxCommits);
  if (found.kind === 'unusable') return found;
  const made = await commitSteps(workspace, order, order.base.commit, found.steps);
  if (made.kind === 'unusable') return made;
  return (await checkContents(workspace, made.commits, settings)) ?? made;
}

/** Makes one commit after the other. Steps that change nothing are left out. */
export async function commitSteps(
  workspace: Workspace,
  order: PushOrder,
  onto: string,
  steps: readonly Step[],
): Promise<Change> {
  let tip = onto;
  const commits: string[] = [];
  for (const step of steps) {
    const made = await commitStep(workspace, order, tip, step);
    if (made.kind === 'conflict') {
      return unusable(
        `the change does not fit ${onto.slice(0, 12)}: make it anew against that commit (${workspace.quote(made.complaint)})`,
      );
    }
    if (made.kind === 'nothing') continue;
    tip = made.commit;
    commits.push(tip);
  }
  return commits.length === 0 ? CHANGES_NOTHING : { kind: 'change', onto, tip, commits };
}
