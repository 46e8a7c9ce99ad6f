import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PushOrder } from '@agrenting-hiclaw/core/domain';
import { unusable, type Unusable } from './change.ts';
import type { Step } from './commit-step.ts';
import { gitDate, personText, type Person } from './signature.ts';
import type { Workspace } from './workspace.ts';

export type PatchSteps = { readonly kind: 'steps'; readonly steps: readonly Step[] } | Unusable;

/** How the first line of a mail, and of a mailbox as `git format-patch` writes it, begins. */
const MAIL = /^\s*(From [0-9a-f]{40,64} |(From|Subject|Date|Message-Id): )/i;
const MAIL_SEPARATOR = /^From [0-9a-f]{40,64} /gm;
/** What is dated beyond the year 2100 is dated wrongly, and hosts refuse it. */
const MAX_DATE_MS = Date.UTC(2100);
const HAS_PATCH = /^(diff --git |--- |Index: )/m;

/** Takes a patch apart into the commits that are to be made of it: one of a bare diff, one of each mail. */
export async function patchSteps(
  workspace: Workspace,
  order: PushOrder,
  maxCommits: number,
): Promise<PatchSteps> {
  const { bytes } = order.delivery;
  const beginning = bytes.subarray(0, 200).toString('latin1');
  if (!MAIL.test(beginning)) {
    return { kind: 'steps', steps: [{ patch: bytes, message: oneLine(order.summary) }] };
  }
  const mails = bytes.toString('latin1').match(MAIL_SEPARATOR)?.length ?? 1;
  if (mails > maxCommits) return unusable(tooManyCommits(mails, maxCommits));
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
    if (!HAS_PATCH.test(patch.toString('latin1'))) continue;
    const headers = info.output.toString('utf8');
    const subject = headerOf(headers, 'Subject') ?? order.summary;
    const body = await readFile(said, 'utf8');
    steps.push({
      patch,
      message: `${oneLine(subject)}\n\n${body}`,
      author: authorOf(headers),
      authored: dateOf(headerOf(headers, 'Date')),
    });
  }
  return { kind: 'steps', steps };
}

export function tooManyCommits(commits: number, maxCommits: number): string {
  return `the change has ${commits} commits, and ${maxCommits} are allowed: put them together into fewer`;
}

function unreadable(quoted: string): string {
  return `the patch cannot be read: write it with \`git format-patch --stdout\` (${quoted})`;
}

function headerOf(headers: string, name: string): string | undefined {
  const text = new RegExp(`^${name}: (.+)$`, 'm').exec(headers)?.[1]?.trim();
  return text === '' ? undefined : text;
}

function authorOf(headers: string): Person | undefined {
  const name = personText(headerOf(headers, 'Author') ?? '');
  const email = personText(headerOf(headers, 'Email') ?? '');
  return name === undefined || email === undefined ? undefined : { name, email };
}

function dateOf(text: string | undefined): string | undefined {
  const atMs = Date.parse(text ?? '');
  if (!(atMs > 0 && atMs < MAX_DATE_MS)) return undefined;
  return gitDate(atMs, /[+-](?:0\d|1[0-4])[0-5]\d$/.exec(text ?? '')?.[0]);
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
