import type { TestReport } from './test-report.ts';

/** How many checks passed, failed and were left out. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Each test counts, and each other stage as one. */
export function addTallies(...tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.reduce((sum, tally) => sum + tally.skipped, 0),
  };
}

/** A stage that is no test run. */
export function tallyOfStage(passed: boolean): Tally {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/**
 * A test run. Where vitest says that it failed and no test or file says why (no report, an error outside all tests), the
 * run itself counts as failed; so does a run without a single test.
 */
export function tallyOfTests(succeeded: boolean, report: TestReport | undefined): Tally {
  if (report === undefined) return tallyOfStage(false);
  const count = (status: string): number => report.tests.filter((test) => test.status === status).length;
  const failed = count('failed') + report.failedFiles.length;
  const unexplained = failed === 0 && (!succeeded || report.tests.length === 0);
  return { passed: count('passed'), failed: unexplained ? 1 : failed, skipped: count('skipped') };
}

/** The last line of a run, which scripts read. */
export function tallyLine(tally: Tally): string {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}
