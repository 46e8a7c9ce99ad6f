import {
  inQuotes,
  type PushOrder,
  type PushOutcome,
  type RepositoryFailure,
} from '@agrenting-hiclaw/core/domain';
import { bundleChange } from './apply/bundle.ts';
import { CHANGES_NOTHING, commitsOfTask, commitSteps, stepsOfCommits, type Change } from './apply/commits.ts';
import { patchChange } from './apply/patch.ts';
import { checkChangedPaths } from './check/changed-paths.ts';
import { credentialsInChange } from './check/credentials.ts';
import type { GitSettings } from './options.ts';
import { checkRepository, isBranchName } from './read-source.ts';
import type { Remote } from './remote/remote.ts';
import { commitsBetween, filesBetween, hasCommit, isWithin } from './run/objects.ts';
import { blaming, unusable, type Workspace } from './run/workspace.ts';

/** What begins with so many spaces and line ends holds nothing else. */
const MAX_EMPTY_BYTES = 1024 * 1024;
/** So often somebody may be faster. */
const MAX_TRIES = 3;
/** As many names are given. */
const MAX_FILES = 500;

type UsableChange = Extract<Change, { kind: 'change' }>;

/** What can be said about an order without asking anybody; undefined when nothing is wrong. */
export function orderProblem(order: PushOrder, { maxChangeBytes }: GitSettings): PushOutcome | undefined {
  const { base, delivery } = order;
  if (delivery.bytes.length > maxChangeBytes) {
    return unusable(
      `the change is ${delivery.bytes.length} bytes large, and ${maxChangeBytes} are allowed: leave out what can be made again, such as built files`,
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

/** Pushes a change to a branch of its own, `agrenting/<task id>`, unless it is there or in the base branch already. */
async function pushOwnBranch(
  workspace: Workspace,
  remote: Remote,
  order: PushOrder,
  change: UsableChange,
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

/** Pushes a change onto the branch that the work started from, onto its present end and never by force. */
async function pushOntoBranch(
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

/** Whether the remote's branch shows a commit, as its end or below what came since. */
async function isShown(
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
async function pushed(
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
function notShown(branch: string): RepositoryFailure {
  return {
    kind: 'unavailable',
    problem: `the repository's host took the push to ${inQuotes(branch)} and does not show it: it is tried again`,
  };
}
