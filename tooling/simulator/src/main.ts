// Runs the whole adapter's engine and store through seed after seed of everything that can go wrong:
//   npm run simulate -- --seeds 1000 --from 1
//   npm run simulate -- --seeds 1 --from 42 --trace
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { every, runSeeds } from './run-seeds.ts';
import { runShared } from './run-shared.ts';
import { add, lastLine, neverMade, NOTHING, replayOf, type Tally } from './tally.ts';

const MAX_TOLD = 20;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const count = Number(values.seeds);
const from = Number(values.from);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(from) || from < 0) {
  console.error('Usage: npm run simulate -- [--seeds <number>] [--from <seed>] [--trace]');
  process.exit(2);
}

const startedAtMs = performance.now();
let tally = NOTHING;
if (values.trace || count === 1) {
  await runSeeds(every(1, from, count, 0), take, values.trace ? print : undefined);
} else {
  const processes = Math.min(2, availableParallelism(), count);
  await runShared({ processes, from, count }, take);
}
const seconds = (performance.now() - startedAtMs) / 1000;
if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
for (const { seed, violations, digest } of sorted(tally).slice(0, MAX_TOLD)) {
  for (const { kind, rule, detail } of violations) print(`seed ${seed}: ${kind}: ${rule}: ${detail}`);
  print(`  ${replayOf(seed)}`);
  if (count > 1) reportUnlessSame(seed, digest, await failingAgain(seed));
}
print(`${tally.seeds} seeds, ${tally.calls} calls, ${(tally.seeds / seconds).toFixed(1)} seeds/s`);
print(`transitions that no hiring made: ${neverMade(tally).join(', ') || 'none'}`);
print(lastLine(count, { ...tally, failing: sorted(tally) }));
process.exitCode = tally.failing.length === 0 && tally.seeds === count ? 0 : 1;

function take(part: Tally): void {
  tally = add(tally, part);
  if (!process.stderr.isTTY) return;
  const rate = tally.seeds / ((performance.now() - startedAtMs) / 1000);
  process.stderr.write(
    `\r${tally.seeds} of ${count} seeds, ${rate.toFixed(0)} a second, ${tally.failing.length} failing\u001B[K`,
  );
}

/** A run may be told in several parts. */
async function failingAgain(seed: number): Promise<Tally['failing']> {
  let again = NOTHING;
  await runSeeds([seed], (part) => {
    again = add(again, part);
  });
  return again.failing;
}

/** A run that cannot be replayed is a failure of the simulator itself. */
function reportUnlessSame(seed: number, digest: string, failing: Tally['failing']): void {
  if (failing[0]?.digest !== digest)
    print(`seed ${seed} does not replay: something survives from run to run`);
}

function sorted({ failing }: Tally): Tally['failing'] {
  return failing.toSorted((one, other) => one.seed - other.seed);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
