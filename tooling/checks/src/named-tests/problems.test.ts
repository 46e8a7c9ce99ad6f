import { describe, expect, test } from 'vitest';
import type { TestResult } from '../test-report.ts';
import { parseAttackers, parsePage } from './page.ts';
import { requiredRows, type Requirements } from './pages.ts';
import { problemsOf, type RunTests } from './problems.ts';

const passed: TestResult = { file: 'a.test.ts', title: 'group > one', status: 'passed' };
const proven = '| A1 | What | `a.test.ts > group > one` |';

const runOf = (tests: readonly TestResult[]): RunTests => ({ tests, mayRunElsewhere: () => false });

function problems(
  markdown: string,
  rows: readonly string[],
  tests: readonly TestResult[],
): readonly string[] {
  return problemsOf(parsePage(markdown), { ids: rows, rows: 'one' }, runOf(tests));
}

describe('the requirements', () => {
  test('are those of the page', () => {
    expect(requiredRows).toHaveLength(8 + 9 + 14 + 3 + 4 + 2 + 4 + 1);
    expect(requiredRows).toEqual(
      expect.arrayContaining(['A1', 'A8', 'B9', 'C14', 'D3', 'E4', 'F2', 'G4', 'H']),
    );
  });

  test('are met by an open row and by a test that passed', () => {
    expect(problems(`${proven}\n| A2 | What | open |`, ['A1', 'A2'], [passed])).toEqual([]);
  });

  test('are not met by a row that is missing', () => {
    expect(problems(proven, ['A1', 'A2'], [passed])).toEqual(['A2 is missing: add its row']);
  });

  test('are not met by an empty page', () => {
    expect(problems('', requiredRows, [passed])).toHaveLength(requiredRows.length);
  });

  test('stand in one row each', () => {
    expect(problems(`${proven}\n| A1 | What | open |`, ['A1'], [passed])).toEqual([
      'A1 is listed 2 times: keep one row',
    ]);
  });

  test('are no others than those of the page', () => {
    expect(problems(`${proven}\n| Z9 | What | open |`, ['A1'], [passed])).toEqual([
      'line 2: the page has no requirement Z9',
    ]);
  });

  test('that cannot be read are told once', () => {
    expect(problems('| A1 | What | soon |', ['A1'], [])).toEqual([
      expect.stringMatching(/^line 1: A1: expected/),
    ]);
  });
});

describe('a proof', () => {
  test.each<[string, readonly TestResult[], string]>([
    ['no test of the file has run', [], 'no test of this file has run'],
    ['the title is another', [{ ...passed, title: 'group > two' }], 'this file has no test with that title'],
    ['the test was skipped', [{ ...passed, status: 'skipped' }], 'the test was skipped'],
    ['the test failed', [{ ...passed, status: 'failed' }], 'the test was failed'],
    [
      'one of two tests with the title failed',
      [passed, { ...passed, status: 'failed' }],
      'the test was failed',
    ],
    ['the test is of another file', [{ ...passed, file: 'b.test.ts' }], 'no test of this file has run'],
  ])('is none when %s', (_, tests, problem) => {
    expect(problems(proven, ['A1'], tests)).toEqual([`line 1: A1: ${problem}: a.test.ts > group > one`]);
  });
});

describe('a proof that another run has to give', () => {
  const required: Requirements = { ids: ['A1'], rows: 'one' };
  const mayRunElsewhere = (file: string): boolean => file === 'a.test.ts';

  test('is not asked of this one', () => {
    expect(problemsOf(parsePage(proven), required, { tests: [], mayRunElsewhere })).toEqual([]);
  });

  test('is missing where its file is', () => {
    const gone = proven.replace('a.test.ts', 'gone.test.ts');
    expect(problemsOf(parsePage(gone), required, { tests: [], mayRunElsewhere })).toHaveLength(1);
  });
});

describe('what attackers cannot do', () => {
  const required: Requirements = { ids: ['A hirer', 'A worker'], rows: 'several' };
  const item = '- Do this.\n  - `a.test.ts > group > one`\n';
  const page = `## A hirer\n\n### Cannot\n\n${item}${item}\n## A worker\n\n### Cannot\n\n${item}`;

  test('is said of each of them, in as many items as there are', () => {
    expect(problemsOf(parseAttackers(page), required, runOf([passed]))).toEqual([]);
  });

  test('is missing where one is left out', () => {
    const short = page.slice(0, page.indexOf('## A worker'));
    expect(problemsOf(parseAttackers(short), required, runOf([passed]))).toEqual([
      'A worker is missing: add its row',
    ]);
  });

  test('is not shown by a test that failed', () => {
    expect(problemsOf(parseAttackers(page), required, runOf([{ ...passed, status: 'failed' }]))).toHaveLength(
      3,
    );
  });

  test('is of no others', () => {
    const more = `${page}\n## A stranger\n\n### Cannot\n\n${item}`;
    expect(problemsOf(parseAttackers(more), required, runOf([passed]))).toEqual([
      'line 21: the page has no requirement A stranger',
    ]);
  });
});
