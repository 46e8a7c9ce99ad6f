// Kills real processes of the apps between the sandboxes, and looks whether every hiring is finished once:
//   npm run crash                       every named point
//   npm run crash -- --cycles 1000      kills at points drawn by chance
//   npm run crash -- --webhooks 1000    hires come by webhook, and the bridge is killed every five seconds
//   npm run crash -- --calls            every outside call fails once, before and after it took effect
import { parseArgs } from 'node:util';
import { killAgainAndAgain } from './cycles.ts';
import { failEveryCall } from './failing-calls.ts';
import { POINTS } from './points.ts';
import { runPoint, type PointOutcome } from './run-point.ts';
import { SCENARIOS } from './scenarios.ts';
import { killTheBridge } from './webhooks.ts';

/** Points that are run at once: most of the time is spent waiting. */
const AT_ONCE = 3;

const { values } = parseArgs({
  options: {
    cycles: { type: 'string' },
    webhooks: { type: 'string' },
    calls: { type: 'boolean', default: false },
  },
});
const cycles = countOrExit(values.cycles);
const hires = countOrExit(values.webhooks);
const failures = await (cycles > 0
  ? runCycles()
  : hires > 0
    ? runWebhooks()
    : values.calls
      ? runCalls()
      : runPoints());
process.exitCode = failures === 0 ? 0 : 1;

function countOrExit(text = '0'): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  console.error('Usage: npm run crash -- [--cycles <number> | --webhooks <number> | --calls]');
  return process.exit(2);
}

async function runPoints(): Promise<number> {
  const runs = [...POINTS.map((point) => async () => await runPoint(point)), ...Object.values(SCENARIOS)];
  const outcomes: PointOutcome[] = [];
  const next = runs.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const run of next) {
        const outcome = await run();
        outcomes.push(outcome);
        console.log(`${outcome.details.length === 0 ? '✓' : '✗'} ${outcome.name}`);
        for (const detail of outcome.details) console.log(`    ${detail}`);
      }
    }),
  );
  return summary('points', outcomes.length, outcomes);
}

async function runCalls(): Promise<number> {
  const outcomes = [];
  for (const moment of ['before', 'after'] as const) {
    const outcome = await failEveryCall({ moment });
    console.log(
      `${outcome.calls} calls failed ${moment} they took effect: ${[...new Set(outcome.reached)].join(', ')}`,
    );
    for (const detail of outcome.details) console.log(`    ${detail}`);
    outcomes.push(outcome);
  }
  return summary(
    'calls',
    outcomes.reduce((sum, { calls }) => sum + calls, 0),
    outcomes,
  );
}

async function runCycles(): Promise<number> {
  const startedAtMs = performance.now();
  const outcome = await killAgainAndAgain({
    kills: cycles,
    onKill: (kills, hirings) => {
      if (kills % 50 !== 0) return;
      const seconds = Math.round((performance.now() - startedAtMs) / 1000);
      console.log(`${kills} kills, ${hirings} hirings, ${seconds} s`);
    },
  });
  for (const detail of outcome.details) console.log(`    ${detail}`);
  console.log(`${outcome.hirings} hirings`);
  return summary('kills', outcome.kills, [outcome]);
}

async function runWebhooks(): Promise<number> {
  const outcome = await killTheBridge({
    hires,
    onKill: (kills, hired) => {
      if (kills % 5 === 0) console.log(`${kills} kills, ${hired} hires`);
    },
  });
  for (const detail of outcome.details) console.log(`    ${detail}`);
  const { kills, answered, polled, refused } = outcome;
  console.log(
    `${kills} kills; ${answered} had a 200, ${polled} were polled, ${refused} refused by the probe`,
  );
  return summary('hires', outcome.hires, [outcome]);
}

type Counted = Pick<PointOutcome, 'lost' | 'doubled' | 'details'>;

function summary(what: string, count: number, outcomes: readonly Counted[]): number {
  const failing = outcomes.filter(({ details }) => details.length > 0).length;
  const lost = outcomes.reduce((sum, outcome) => sum + outcome.lost, 0);
  const doubled = outcomes.reduce((sum, outcome) => sum + outcome.doubled, 0);
  console.log(JSON.stringify({ crash: failing === 0 ? 'ok' : 'failed', [what]: count, lost, doubled }));
  return failing;
}
