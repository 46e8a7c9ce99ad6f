// What takes too long for every run, by hand before something is called done: node tooling/checks/src/long.ts [stage ...]
// The stages print for themselves, one after the other. The last line is `N passed, N failed`, each stage counting as one.
import { runProgram, type CommandLine } from './program.ts';
import { addTallies, tallyLine, tallyOfStage } from './tally.ts';

const FROM_SOURCE = '--conditions=agrenting-hiclaw-source';
const CRASH: CommandLine = ['node', FROM_SOURCE, 'tooling/crash/src/main.ts'];

const STAGES: Readonly<Record<string, CommandLine>> = {
  points: CRASH,
  calls: [...CRASH, '--calls'],
  cycles: [...CRASH, '--cycles', '1000'],
  webhooks: [...CRASH, '--webhooks', '1000'],
  faults: [
    'env',
    'TEST_EVERY_CALL=1',
    'npx',
    'vitest',
    'run',
    'packages/store/src/sqlite/connection/faults.slow.test.ts',
    'tooling/simulator/test/simulate.slow.test.ts',
  ],
  // Every outage of every dependency in every state.
  outages: ['env', 'TEST_OUTAGES=all', 'npx', 'vitest', 'run', 'packages/app/test/outages/outages.test.ts'],
  // What `npm test` tries in a smaller form.
  sizes: [
    'env',
    'TEST_FULL_SIZE=1',
    'npx',
    'vitest',
    'run',
    'packages/git/test/bombs.slow.test.ts',
    'packages/git/test/failing-git.slow.test.ts',
    'packages/engine/test/interleaving.slow.test.ts',
    'apps/admin-api/test/exports',
  ],
  // Every pattern, scanner and parser, with 64 MB at a time.
  scanners: ['env', 'TEST_FUZZ_LONG=1', 'npx', 'vitest', 'run', 'tooling/fuzz'],
  fuzz: ['env', 'TEST_FUZZ_INPUTS=1000000', 'npx', 'vitest', 'run', 'apps/bridge/test/fuzz.test.ts'],
  // Needs Schemathesis as `st`; TEST_SCHEMATHESIS of the environment may name another place.
  api: [
    'env',
    `TEST_SCHEMATHESIS=${process.env['TEST_SCHEMATHESIS'] ?? 'st'}`,
    'TEST_SCHEMATHESIS_EXAMPLES=100',
    'npx',
    'vitest',
    'run',
    'apps/admin-api/test/schemathesis.test.ts',
  ],
  simulate: ['node', FROM_SOURCE, 'tooling/simulator/src/main.ts', '--seeds', '100000', '--from', '1'],
  real: ['node', FROM_SOURCE, 'tooling/real-servers/src/main.ts', '--long'],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => STAGES[name] === undefined);
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are ${Object.keys(STAGES).join(', ')}.`);
  process.exit(2);
}
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

const tallies = [];
for (const [name, command] of Object.entries(STAGES)) {
  if ((chosen.length > 0 && !chosen.includes(name)) || interruption.signal.aborted) continue;
  console.log(`${name}: ${command.slice(2).join(' ')}`);
  const { succeeded } = await runProgram(command, { output: 'terminal', signal: interruption.signal });
  console.log(`${succeeded ? '✓' : '✗'} ${name}`);
  tallies.push(tallyOfStage(succeeded));
}
const total = addTallies(...tallies);
console.log(tallyLine(total));
process.exitCode = total.failed === 0 && !interruption.signal.aborted ? 0 : 1;
