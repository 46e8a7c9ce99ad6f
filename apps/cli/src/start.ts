import { constants, userInfo } from 'node:os';
import { runCli } from './program.ts';
import { EXIT } from './terminal/command-error.ts';
import { printable } from './terminal/paint.ts';

/** Runs the command line tool in the process that `main.ts` hands in, and sets its exit code. */
export async function start(program: NodeJS.Process): Promise<void> {
  const { env: environment, stdin, stdout, stderr } = program;
  const stop = new AbortController();
  let endedBy: 'SIGINT' | 'SIGTERM' | 'SIGPIPE' | undefined;
  const end = (signal: NonNullable<typeof endedBy>): void => {
    endedBy ??= signal;
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    program.on(signal, () => {
      // A second request does not wait for the first.
      if (stop.signal.aborted) program.exit(exitCodeOf(signal));
      end(signal);
      if (stdin.isTTY) setTimeout(() => stderr.write(STOPPING), STOPPING_AFTER_MS).unref();
    });
  }
  // `doctor | head -2` reads as much as it wants, and a terminal may be closed.
  stdout.on('error', (error: Error) => endQuietly(error, () => end('SIGPIPE')));
  stderr.on('error', (error: Error) => endQuietly(error, () => undefined));
  const { NO_COLOR = '', TERM } = environment;
  const exitCode = await runCli(program.argv.slice(2), {
    environment,
    user: userOf(environment),
    // Where npm was called, if it was: its scripts run in the folder of the package.
    folder: environment['INIT_CWD'] ?? program.cwd(),
    interactive: stdin.isTTY && stdout.isTTY,
    columns: stdout.isTTY ? stdout.columns : undefined,
    colours: stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb',
    stop: stop.signal,
    onHangUp: (listener) => void program.on('SIGHUP', listener),
    print: (text) => void stdout.write(printable(text)),
    writeError: (text) => void stderr.write(printable(text)),
  });
  const wasCutShort = exitCode === EXIT.interrupted || endedBy === 'SIGPIPE';
  program.exitCode = wasCutShort ? exitCodeOf(endedBy ?? 'SIGINT') : exitCode;
}

const STOPPING_AFTER_MS = 1_000;
const STOPPING = 'Stopping when the current step is done; press Ctrl-C again to stop at once.\n';

/** As a shell reports a program that a signal ended. */
function exitCodeOf(signal: 'SIGINT' | 'SIGTERM' | 'SIGPIPE'): number {
  return 128 + constants.signals[signal];
}

function endQuietly(error: Error, end: () => void): void {
  if (!('code' in error) || (error.code !== 'EPIPE' && error.code !== 'EIO')) throw error;
  end();
}

/** Who became root by sudo is who decides. */
function userOf({ SUDO_USER }: NodeJS.ProcessEnv): string {
  if (SUDO_USER !== undefined && SUDO_USER !== '') return SUDO_USER;
  try {
    return userInfo().username;
  } catch {
    // As in a container that runs under a number.
    return 'unnamed';
  }
}
