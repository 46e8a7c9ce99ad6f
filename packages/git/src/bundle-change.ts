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
  const tip = tipOf(bundle.heads);
  if (tip === undefined)
    return unusable(
      `the bundle holds several branches and no HEAD, so it is not clear which is meant: ${howTo}`,
    );
  if (tip === base.commit) return CHANGES_NOTHING;
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
  return await standing(workspace, base.commit, tip, settings);
}

/** A worker's commits, when each stands on the base, and they are complete and not too much. */
async function standing(
  workspace: Workspace,
  base: string,
  tip: string,
  settings: GitSettings,
): Promise<Change> {
  const { maxCommits } = settings;
  const type = await workspace.git(['cat-file', '-t', tip]);
  if (type.exitCode !== 0 || type.output.toString('utf8').trim() !== 'commit')
    return unusable('the bundle ends with something that is no commit: put a branch into it');
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

function tipOf(heads: ReadonlyMap<string, string>): string | undefined {
  const distinct = new Set(heads.values());
  if (distinct.size === 1) return [...distinct][0];
  return heads.get('HEAD') ?? heads.get(`refs/heads/${SOURCE_BRANCH}`);
}
