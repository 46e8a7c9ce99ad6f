import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface TestSuite {
  /** The folder of the whole workspace. */
  readonly root: string;
  /** vitest's configuration, relative to it. */
  readonly config: string;
  /** What of it shall run, as vitest takes it; all of it when empty. */
  readonly chosen: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numTotalTests: z.number(),
});

/** Runs tests in the terminal. A run that failed and names no test that did counts as one failure. */
export async function runSuite({ root, config, chosen, environment }: TestSuite): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'real-report-'));
  const report = join(folder, 'report.json');
  const child = spawn(
    join(root, 'node_modules', '.bin', 'vitest'),
    [
      'run',
      `--config=${config}`,
      '--reporter=verbose',
      '--reporter=json',
      `--outputFile.json=${report}`,
      // What is chosen may be of another suite.
      ...(chosen.length > 0 ? ['--passWithNoTests', ...chosen] : []),
    ],
    { cwd: root, stdio: 'inherit', env: environment },
  );
  const code = await new Promise<number>((resolve) => child.on('close', (ended) => resolve(ended ?? 1)));
  const text = await readFile(report, 'utf8').catch(() => undefined);
  await rm(folder, { recursive: true });
  // Where nothing was chosen, vitest writes no report.
  if (text === undefined) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const { numPassedTests: passed, numFailedTests, numTotalTests } = reportSchema.parse(JSON.parse(text));
  const failed = numFailedTests === 0 && code !== 0 ? 1 : numFailedTests;
  return { passed, failed, skipped: Math.max(0, numTotalTests - passed - numFailedTests) };
}

/** Runs what `npm test` leaves out of its tests, in the terminal; the tally is what its last line says. */
export async function runSlowTests(root: string): Promise<Tally> {
  const child = spawn(process.execPath, [join(root, 'tooling', 'checks', 'src', 'main.ts'), 'slow'], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  let last = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    last = (last + chunk.toString()).slice(-1000);
  });
  const code = await new Promise<number>((resolve) => child.on('close', (ended) => resolve(ended ?? 1)));
  return tallyOf(last, code === 0);
}

/** The tally in the last line of a run. One that failed and counts no failure, or says nothing, is one failure. */
export function tallyOf(output: string, succeeded: boolean): Tally {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line) ?? [];
  if (passed === undefined || failed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const count = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
  return count.failed === 0 && !succeeded ? { ...count, failed: 1 } : count;
}

/** All of them together. Where not a single test was run or left out, that is a failure. */
export function totalOf(tallies: readonly Tally[]): Tally {
  const sum = (name: keyof Tally): number => tallies.reduce((total, tally) => total + tally[name], 0);
  const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  return total.passed + total.failed + total.skipped === 0 ? { ...total, failed: 1 } : total;
}

/** The last line of a run, which scripts read. */
export function lineOf({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
