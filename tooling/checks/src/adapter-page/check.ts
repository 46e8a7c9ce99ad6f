import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageOutcome } from '../stage.ts';
import type { TestResult } from '../test-report.ts';
import { rootFolder } from '../workspace.ts';
import { parsePage } from './page.ts';
import { problemsOf } from './problems.ts';
import { requiredRows } from './rows.ts';

const document = 'docs/adapter-page.md';

/** Whether the document names, for every requirement of the marketplace's HiClaw page, a test that has just passed, or says `open`. */
export async function checkAdapterPage(tests: readonly TestResult[]): Promise<StageOutcome> {
  const startedAtMs = performance.now();
  const page = parsePage(await readFile(join(rootFolder, document), 'utf8').catch(() => ''));
  const problems = problemsOf(page, requiredRows, tests);
  return {
    name: 'adapter-page',
    passed: problems.length === 0,
    durationMs: performance.now() - startedAtMs,
    output: problems.map((problem) => `${document}: ${problem}`).join('\n'),
  };
}
