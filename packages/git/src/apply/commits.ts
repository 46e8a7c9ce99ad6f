import { inQuotes, type PushOrder } from '@agrenting-hiclaw/core/domain';
import { unusable, type Unusable, type Workspace } from '../run/workspace.ts';
import { patchReadings } from './patch-text.ts';

/** What a worker's delivery became in a workspace: commits on top of one of the repository's. */
export type Change =
  | {
      readonly kind: 'change';
      /** The commit that it stands on. */
      readonly onto: string;
      readonly tip: string;
      /** Oldest first, without `onto`. */
      readonly commits: readonly string[];
    }
  | Unusable;

/** What a worker should do about a change that is empty. */
export const CHANGES_NOTHING = unusable(
  'the change is empty: make it with `git diff --binary` against the commit that was given, or `git format-patch` of commits on it',
);

export function tooManyCommits(commits: number | string, maxCommits: number): string {
  return `the change has ${commits} commits, and ${maxCommits} are allowed: put them together into fewer`;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** Who commits what the adapter makes commits of. */
export const ADAPTER: Person = {
  name: 'Agrenting HiClaw adapter',
  email: 'adapter@agrenting-hiclaw.invalid',
};

/** Says which task a commit belongs to, so that it is found again. */
const TRAILER = 'Agrenting-Task';

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
        `the change does not fit ${onto.slice(0, 12)}: make it again against that commit (${workspace.quote(made.complaint)})`,
      );
    }
    if (made.kind === 'nothing') continue;
    tip = made.commit;
    commits.push(tip);
  }
  return commits.length === 0 ? CHANGES_NOTHING : { kind: 'change', onto, tip, commits };
}

/** One commit to be made: a patch and what is said about it. */
export interface Step {
  readonly patch: Buffer;
  readonly message: string;
  /** By default the adapter. */
  readonly author?: Person | undefined;
  /** As git reads dates; by default the order's moment. */
  readonly authored?: string | undefined;
}

type Committed =
  | { readonly kind: 'commit'; readonly commit: string }
  /** The patch is in the tree already, or is none. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'conflict'; readonly complaint: string };

const MAX_MESSAGE_CHARACTERS = 20_000;

/** How the message of a commit begins that has none of its own. */
const WORKERS_CHANGE = 'Change by the worker';

/** By its trailer a commit is found again, so only ours may have it: else one task would pass for the work of another. */
// bounded: a line at a time, each once
const TRAILER_LINE = new RegExp(`^[^\\S\\n]{0,100}${TRAILER}[^\\S\\n]{0,100}:[^\\n]{0,20000}$`, 'gim');
// bounded: the word is found first
const TRAILER_WITHIN = new RegExp(`${TRAILER}[^\\S\\n]{0,100}:`, 'gi');

/** What is said of a change that its worker wrote no commits for: the worker's summary is quoted, on one line. */
export function messageOf(summary: string): string {
  const quoted = inQuotes(summary, MAX_SUMMARY_CHARACTERS);
  return quoted === inQuotes('') ? WORKERS_CHANGE : `${WORKERS_CHANGE}: ${quoted}`;
}

const MAX_SUMMARY_CHARACTERS = 200;

/**
 * Makes one commit on a parent, in the index alone: no file of the repository is ever written to the disk, so no link is
 * followed, and no filter, hook or attribute runs anything.
 */
async function commitStep(
  workspace: Workspace,
  order: PushOrder,
  parent: string,
  step: Step,
): Promise<Committed> {
  const problem = await applyPatch(workspace, parent, step.patch);
  if (problem !== undefined) return problem;
  const tree = await workspace.must(['write-tree']);
  if (tree === (await workspace.must(['rev-parse', '--verify', `${parent}^{tree}`])))
    return { kind: 'nothing' };
  const message = await workspace.must(
    ['interpret-trailers', '--if-exists', 'addIfDifferent', '--trailer', `${TRAILER}: ${order.taskId}`],
    { input: messageText(step.message) },
  );
  const commit = await workspace.must(['commit-tree', tree, '-p', parent, '-F', '-'], {
    input: `${message}\n`,
    environment: signature(order, step.author, step.authored),
  });
  return { kind: 'commit', commit };
}

