import { runGit } from './run-git.ts';

/** Where programs are looked for. */
export const DEFAULT_SEARCH_PATH = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin';

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 4_096;
/** The first one that connects where it is told to (`http.curloptResolve`): without it the check of addresses is void. */
const OLDEST = [2, 37] as const;

/** The version of this machine's git, such as `2.39.5`; undefined where there is none. */
export async function gitVersion(searchPath: string = DEFAULT_SEARCH_PATH): Promise<string | undefined> {
  const run = await runGit({
    arguments: ['--version'],
    environment: { PATH: searchPath, LC_ALL: 'C' },
    directory: '/',
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (run.kind === 'stopped' || run.exitCode !== 0) return undefined;
  return /^git version (\d{1,4}\.\d{1,4}\S{0,100})/.exec(run.output.toString('utf8'))?.[1];
}

/** What is wrong with this machine's git, and what to do; undefined when nothing is. */
export async function gitProblem(searchPath: string): Promise<string | undefined> {
  const version = await gitVersion(searchPath);
  const needed = OLDEST.join('.');
  if (version === undefined) return `this machine has no git: install git ${needed} or newer`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? `git ${version} is too old to be told where to connect: install ${needed} or newer`
    : undefined;
}
