import { inQuotes, scanShortText } from '@agrenting-hiclaw/core/domain';
import type { GitSettings } from '../options.ts';
import { createYielder } from '../run/event-loop.ts';
import { objectsOf, sizesOf } from '../run/objects.ts';
import { unusable, type Unusable, type Workspace } from '../run/workspace.ts';
import { stepAsRead } from './protected-paths.ts';

interface ChangedPath {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  /** The id of what is there now. */
  readonly object: string;
}

const SUBMODULE = '160000';
const SYMLINK = '120000';
/** As many files that have to be approved are named. */
const MAX_TOLD = 20;
const MAX_LINK_BYTES = 4_096;

type PathsChecked =
  /** What an operator has to say yes to before the change is pushed; often nothing. */
  { readonly kind: 'checked'; readonly toApprove: readonly string[] } | Unusable;

/**
 * Looks at every path that differs from `base` in any of the commits, so that nothing can be hidden in one that a later
 * one undoes. Says what forbids the change, or what has to be approved of it.
 */
export async function checkChangedPaths(
  workspace: Workspace,
  base: string,
  commits: readonly string[],
  settings: GitSettings,
): Promise<PathsChecked> {
  const seen = new Set<string>();
  const checkedLinks = new Set<string>();
  const toApprove = new Map<string, string>();
  const yieldTurn = createYielder();
  for (const commit of commits) {
    for (const changed of await changedPaths(workspace, base, commit)) {
      const { path, newMode, object } = changed;
      await yieldTurn();
      seen.add(path);
      if (seen.size > settings.maxChangedFiles) return tooManyFiles(settings);
      const problem = pathProblem(changed);
      if (problem !== undefined) return forbidden(path, problem);
      const target =
        newMode === SYMLINK && !checkedLinks.has(`${object} ${path}`)
          ? await linkTarget(workspace, object)
          : undefined;
      if (target !== undefined) {
        checkedLinks.add(`${object} ${path}`);
        if (!staysWithin(path, target))
          return forbidden(path, 'is a link that leads out of the repository: leave it out');
      }
      for (const place of target === undefined ? [path] : [path, placeOf(path, target)]) {
        const found = settings.protection(place);
        if (found === undefined) continue;
        if (found.verdict === 'ask') toApprove.set(path, found.runBy);
        else if (!settings.allowWorkflows)
          return forbidden(
            path,
            `is run by the repository's host with the hirer's secrets (${found.runBy}): leave it out, or have the hirer make that change`,
          );
      }
    }
  }
  return {
    kind: 'checked',
    toApprove: approvals(toApprove),
  };
}

function approvals(toApprove: ReadonlyMap<string, string>): readonly string[] {
  const told = [...toApprove]
    .slice(0, MAX_TOLD)
    .map(([path, runBy]) => `the change touches ${shownPath(path)}, which is used by ${runBy}`);
  const more = toApprove.size - told.length;
  return more === 0 ? told : [...told, `and ${more} more files of that kind`];
}

function forbidden(path: string, problem: string): Unusable {
  return unusable(`the change cannot be used: ${shownPath(path)} ${problem}`);
}

function tooManyFiles({ maxChangedFiles }: GitSettings): Unusable {
  return unusable(
    `the change touches more than the ${maxChangedFiles} files that are allowed: make it smaller`,
  );
}

async function changedPaths(
  workspace: Workspace,
  base: string,
  commit: string,
): Promise<readonly ChangedPath[]> {
  const output = await workspace.read([
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    base,
    commit,
  ]);
  const fields = output.toString('utf8').split('\0');
  const changes: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', , object = ''] = (fields[at] ?? '').slice(1).split(' ');
    changes.push({ path: fields[at + 1] ?? '', oldMode, newMode, object });
  }
  return changes;
}

function pathProblem({ path, oldMode, newMode }: ChangedPath): string | undefined {
  const steps = path.split('/');
  if (oldMode === SUBMODULE || newMode === SUBMODULE || steps.some(isGitmodules))
    return 'changes a submodule, and those are not taken: leave it out';
  if (/\p{Cc}/u.test(path)) return 'has control characters in its name: rename it';
  if (path.startsWith('/') || steps.some(isForbiddenStep))
    return 'is no place within the repository: leave it out';
  return undefined;
}

function isGitmodules(step: string): boolean {
  const read = stepAsRead(step);
  // The last is a name that Windows may give it.
  return read === '.gitmodules' || /^(?:gitmod|gi7eba)~\d{1,6}$/.test(read);
}

function isForbiddenStep(step: string): boolean {
  const read = stepAsRead(step);
  return step === '' || step === '.' || step === '..' || read === '.git' || /^git~\d+$/.test(read);
}

/** What a link says; nothing when it is longer than a link can be. */
async function linkTarget(workspace: Workspace, object: string): Promise<string> {
  const [size] = await sizesOf(workspace, [object]);
  if (size?.type !== 'blob' || size.sizeBytes > MAX_LINK_BYTES) return '';
  const [link] = await objectsOf(workspace, [object], MAX_LINK_BYTES);
  return link?.bytes.toString('utf8') ?? '';
}

/** Only leading `..` are followed: after a name, which may be a link, nobody knows where they lead. */
function staysWithin(path: string, target: string): boolean {
  const { climbs, rest } = stepsOf(target);
  return (
    target !== '' &&
    !/[\p{Cc}\\]/u.test(target) &&
    climbs <= path.split('/').length - 1 &&
    !target.startsWith('/') &&
    !rest.some((step) => step !== '.' && step !== '' && isForbiddenStep(step))
  );
}

/** Where a link that stays within leads to. */
function placeOf(path: string, target: string): string {
  const { climbs, rest } = stepsOf(target);
  const folder = path.split('/').slice(0, -1);
  return [...folder.slice(0, folder.length - climbs), ...rest]
    .filter((step) => step !== '.' && step !== '')
    .join('/');
}

function stepsOf(target: string): { readonly climbs: number; readonly rest: readonly string[] } {
  const steps = target.split('/');
  const first = steps.findIndex((step) => step !== '..' && step !== '.' && step !== '');
  const end = first === -1 ? steps.length : first;
  return { climbs: steps.slice(0, end).filter((step) => step === '..').length, rest: steps.slice(end) };
}

/** A path as it may be shown: short, and never one that looks like a credential. */
export function shownPath(path: string): string {
  return scanShortText(path) === undefined ? inQuotes(path, 100) : 'a file whose name is not shown';
}
