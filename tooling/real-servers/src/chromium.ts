import { access, constants } from 'node:fs/promises';
import { run } from './tools.ts';

const DEBIANS = '/usr/bin/chromium';
const INSTALL_WITHIN_S = 240;

export type Chromium =
  | { readonly kind: 'found'; readonly program: string }
  | { readonly kind: 'missing'; readonly why: string };

/**
 * The browser that tests of the console use: the one that `CHROMIUM` names, else Debian's. Where that is missing and somebody
 * may install packages without being asked, it is installed, within four minutes for the lists and four for the package.
 */
export async function findChromium(
  named: string | undefined,
  say: (line: string) => void,
): Promise<Chromium> {
  const program = named ?? DEBIANS;
  if (await canRun(program)) return { kind: 'found', program };
  if (named !== undefined) return { kind: 'missing', why: `no ${named}, which CHROMIUM names` };
  const why = `no ${DEBIANS}: install Debian's chromium, or say in CHROMIUM where one is`;
  if (process.getuid?.() !== 0) return { kind: 'missing', why };
  say('installing chromium');
  // Images come without lists of packages, or with such as are too old.
  await apt('update');
  const { succeeded, output } = await apt('install', '--yes', '--no-install-recommends', 'chromium');
  if (succeeded && (await canRun(DEBIANS))) return { kind: 'found', program: DEBIANS };
  return { kind: 'missing', why: `${why} (apt-get: ${output.trim().split('\n').at(-1) ?? ''})` };
}

async function apt(...words: readonly string[]): ReturnType<typeof run> {
  return await run('timeout', ['--kill-after=10', String(INSTALL_WITHIN_S), 'apt-get', '--quiet', ...words], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

async function canRun(program: string): Promise<boolean> {
  return await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}