/** Applies a patch in the index, in the first of its readings that fits; what speaks against it when none does. */
async function applyPatch(
  workspace: Workspace,
  parent: string,
  patch: Buffer,
): Promise<Exclude<Committed, { kind: 'commit' }> | undefined> {
  let complaint: string | undefined;
  for (const { bytes, strip } of await patchReadings(patch)) {
    await workspace.must(['read-tree', parent]);
    const applied = await workspace.git(
      ['apply', '--cached', '--3way', '--whitespace=nowarn', `-p${strip}`, '-'],
      { input: bytes },
    );
    if (/No valid patches in input/.test(applied.complaint)) return { kind: 'nothing' };
    if (applied.exitCode === 0) return undefined;
    complaint ??= applied.complaint;
  }
  return { kind: 'conflict', complaint: complaint ?? '' };
}

/** A message without control characters and without a word for which task it is, and with a first line. */
function messageText(message: string): string {
  const plain = message
    .slice(0, MAX_MESSAGE_CHARACTERS)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]/gu, '')
    .replace(TRAILER_LINE, '')
    // Not taken away: what stands on both sides of it could become another.
    .replace(TRAILER_WITHIN, `${TRAILER} -`)
    .trim();
  return `${plain === '' ? WORKERS_CHANGE : plain}\n`;
}

/** As much as the patch of one commit may take. */
const MAX_PATCH_BYTES = 128 * 1024 * 1024;

/** Commits as patches with their messages, to be made again somewhere else. */
export async function stepsOfCommits(
  workspace: Workspace,
  commits: readonly string[],
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const commit of commits) {
    const patch = await workspace.read(
      [
        'diff-tree',
        '-p',
        '--binary',
        '--full-index',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        `${commit}^`,
        commit,
      ],
      { maxOutputBytes: MAX_PATCH_BYTES },
    );
    const shown = await workspace.must([
      'show',
      '--no-patch',
      '--encoding=UTF-8',
      '--date=raw',
      '--format=%an%x00%ae%x00%ad%x00%B',
      commit,
    ]);
    const [nameText = '', emailText = '', date = '', message = ''] = shown.split('\0');
    const name = personText(nameText);
    const email = personText(emailText);
    steps.push({
      patch,
      message,
      author: name === undefined || email === undefined ? undefined : { name, email },
      authored: /^\d+ [+-]\d{4}$/.test(date) ? `@${date}` : undefined,
    });
  }
  return steps;
}

/** A moment as git reads it, with the offset of the place: `@1700000000 +0000`. */
export function gitDate(atMs: number, offset = '+0000'): string {
  return `@${Math.max(0, Math.floor(atMs / 1000))} ${offset}`;
}

/** The environment of `git commit-tree`: nothing of it is "now", so that the same order makes the same commit. */
function signature(
  { atMs }: PushOrder,
  author: Person = ADAPTER,
  authored: string = gitDate(atMs),
): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: authored,
    GIT_COMMITTER_NAME: ADAPTER.name,
    GIT_COMMITTER_EMAIL: ADAPTER.email,
    GIT_COMMITTER_DATE: gitDate(atMs),
  };
}

/** A name or address from outside, as git takes it; undefined when nothing is left of it. */
export function personText(text: string): string | undefined {
  const plain = text
    .replace(/[\p{C}\s<>]{1,64}/gu, ' ')
    .trim()
    .slice(0, 200);
  // Git leaves punctuation at the ends away, and takes no name of nothing else.
  return /[\p{L}\p{N}]/u.test(plain) ? plain : undefined;
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
