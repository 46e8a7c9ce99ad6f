// Tests with real servers and in a real browser, as one command: node tooling/real-servers/src/main.ts [--long] [what vitest shall run ...]
// First the slow tests (`slow`), which need none of these and no more than `npm test` does. The last line is `N passed, N failed`. What this machine lacks is named, and the tests that need it are counted as skipped.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.ts';
import { lineOf, runSlowTests, runSuite, totalOf, type Tally } from './test-suite.ts';
import { installTools, missingPrograms, run, toolsIn, WORKER_VERSIONS } from './tools.ts';

const LEFT_OUT: Tally = { passed: 0, failed: 0, skipped: 1 };
const root = fileURLToPath(new URL('../../../', import.meta.url));
const long = process.argv.includes('--long');
const named = process.argv.slice(2).filter((argument) => argument !== '--long');
const chosen = named.filter((name) => name !== 'slow');
const tools = toolsIn(process.env['REAL_SERVERS_FOLDER'] ?? join(root, '.toolchain', 'real-servers'));
const say = (line: string): void => console.log(line);

const tallies: Tally[] = [];
if (named.length === 0 || named.includes('slow')) tallies.push(await runSlowTests(root));
if (named.length > 0 && chosen.length === 0) end();

const environment: NodeJS.ProcessEnv = { ...process.env };
delete environment['REAL_SERVERS_FOLDER'];
delete environment['CHROMIUM'];
if (long) environment['REAL_SERVERS_LONG'] = '1';

const missing = await missingPrograms();
if (missing.length > 0) {
  tallies.push(LEFT_OUT);
  say(
    `Without real servers, because this machine has no ${missing.join(' and no ')}: install it and try again.`,
  );
} else {
  await installTools(tools, long ? WORKER_VERSIONS : ['1.0.4'], say);
  environment['REAL_SERVERS_FOLDER'] = tools.folder;
}

const chromium = await findChromium(process.env['CHROMIUM'], say);
if (chromium.kind === 'found') {
  environment['CHROMIUM'] = chromium.program;
  const built = await run('pnpm', ['--filter', '@agrenting-hiclaw/console', 'run', 'build:page']);
  if (!built.succeeded) throw new Error(`the console cannot be built:\n${built.output}`);
} else {
  tallies.push(LEFT_OUT);
  say(`Without a browser, because this machine has ${chromium.why}.`);
}

tallies.push(await runSuite({ root, config: 'tooling/real-servers/vitest.config.ts', chosen, environment }));
if (chromium.kind === 'found') {
  const config = 'packages/console/vitest.browser.config.ts';
  tallies.push(await runSuite({ root, config, chosen, environment }));
}

end();

function end(): never {
  const total = totalOf(tallies);
  say(lineOf(total));
  process.exit(total.failed === 0 ? 0 : 1);
}
