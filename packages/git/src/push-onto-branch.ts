import { inQuotes, type PushOrder, type PushOutcome } from '@agrenting-hiclaw/core/domain';
import { unusable, type Change } from './change.ts';
import { checkChangedPaths } from './changed-paths.ts';
import { commitsBetween, commitsOfTask, isWithin } from './history.ts';
import type { GitSettings } from './options.ts';
import { commitSteps } from './patch-change.ts';
import { isShown, notShown, pushed } from './read-back.ts';
import { stepsOfCommits } from './commit-as-step.ts';
import { checkRepository } from './read-source.ts';
import type { Remote } from './remote.ts';
import { blaming, type Workspace } from './workspace.ts';

/** So often somebody may be faster. */
const MAX_TRIES = 3;

type UsableChange = Extract<Change, { kind: 'change' }>;

/** Pushes a change onto the branch that the work started from, onto its present end and never by force. */
export async function pushOntoBranch(
  workspace: Workspace,
  remote: Remote,
  order: PushOrder,
  change: UsableChange,
  settings: GitSettings,
): Promise<PushOutcome> {
  const { branch } = order.base;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const found = await remote.branches([branch]);
    if (found.kind !== 'branches') return found;
    if (!found.commits.has(branch)) {
      return {
        kind: 'denied',
        problem: `the repository has no branch ${inQuotes(branch)} any more: the hirer has to take the change as a patch`,
      };
    }
    const failure = await remote.fetch(`+refs/heads/${branch}:refs/remote/base`);
    if (failure !== undefined) return failure;
    const end = await workspace.must(['rev-parse', '--verify', 'refs/remote/base']);
    await checkRepository(workspace, [end], settings);
    const present = await alreadyThere(workspace, order, change, end);
    if (present !== undefined) return present;

    const fitted =
      end === change.onto ? change : await blaming(() => movedOnto(workspace, order, change, end, settings));
    if (fitted.kind === 'unusable') return fitted;
    const run = await remote.push(fitted.tip, branch);
    if (run.kind === 'denied' || run.kind === 'refused') return run;
    if (run.kind === 'moved') continue;
    // Of a push that broke off nobody knows how it ended: the remote says.
    const shown = await isShown(workspace, remote, branch, fitted.tip);
    if (shown === true) return pushed(workspace, branch, end, fitted.commits);
    if (run.kind === 'unavailable') return run;
    return shown === false ? notShown(branch) : shown;
  }
  return {
    kind: 'unavailable',
    problem: `branch ${inQuotes(branch)} moved on ${MAX_TRIES} times while the change was put onto it: it is tried again`,
  };
}

/** What an earlier call pushed and did not live to tell. */
async function alreadyThere(
  workspace: Workspace,
  { taskId, base }: PushOrder,
  { onto, tip, commits }: UsableChange,
  end: string,
): Promise<PushOutcome | undefined> {
  if (await isWithin(workspace, tip, end)) return pushed(workspace, base.branch, onto, commits);
  const ours = await commitsOfTask(workspace, taskId, onto, end);
  const [first] = ours;
  return first === undefined ? undefined : pushed(workspace, base.branch, `${first}^`, ours);
}

/** The same change on the branch's present end. */
async function movedOnto(
  workspace: Workspace,
  order: PushOrder,
  change: UsableChange,
  end: string,
  settings: GitSettings,
): Promise<Change> {
  const merges = await workspace.must(['rev-list', '--count', '--merges', `${change.onto}..${change.tip}`]);
  if (merges !== '0') {
    return unusable(
      `branch ${inQuotes(order.base.branch)} has moved on, and a change with merge commits cannot be put onto its present end: make it one line of commits`,
    );
  }
  const commits = await commitsBetween(workspace, change.onto, change.tip);
  const made = await commitSteps(workspace, order, end, await stepsOfCommits(workspace, commits));
  if (made.kind === 'unusable') return made;
  const paths = await checkChangedPaths(workspace, end, made.commits, settings);
  return paths.kind === 'unusable' ? paths : made;
}
