import { SOURCE_BRANCH, type PushOrder } from '@agrenting-hiclaw/core/domain';
import { readBundleFile } from './bundle-file.ts';
import { CHANGES_NOTHING, unusable, type Change } from './change.ts';
import { checkContents } from './check-contents.ts';
import { commitsBetween } from './history.ts';
import type { GitSettings } from './options.ts';
import { packProblem } from './pack-file.ts';
import { tooManyCommits } from './patch-steps.ts';
import { ADAPTER } from './signature.ts';
import type { Workspace } from './workspace.ts';

/** Takes a worker's commits over from a bundle, as they are. Each must stand on the base. */
export async function bundleChange(
  workspace: Workspace,
  order: PushOrder,
  settings: GitSettings,
): Promise<Change> {
  const { base } = order;
  const howTo = `make it with \`git bundle create result.bundle ${base.commit.slice(0, 12)}..HEAD HEAD\``;
  const bundle = readBundleFile(order.delivery.bytes);
  if (bundle.kind === 'unreadable') return unusable(`the bundle cannot be read: ${howTo}`);
  if ([...bundle.heads.values()].every((head) => head === base.commit)) return CHANGES_NOTHING;
  const tooMuch = await packProblem(bundle.pack, settings.pack);
  if (tooMuch !== undefined) return unusable(`the bundle cannot be worked on: ${tooMuch}`);
  // Strict: what git or the host would choke on later is found here.
  const indexed = await workspace.git(['index-pack', '--stdin', '--fix-thin', '--strict'], {
    input: bundle.pack,
  });
  if (indexed.exitCode !== 0)
    return unusable(
      `the bundle does not fit the commit that was given: ${howTo} (${workspace.quote(indexed.complaint)})`,
    );
  const tip = await tipOf(workspace, bundle.heads, base.commit);
  if (tip === 'no_commit')
    return unusable('the bundle ends with something that is no commit: put a branch into it');
  if (tip === 'several')
    return unusable(
      `the bundle holds several branches and no HEAD, so it is not clear which is meant: ${howTo}`,
    );
  return tip === base.commit ? CHANGES_NOTHING : await standing(workspace, base.commit, tip, settings);
}

/** A worker's commits, when each stands on the base, and they are complete and not too much. */
async function standing(
  workspace: Workspace,
  base: string,
  tip: string,
  settings: GitSettings,
): Promise<Change> {
  const { maxCommits } = settings;
  const range = `${base}..${tip}`;
  const count = (more: readonly string[]): Promise<string> =>
    workspace.must(['rev-list', '--count', ...more, range]);
  const number = Number(await count([]));
  if (number > maxCommits) return unusable(tooManyCommits(number, maxCommits));
  if (number === 0 || Number(await count(['--ancestry-path'])) !== number)
    return unusable(
      `the bundle holds commits that do not stand on ${base.slice(0, 12)}, the one that was given: rebase them onto it`,
    );
  // Work that was pushed is found again by the adapter as its committer, so a worker's commit must not say so.
  const forged = ['--fixed-strings', `--committer=${ADAPTER.email}`];
  if (Number(await count(forged)) > 0)
    return unusable(
      `a commit of the bundle names ${ADAPTER.email} as its committer: commit under another name`,
    );
  const commits = await commitsBetween(workspace, base, tip);
  const excess = await checkContents(workspace, commits, settings);
  if (excess !== undefined) return excess;
  const complete = await workspace.git(['rev-list', '--objects', '--quiet', range]);
  return complete.exitCode === 0
    ? { kind: 'change', onto: base, tip, commits }
    : unusable(`the bundle is not complete (${workspace.quote(complete.complaint)})`);
}

/** No bundle of a worker has as many ends that are told apart. */
const MAX_ENDS = 20;

/**
 * The commit that a bundle is for: what was checked out, else the only one that is not the base, else the one that all
 * others lead to, else the branch that the worker was given. What an annotated tag names counts as that commit.
 */
async function tipOf(
  workspace: Workspace,
  heads: ReadonlyMap<string, string>,
  base: string,
): Promise<string> {
  const commits = await commitsNamed(workspace, heads);
  const head = commits.get('HEAD');
  if (heads.has('HEAD') && head === undefined) return 'no_commit';
  if (head !== undefined && head !== base) return head;
  const ends = [...new Set(commits.values())].filter((commit) => commit !== base);
  const [first] = ends;
  if (first === undefined) return commits.size === 0 ? 'no_commit' : base;
  if (ends.length === 1) return first;
  const last = ends.length > MAX_ENDS ? undefined : await lastOf(workspace, ends);
  if (last !== undefined) return last;
  const given = commits.get(`refs/heads/${SOURCE_BRANCH}`);
  return given === undefined || given === base ? 'several' : given;
}

/** The one that all others lead to. */
async function lastOf(workspace: Workspace, ends: readonly string[]): Promise<string | undefined> {
  // `merge-base --independent` leaves out what leads to another of them.
  const independent = await workspace.git(['merge-base', '--independent', ...ends]);
  const [only, more] = independent.output.toString('latin1').trim().split('\n');
  return independent.exitCode === 0 && only !== undefined && more === undefined ? only : undefined;
}

/** The commits that the names of a bundle lead to, through annotated tags; without names of anything else. */
async function commitsNamed(
  workspace: Workspace,
  heads: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const names = [...heads.keys()];
  const output = await workspace.read(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: names.map((name) => `${heads.get(name) ?? ''}^{commit}\n`).join(''),
  });
  const lines = output.toString('latin1').split('\n');
  return new Map(
    names.flatMap((name, at) => {
      const [, commit] = /^([0-9a-f]{40}) commit$/.exec(lines[at] ?? '') ?? [];
      return commit === undefined ? [] : [[name, commit] as const];
    }),
  );
}
