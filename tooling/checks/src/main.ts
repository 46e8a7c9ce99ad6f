// Everything that must hold, as one command: node tooling/checks/src/main.ts [stage ...]
// Without a name: every stage but `slow`, the tests that `npm run test:real` adds. All stages run even if one fails. The last line is `N passed, N failed`, where each test counts and each other stage as one.
import { checkNamedTests } from './named-tests/check.ts';
import { runStages, type StageOutcome } from './stage.ts';
import { staticStages } from './stages.ts';
import { addTallies, tallyLine, tallyOfStage, tallyOfTests } from './tally.ts';
import { runTests } from './test-run.ts';

// Tests measure time and need the machine to themselves; the other stages are short and share it.
const width = 2;

const stages = staticStages();
const names = [...stages.map((stage) => stage.name), 'tests', 'slow'];
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}
const isChosen = (name: string): boolean => (chosen.length === 0 ? name !== 'slow' : chosen.includes(name));

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

const outcomes = await runStages(
  stages.filter((stage) => isChosen(stage.name)),
  width,
  interruption.signal,
  tell,
);
const tallies = outcomes.map((outcome) => tallyOfStage(outcome.passed));

for (const [name, tier] of [
  ['tests', 'quick'],
  ['slow', 'slow'],
] as const) {
  if (!isChosen(name)) continue;
  const startedAtMs = performance.now();
  const { succeeded, report } = await runTests(tier, interruption.signal);
  const tally = tallyOfTests(succeeded, report);
  tell({ name, passed: tally.failed === 0, durationMs: performance.now() - startedAtMs, output: '' });
  const page = await checkNamedTests(tier, report?.tests ?? []);
  tell(page);
  tallies.push(tally, tallyOfStage(page.passed));
}

const total = addTallies(...tallies);
console.log(tallyLine(total));
process.exitCode = total.failed === 0 && !interruption.signal.aborted ? 0 : 1;

function tell(outcome: StageOutcome): void {
  const seconds = (outcome.durationMs / 1000).toFixed(1);
  console.log(`${outcome.passed ? '✓' : '✗'} ${outcome.name.padEnd(12)} ${seconds.padStart(6)} s`);
  if (outcome.output !== '') console.log(outcome.output.trimEnd().replaceAll(/^/gm, '    '));
}
