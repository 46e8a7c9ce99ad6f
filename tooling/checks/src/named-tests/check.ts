import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageOutcome } from '../stage.ts';
import type { TestResult } from '../test-report.ts';
import { rootFolder } from '../workspace.ts';
import { PAGES } from './pages.ts';
import { problemsOf } from './problems.ts';

/** Whether every document that names tests names, for all that it has to speak of, tests that have just passed, or says `open`. */
export async function checkNamedTests(tests: readonly TestResult[]): Promise<StageOutcome> {
  const startedAtMs = performance.now();
  const problems: string[] = [];
  for (const { document, parse, required } of PAGES) {
    const page = parse(await readFile(join(rootFolder, document), 'utf8').catch(() => ''));
    problems.push(...problemsOf(page, required, tests).map((problem) => `${document}: ${problem}`));
  }
  return {
    name: 'named-tests',
    passed: problems.length === 0,
    durationMs: performance.now() - startedAtMs,
    output: problems.join('\n'),
  };
}
