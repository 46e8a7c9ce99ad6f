import { relative } from 'node:path';
import { z } from 'zod';

/** What became of one test. `skipped` is every test that has not run. */
export type TestStatus = 'passed' | 'failed' | 'skipped';

/** One test of a run. */
export interface TestResult {
  /** Relative to the root folder. */
  readonly file: string;
  /** As vitest prints it: `describe > ... > test`. */
  readonly title: string;
  readonly status: TestStatus;
}

/** What a run of vitest says about itself. */
export interface TestReport {
  readonly tests: readonly TestResult[];
  /** Files that failed as a whole, so that their tests are not listed. */
  readonly failedFiles: readonly string[];
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

/** Reads what vitest's JSON reporter has written; throws on anything else. */
export function parseTestReport(json: string, rootFolder: string): TestReport {
  const files = reportSchema.parse(JSON.parse(json)).testResults;
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({
      file: relative(rootFolder, file.name),
      title: [...test.ancestorTitles, test.title].join(' > '),
      status: statusOf(test.status),
    })),
  );
  const failedFiles = files
    .filter((file) => file.status === 'failed')
    .map((file) => relative(rootFolder, file.name))
    .filter((file) => !tests.some((test) => test.file === file && test.status === 'failed'));
  return { tests, failedFiles };
}

function statusOf(status: string): TestStatus {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}
