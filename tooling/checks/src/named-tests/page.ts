import { parseReferences, type TestReference } from './references.ts';

/** One statement of a page, with the tests that show it. */
export interface PageRow {
  /** What it belongs to: a requirement, or an attacker. */
  readonly id: string;
  /** Where it is in the document, counted from 1. */
  readonly line: number;
  /** None while a requirement is open. */
  readonly milestones: readonly TestReference[];
}

/** A row that cannot be read. */
export interface PageProblem {
  readonly line: number;
  readonly message: string;
}

/** What a document says. */
export interface Page {
  readonly rows: readonly PageRow[];
  readonly problems: readonly PageProblem[];
}

const TESTS = 'tests as code, one after the other: `packages/core/src/x.test.ts > describe > test`';

/**
 * Reads the tables of a document. A row is `| A1 | what is asked | proof |`. Its proof is the word open, or one code
 * span per test; between them may stand `<br>`, commas and spaces. A `|` inside a title is written `\|`.
 */
export function parsePage(markdown: string): Page {
  const rows: PageRow[] = [];
  const problems: PageProblem[] = [];
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    const cells = cellsOf(text);
    const id = cells?.[0];
    if (cells === undefined || id === undefined || !/^[A-Z]\d*$/.test(id)) continue;
    const milestones = cells.length === 3 ? parseProof(cells[2] ?? '') : undefined;
    if (milestones === undefined) problems.push({ line, message: `${id}: expected \`open\`, or ${TESTS}` });
    else rows.push({ id, line, milestones });
  }
  return { rows, problems };
}

/**
 * Reads what attackers cannot do. Each attacker is a heading of the second level; below its heading `### Cannot` stands a list, each item of
 * which has a list of its own: one test as code in each line.
 */
export function parseAttackers(markdown: string): Page {
  const rows: PageRow[] = [];
  const problems: PageProblem[] = [];
  let attacker = '';
  let isInList = false;
  let item: { readonly line: number; readonly milestones: TestReference[] } | undefined;

  const finishItem = (): void => {
    if (item?.milestones.length === 0) {
      problems.push({ line: item.line, message: `${attacker}: expected below it a list of ${TESTS}` });
    } else if (item !== undefined) rows.push({ id: attacker, ...item });
    item = undefined;
  };

  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    const [, marks, title] = /^(#+) (.+)$/.exec(text) ?? [];
    if (marks !== undefined && title !== undefined) {
      finishItem();
      if (marks === '##') attacker = title;
      isInList = marks === '###' && title === 'Cannot';
    } else if (isInList && text.startsWith('- ')) {
      finishItem();
      item = { line, milestones: [] };
    } else if (/^\s+- /.test(text) && item !== undefined) {
      const milestones = parseReferences(text.replace(/^\s+- /, ''));
      if (milestones === undefined) problems.push({ line, message: `${attacker}: expected ${TESTS}` });
      else item.milestones.push(...milestones);
    }
  }
  finishItem();
  return { rows, problems };
}

function cellsOf(line: string): readonly string[] | undefined {
  const inner = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
  return inner?.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function parseProof(cell: string): readonly TestReference[] | undefined {
  return cell === 'open' ? [] : parseReferences(cell);
}
