import { describe, expect, test } from 'vitest';
import { parseAttackers, parsePage } from './page.ts';

describe('a row of the page', () => {
  test('is open without proof', () => {
    expect(
      parsePage('# Title\n\n| # | What | Proof |\n| --- | --- | --- |\n| A1 | Asked | open |\n'),
    ).toEqual({
      rows: [{ id: 'A1', line: 5, milestones: [] }],
      problems: [],
    });
  });

  test('names the test that proves it', () => {
    expect(parsePage('| B6 | Pong | `packages/core/src/a.test.ts > ping > is answered` |').rows).toEqual([
      {
        id: 'B6',
        line: 1,
        milestones: [{ file: 'packages/core/src/a.test.ts', title: 'ping > is answered' }],
      },
    ]);
  });

  test.each([['<br>'], ['<br />'], [', '], [' ']])(
    'may name several tests, with %j between them',
    (separator) => {
      const cell = ['`a.test.ts > one`', '`b.test.ts > two`'].join(separator);
      expect(parsePage(`| C3 | What | ${cell} |`).rows[0]?.milestones).toEqual([
        { file: 'a.test.ts', title: 'one' },
        { file: 'b.test.ts', title: 'two' },
      ]);
    },
  );

  test('takes a title with a bar, an arrow or a backtick as it is', () => {
    const title = 'reads a | b > c, then `d`';
    expect(
      parsePage('| D1 | What | ``a.test.ts > reads a \\| b > c, then `d` `` |').rows[0]?.milestones,
    ).toEqual([{ file: 'a.test.ts', title }]);
  });

  test.each([
    ['empty', ''],
    ['in other words', 'not yet'],
    ['a test beside other words', '`a.test.ts > one` soon'],
    ['a test that is no code', 'a.test.ts > one'],
    ['a file without a title', '`a.test.ts`'],
    ['a file that is no test', '`a.ts > one`'],
    ['open beside a test', 'open `a.test.ts > one`'],
  ])('is a problem when its proof is %s', (_, cell) => {
    const page = parsePage(`| A1 | What | ${cell} |`);
    expect(page.rows).toEqual([]);
    expect(page.problems).toMatchObject([
      { line: 1, message: expect.stringMatching(/^A1: expected `open`/) },
    ]);
  });

  test('is a problem when it has too few or too many cells', () => {
    expect(parsePage('| A1 | open |\n| A2 | What | more | open |').problems).toHaveLength(2);
  });
});

describe('what an attacker cannot do', () => {
  const cannot = (item: string): string => `## A hirer\n\n### Can\n\n- Ask.\n\n### Cannot\n\n${item}\n`;

  test('is an item with the tests that show it below', () => {
    const tests = '  - `a.test.ts > one`\n  - `b.test.ts > two > three`';
    expect(parseAttackers(cannot(`- Do this,\n  or that.\n${tests}\n- Do more.\n${tests}`))).toEqual({
      rows: [9, 13].map((line) => ({
        id: 'A hirer',
        line,
        milestones: [
          { file: 'a.test.ts', title: 'one' },
          { file: 'b.test.ts', title: 'two > three' },
        ],
      })),
      problems: [],
    });
  });

  test.each([
    ['no test', '- Do this.', 9],
    ['a test in the line itself', '- Do this: `a.test.ts > one`', 9],
    ['words for a test', '- Do this.\n  - `a.test.ts > one`\n  - soon', 11],
    ['a file without a title', '- Do this.\n  - `a.test.ts > one`\n  - `a.test.ts`', 11],
  ])('is a problem with %s', (_, item, line) => {
    expect(parseAttackers(cannot(item)).problems).toMatchObject([
      { line, message: expect.stringMatching(/^A hirer: expected/) },
    ]);
  });

  test('is not looked for elsewhere', () => {
    expect(parseAttackers('## A hirer\n\n### Can\n\n- Ask.\n  - soon\n')).toEqual({ rows: [], problems: [] });
  });
});
