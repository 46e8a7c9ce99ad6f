import type { TestResult } from '../test-report.ts';
import type { Page, PageRow } from './page.ts';
import type { Requirements } from './pages.ts';
import type { TestReference } from './references.ts';

/** What the run that has just ended says about tests. */
export interface RunTests {
  readonly tests: readonly TestResult[];
  /** Whether a test file is there and left to another run. */
  readonly mayRunElsewhere: (file: string) => boolean;
}

/**
 * What is wrong with a page, one sentence each: a requirement that is missing or listed too often, a row that cannot be
 * read, and a proof that is no proof, because the test does not exist, has not run or has failed.
 */
export function problemsOf(page: Page, required: Requirements, run: RunTests): readonly string[] {
  return [
    ...page.problems.map(({ line, message }) => `line ${line}: ${message}`),
    ...required.ids.flatMap((id) => {
      const count = page.rows.filter((row) => row.id === id).length;
      const isUnreadable = page.problems.some(({ message }) => message.startsWith(`${id}:`));
      if (count === 0) return isUnreadable ? [] : [`${id} is missing: add its row`];
      return count === 1 || required.rows === 'several'
        ? []
        : [`${id} is listed ${count} times: keep one row`];
    }),
    ...page.rows
      .filter((row) => !required.ids.includes(row.id))
      .map((row) => `line ${row.line}: the page has no requirement ${row.id}`),
    ...page.rows.flatMap((row) =>
      row.milestones.flatMap((milestone) => {
        const problem = problemOfProof(milestone, run);
        return problem === undefined ? [] : [describeProof(row, milestone, problem)];
      }),
    ),
  ];
}

function problemOfProof(milestone: TestReference, { tests, mayRunElsewhere }: RunTests): string | undefined {
  if (mayRunElsewhere(milestone.file)) return undefined;
  const inFile = tests.filter((test) => test.file === milestone.file);
  if (inFile.length === 0) return 'no test of this file has run';
  const named = inFile.filter((test) => test.title === milestone.title);
  if (named.length === 0) return 'this file has no test with that title';
  const bad = named.find((test) => test.status !== 'passed');
  return bad === undefined ? undefined : `the test was ${bad.status}`;
}

function describeProof(row: PageRow, milestone: TestReference, problem: string): string {
  return `line ${row.line}: ${row.id}: ${problem}: ${milestone.file} > ${milestone.title}`;
}
