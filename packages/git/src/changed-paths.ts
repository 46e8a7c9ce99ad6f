import { unusable, type Unusable } from './change.ts';
import type { GitSettings } from './options.ts';
import type { Workspace } from './workspace.ts';

interface ChangedPath {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  /** The id of what is there now. */
  readonly object: string;
}

const SUBMODULE = '160000';
const SYMLINK = '120000';
const MAX_LINK_BYTES = 4_096;
/** What hosts run by themselves, with the secrets of the repository's owner. A link in such a place would do as well. */
const WORKFLOW =
  /^(\.(github|gitea|forgejo)(\/(workflows|actions)(\/|$)|$)|\.gitlab-ci\.ya?ml$|\.gitlab(\/ci(\/|$)|$)|\.circleci(\/|$)|\.woodpecker(\/|\.ya?ml$|$)|\.drone\.ya?ml$|azure-pipelines\.ya?ml$|bitbucket-pipelines\.ya?ml$|jenkinsfile$|\.travis\.ya?ml$)/i;

/**
 * Looks at every path that differs from `base` in any of the commits, so that nothing can be hidden in one that a later
 * one undoes. Returns what forbids the change.
 */
export async function checkChangedPaths(
  workspace: Workspace,
  base: string,
  commits: readonly string[],
  { allowWorkflows, maxChangedFiles }: GitSettings,
): Promise<Unusable | undefined> {
  const seen = new Set<string>();
  const checkedLinks = new Set<string>();
  for (const commit of commits) {
    for (const changed of await changedPaths(workspace, base, commit)) {
      const { path, newMode, object } = changed;
      seen.add(path);
      if (seen.size > maxChangedFiles)
        return unusable(
          `the change touches more than the ${maxChangedFiles} files that are allowed: make it smaller`,
        );
      const problem = pathProblem(changed, allowWorkflows);
      if (problem !== undefined)
        return unusable(`the change cannot be used: ${JSON.stringify(path.slice(0, 100))} ${problem}`);
      const link = `${object} ${path}`;
      if (newMode !== SYMLINK || checkedLinks.has(link)) continue;
      checkedLinks.add(link);
      if (!(await staysWithin(workspace, path, object)))
        return unusable(
          `the change cannot be used: ${JSON.stringify(path.slice(0, 100))} is a link that leads out of the repository: leave it out`,
        );
    }
  }
  return undefined;
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

function pathProblem({ path, oldMode, newMode }: ChangedPath, allowWorkflows: boolean): string | undefined {
  if (oldMode === SUBMODULE || newMode === SUBMODULE || /^\.gitmodules$/i.test(path))
    return 'changes a submodule, and those are not taken: leave it out';
  if (/\p{Cc}/u.test(path)) return 'has control characters in its name: rename it';
  if (path.startsWith('/') || path.split('/').some(isForbiddenStep))
    return 'is no place within the repository: leave it out';
  if (!allowWorkflows && WORKFLOW.test(path))
    return "is run by the repository's host with the hirer's secrets: leave it out, or have the hirer make that change";
  return undefined;
}

function isForbiddenStep(step: string): boolean {
  // As the file systems of other machines read it: letters that are not shown, and dots and spaces at the end.
  const read = step
    .replace(/\p{Cf}/gu, '')
    // bounded: one after the other, and each run once, by what is before it
    .replace(/(:.*|(?<![. ])[. ]+)$/s, '')
    .toLowerCase();
  return step === '' || step === '.' || step === '..' || read === '.git' || /^git~\d+$/.test(read);
}

/** Only leading `..` are followed: after a name, which may be a link, nobody knows where they lead. */
async function staysWithin(workspace: Workspace, path: string, object: string): Promise<boolean> {
  const { output, exitCode } = await workspace.git(['cat-file', 'blob', object], {
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (exitCode !== 0 || output.length > MAX_LINK_BYTES) return false;
  const target = output.toString('utf8');
  const steps = target.split('/');
  const up = steps.findIndex((step) => step !== '..' && step !== '.');
  const rest = up === -1 ? [] : steps.slice(up);
  const climbs = steps.slice(0, up === -1 ? steps.length : up).filter((step) => step === '..').length;
  const depth = path.split('/').length - 1;
  return (
    target !== '' &&
    !/[\p{Cc}\\]/u.test(target) &&
    climbs <= depth &&
    !target.startsWith('/') &&
    !rest.some((step) => step !== '.' && step !== '' && isForbiddenStep(step))
  );
}

/** Far more than a link has, so that a longer one is told apart from git being stopped. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
