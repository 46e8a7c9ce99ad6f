import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageOutcome } from '../stage.ts';
import type { TestResult } from '../test-report.ts';
import { tierOf, type TestTier } from '../test-run.ts';
import { rootFolder } from '../workspace.ts';
import { PAGES } from './pages.ts';
import { problemsOf } from './problems.ts';

/**
 * Whether every document that names tests names some, or says `open`, for all that it has to speak of, and whether those of
 * this tier have just passed. Of the other tier only the file has to be there.
 */
export async function checkNamedTests(tier: TestTier, tests: readonly TestResult[]): Promise<StageOutcome> {
  const startedAtMs = performance.now();
  const problems: string[] = [];
  for (const { document, parse, required } of PAGES) {
    const page = parse(await readFile(join(rootFolder, document), 'utf8').catch(() => ''));
    const found = problemsOf(page, required, {
      tests,
      mayRunElsewhere: (file) => tierOf(file) !== tier && existsSync(join(rootFolder, file)),
    });
    problems.push(...found.map((problem) => `${document}: ${problem}`));
  }
  return {
    name: 'named-tests',
    passed: problems.length === 0,
    durationMs: performance.now() - startedAtMs,
    output: problems.join('\n'),
  };
}
