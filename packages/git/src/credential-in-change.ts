import {
  inQuotes,
  describeCredential,
  scanForCredentials,
  secretsOf,
  type KnownSecrets,
  type PushOrder,
} from '@agrenting-hiclaw/core/domain';
import type { Change } from './change.ts';
import type { Workspace } from './workspace.ts';

/** More added text than this is not looked through, and so not pushed. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * What of a credential the commits of a change seem to bring into the repository, and where, such as "a GitHub token in
 * "src/a.ts""; undefined when there is nothing. Each commit is looked at by itself: what a later one takes away stays in
 * the history. What is taken away is not looked at, and binary files are not.
 */
export async function credentialInChange(
  workspace: Workspace,
  { access }: Pick<PushOrder, 'access'>,
  secrets: KnownSecrets,
  { onto, tip }: Extract<Change, { kind: 'change' }>,
): Promise<string | undefined> {
  const known = secretsOf({ repoToken: access.token }, secrets);
  const log = async (...command: readonly string[]): Promise<string> =>
    await workspace.must(['log', ...command, `${onto}..${tip}`], { maxOutputBytes: MAX_TEXT_BYTES });
  const inMessage = await scanForCredentials(await log('--format=%B'), known);
  if (inMessage !== undefined) return `${describeCredential(inMessage)} in the message of a commit`;
  const patches = await log(
    '-p',
    '-m',
    '--format=',
    '--unified=0',
    '--no-color',
    '--no-renames',
    '--no-ext-diff',
  );
  for (const file of patches.split(/^diff --git /m)) {
    const found = await scanForCredentials(addedBy(file), known);
    if (found !== undefined) return `${describeCredential(found)} in ${inQuotes(pathOf(file), 100)}`;
  }
  return undefined;
}

/** The lines that a file's patch adds, without the sign before them. */
function addedBy(patch: string): string {
  const start = patch.indexOf('\n@@');
  if (start === -1) return '';
  return patch
    .slice(start)
    .split('\n')
    .filter((line) => line.startsWith('+'))
    .map((line) => line.slice(1))
    .join('\n');
}

function pathOf(patch: string): string {
  return /^\+\+\+ "?b\/(.{0,4096}?)"?\t?$/m.exec(patch)?.[1] ?? '';
}
