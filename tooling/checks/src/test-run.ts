import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import { parseTestReport, type TestReport } from './test-report.ts';
import { rootFolder } from './workspace.ts';

/** Runs all tests in the terminal. A run that ends before it has written its report gives `undefined`. */
export async function runTests(
  signal: AbortSignal,
): Promise<{ readonly succeeded: boolean; readonly report: TestReport | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'test-report-'));
  const reportFile = join(folder, 'report.json');
  try {
    const { succeeded } = await runProgram(
      ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
      { output: 'terminal', signal },
    );
    const text = await readFile(reportFile, 'utf8').catch(() => undefined);
    return { succeeded, report: text === undefined ? undefined : parseTestReport(text, rootFolder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
