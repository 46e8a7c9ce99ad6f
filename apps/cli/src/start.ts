import { runCli } from './program.ts';
import { printable } from './terminal/paint.ts';

/** Runs the command line tool in the process that `main.ts` hands in, and sets its exit code. */
export async function start(program: NodeJS.Process): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    program.on(signal, () => {
      // A second request does not wait for the first.
      if (stop.signal.aborted) program.exit(1);
      stop.abort();
    });
  }
  const { env: environment, stdin, stdout, stderr } = program;
  const { NO_COLOR = '', TERM } = environment;
  program.exitCode = await runCli(program.argv.slice(2), {
    environment,
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
}
