import { inQuotes, type PushOrder } from '@agrenting-hiclaw/core/domain';
import { patchReadings } from './patch-text.ts';
import { signature, TRAILER, type Person } from './signature.ts';
import type { Workspace } from './workspace.ts';

/** One commit to be made: a patch and what is said about it. */
export interface Step {
  readonly patch: Buffer;
  readonly message: string;
  /** By default the adapter. */
  readonly author?: Person | undefined;
  /** As git reads dates; by default the order's moment. */
  readonly authored?: string | undefined;
}

export type Committed =
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
export async function commitStep(
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
