import type { TestResult } from '../test-report.ts';
import type { Page, PageRow, TestReference } from './page.ts';

/**
 * What is wrong with the page, one sentence each: a requirement that is missing or listed twice, a row that cannot be
 * read, and a proof that is no proof, because the test does not exist, has not run or has failed.
 */
export function problemsOf(
  page: Page,
  requiredRows: readonly string[],
  tests: readonly TestResult[],
): readonly string[] {
  return [
    ...page.problems.map(({ line, message }) => `line ${line}: ${message}`),
    ...requiredRows.flatMap((id) => {
      const count = page.rows.filter((row) => row.id === id).length;
      const isUnreadable = page.problems.some(({ message }) => message.startsWith(`${id}:`));
      if (count === 1 || (count === 0 && isUnreadable)) return [];
      return [count === 0 ? `${id} is missing: add its row` : `${id} is listed ${count} times: keep one row`];
    }),
    ...page.rows
      .filter((row) => !requiredRows.includes(row.id))
      .map((row) => `line ${row.line}: the page has no requirement ${row.id}`),
    ...page.rows.flatMap((row) =>
      row.proofs.flatMap((proof) => {
        const problem = problemOfProof(proof, tests);
        return problem === undefined ? [] : [describeProof(row, proof, problem)];
      }),
    ),
  ];
}

function problemOfProof(proof: TestReference, tests: readonly TestResult[]): string | undefined {
  const inFile = tests.filter((test) => test.file === proof.file);
  if (inFile.length === 0) return 'no test of this file has run';
  const named = inFile.filter((test) => test.title === proof.title);
  if (named.length === 0) return 'this file has no test with that title';
  const bad = named.find((test) => test.status !== 'passed');
  return bad === undefined ? undefined : `the test was ${bad.status}`;
}

function describeProof(row: PageRow, proof: TestReference, problem: string): string {
  return `line ${row.line}: ${row.id}: ${problem}: ${proof.file} > ${proof.title}`;
}
