import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTimeMs, type PushOrder } from '@agrenting-hiclaw/core/domain';
import { checkContents } from '../check/contents.ts';
import type { GitSettings } from '../options.ts';
import { unusable, type Unusable, type Workspace } from '../run/workspace.ts';
import {
  commitSteps,
  gitDate,
  messageOf,
  personText,
  tooManyCommits,
  type Change,
  type Person,
  type Step,
} from './commits.ts';
import { patchBytes } from './patch-text.ts';

/** How the first line of a mail, and of a mailbox as `git format-patch` writes it, begins. */
const MAIL = /^\s*(From [0-9a-f]{40,64} |(From|Subject|Date|Message-Id): )/i;
const MAIL_SEPARATOR = /^From [0-9a-f]{40,64} /;
/** What may begin a letter to git, so often for each commit: messages may have such lines too. */
const MAX_FROM_LINES = 20;
/** What a letter says before its message, such as its subject; more is not read. */
const MAX_HEADERS_BYTES = 16 * 1024;
/** More of a message is not taken over. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** What is dated beyond the year 2100 is dated wrongly, and hosts refuse it. */
const MAX_DATE_MS = Date.UTC(2100);
const PATCH_BEGINS = ['diff --git ', '--- ', 'Index: '];

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

type PatchSteps = { readonly kind: 'steps'; readonly steps: readonly Step[] } | Unusable;

/** Takes a patch apart into the commits that are to be made of it: one of a bare diff, one of each mail. */
async function patchSteps(workspace: Workspace, order: PushOrder, maxCommits: number): Promise<PatchSteps> {
  const bytes = patchBytes(order.delivery.bytes);
  const beginning = bytes.subarray(0, 200).toString('latin1');
  if (!MAIL.test(beginning)) {
    return { kind: 'steps', steps: [{ patch: bytes, message: messageOf(order.summary) }] };
  }
  const maxFromLines = MAX_FROM_LINES * maxCommits;
  const letters = countLetters(bytes, maxFromLines);
  if (letters === undefined) return unusable(tooManyCommits(`more than ${maxFromLines}`, maxCommits));
  if (letters > maxCommits) return unusable(tooManyCommits(letters, maxCommits));
  const folder = join(workspace.directory, 'mails');
  await mkdir(folder);
  const split = await workspace.git(['mailsplit', '-b', '--keep-cr', `-o${folder}`], { input: bytes });
  if (split.exitCode !== 0) return unusable(unreadable(workspace.quote(split.complaint)));
  const names = (await readdir(folder)).toSorted();
  // A line of a message may look like a separator to git and not to us.
  if (names.length > maxCommits) return unusable(tooManyCommits(names.length, maxCommits));
  const steps: Step[] = [];
  for (const name of names) {
    const said = join(workspace.directory, 'message');
    const patched = join(workspace.directory, 'patch');
    const info = await workspace.git(['mailinfo', '--encoding=UTF-8', '--no-scissors', said, patched], {
      input: await readFile(join(folder, name)),
    });
    if (info.exitCode !== 0) return unusable(unreadable(workspace.quote(info.complaint)));
    const patch = await readFile(patched);
    // A letter that only speaks about the others.
    if (!PATCH_BEGINS.some((beginning) => hasLine(patch, beginning))) continue;
    const headers = info.output.toString('utf8', 0, MAX_HEADERS_BYTES);
    const subject = headerOf(headers, 'Subject');
    const body = (await readFile(said)).toString('utf8', 0, MAX_MESSAGE_BYTES);
    steps.push({
      patch,
      message: `${subject === undefined ? messageOf(order.summary) : oneLine(subject)}\n\n${body}`,
      author: authorOf(headers),
      authored: dateOf(headerOf(headers, 'Date')),
    });
  }
  return { kind: 'steps', steps };
}

/**
 * How many letters a mailbox has, without making a text of it, as it may be large; undefined when git might see more than
 * `maxFromLines`.
 */
function countLetters(bytes: Buffer, maxFromLines: number): number | undefined {
  const after = (at: number): number => {
    const end = bytes.indexOf('\nFrom ', at);
    return end === -1 ? -1 : end + 1;
  };
  let letters = 0;
  let fromLines = 0;
  for (let at = startsWith(bytes, 'From ') ? 0 : after(0); at !== -1; at = after(at)) {
    fromLines += 1;
    if (fromLines > maxFromLines) return undefined;
    if (MAIL_SEPARATOR.test(bytes.toString('latin1', at, at + 80))) letters += 1;
  }
  return Math.max(1, letters);
}

function hasLine(bytes: Buffer, beginning: string): boolean {
  return startsWith(bytes, beginning) || bytes.includes(`\n${beginning}`);
}

function startsWith(bytes: Buffer, beginning: string): boolean {
  return bytes.toString('latin1', 0, beginning.length) === beginning;
}

function unreadable(quoted: string): string {
  return `the patch cannot be read: write it with \`git format-patch --stdout\` (${quoted})`;
}

function headerOf(headers: string, name: string): string | undefined {
  // bounded: a line at a time, each once
  const text = new RegExp(`^${name}: (.{1,4096})$`, 'm').exec(headers)?.[1]?.trim();
  return text === '' ? undefined : text;
}

function authorOf(headers: string): Person | undefined {
  const name = personText(headerOf(headers, 'Author') ?? '');
  const email = personText(headerOf(headers, 'Email') ?? '');
  return name === undefined || email === undefined ? undefined : { name, email };
}

/** As `git format-patch` writes it. */
export function dateOf(text = ''): string | undefined {
  const atMs = parseTimeMs(text) ?? 0;
  if (!(atMs > 0 && atMs < MAX_DATE_MS)) return undefined;
  return gitDate(atMs, /[+-](?:0\d|1[0-4])[0-5]\d$/.exec(text)?.[0]);
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}\s]{1,64}/gu, ' ')
    .trim()
    .slice(0, 200);
}
