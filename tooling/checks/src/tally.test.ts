import { describe, expect, test } from 'vitest';
import { addTallies, tallyLine, tallyOfStage, tallyOfTests } from './tally.ts';
import type { TestReport, TestStatus } from './test-report.ts';

function report(statuses: readonly TestStatus[], failedFiles: readonly string[] = []): TestReport {
  return {
    tests: statuses.map((status, index) => ({ file: 'a.test.ts', title: String(index), status })),
    failedFiles,
  };
}

describe('the tally', () => {
  test('counts each test and each other stage', () => {
    const tests = tallyOfTests(false, report(['passed', 'passed', 'failed'], ['b.test.ts']));
    expect(tallyLine(addTallies(tests, tallyOfStage(true), tallyOfStage(false)))).toBe('3 passed, 3 failed');
  });

  test('mentions skipped tests only when there are some', () => {
    expect(tallyLine(tallyOfTests(true, report(['passed', 'skipped'])))).toBe(
      '1 passed, 0 failed, 1 skipped',
    );
  });

  test.each<[string, boolean, TestReport | undefined]>([
    ['without a report', true, undefined],
    ['without a test', true, report([])],
    ['that failed outside all tests', false, report([])],
  ])('counts a run %s as one failure', (_, succeeded, runReport) => {
    expect(tallyOfTests(succeeded, runReport)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('counts an error outside all tests beside the tests that passed', () => {
    expect(tallyOfTests(false, report(['passed']))).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});
