#!/usr/bin/env node
import { runCli } from './program.ts';
import { printable } from './terminal/paint.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second request does not wait for the first.
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}
const { NO_COLOR = '', TERM } = process.env;
process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  // Where npm was called, if it was: its scripts run in the folder of the package.
  folder: process.env['INIT_CWD'] ?? process.cwd(),
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  colours: process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb',
  stop: stop.signal,
  print: (text) => void process.stdout.write(printable(text)),
  complain: (text) => void process.stderr.write(printable(text)),
});
