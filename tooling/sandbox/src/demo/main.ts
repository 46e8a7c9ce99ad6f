import { parseArgs } from 'node:util';
import { startEnvironment } from './environment.ts';
import { runDemo } from './run-demo.ts';
import { createScreen, sanitize } from './screen.ts';

const usage = `Usage: npm run demo [-- --keep] [--json]

Starts a simulated marketplace and a simulated HiClaw, and the real adapter between them, and makes six hires.

  --keep   leave everything running afterwards, and print the addresses; Ctrl-C ends it
  --json   print one JSON line per event; the last one says how it went
  --help   this text`;

const INTERRUPTED = 130;

const values = given();
if (values.help === true) {
  console.log(usage);
  process.exit(0);
}

const screen = createScreen(values.json === true);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const env = await startEnvironment();
try {
  const ok = await runDemo({ env, screen, keep: values.keep === true, signal: stop.signal });
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  process.exitCode = 1;
  if (!stop.signal.aborted) {
    console.error(sanitize(`demo: ${error instanceof Error ? error.message : String(error)}`));
    console.error(`demo: the adapter's log is ${env.logFile}`);
  }
} finally {
  await env.close();
}
// Ended by hand before it had come to its end.
if (stop.signal.aborted && process.exitCode !== 0) {
  console.error(`demo: ended before it was over; what there is lies in ${env.folder}`);
  process.exitCode = INTERRUPTED;
}

function given(): { keep?: boolean; json?: boolean; help?: boolean } {
  try {
    return parseArgs({
      options: { keep: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
