import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import { parseTestReport, type TestReport } from './test-report.ts';
import { rootFolder } from './workspace.ts';

/**
 * `quick` tests are part of every run. `slow` ones start whole adapters or git, walk large tables or plant faults in the
 * simulator: their files are called `*.slow.test.ts`, and `npm run test:real` runs them.
 */
export type TestTier = 'quick' | 'slow';

const SELECTION: Readonly<Record<TestTier, readonly string[]>> = {
  quick: ['--exclude=**/*.slow.test.ts'],
  slow: ['.slow.test.ts'],
};

/** The tier that a test file belongs to, by its name. */
export function tierOf(file: string): TestTier {
  return file.endsWith('.slow.test.ts') ? 'slow' : 'quick';
}

/** Runs the tests of a tier in the terminal. A run that ends before it has written its report gives `undefined`. */
export async function runTests(
  tier: TestTier,
  signal: AbortSignal,
): Promise<{ readonly succeeded: boolean; readonly report: TestReport | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'test-report-'));
  const reportFile = join(folder, 'report.json');
  try {
    const { succeeded } = await runProgram(
      [
        'vitest',
        'run',
        ...SELECTION[tier],
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportFile}`,
      ],
      { output: 'terminal', signal },
    );
    const text = await readFile(reportFile, 'utf8').catch(() => undefined);
    return { succeeded, report: text === undefined ? undefined : parseTestReport(text, rootFolder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
