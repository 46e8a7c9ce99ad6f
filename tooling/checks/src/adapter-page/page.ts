/** A test that proves a requirement. */
export interface TestReference {
  /** Relative to the root folder. */
  readonly file: string;
  /** As vitest prints it: `describe > ... > test`. */
  readonly title: string;
}

/** One requirement of the page. */
export interface PageRow {
  readonly id: string;
  /** Where it stands in the document, counted from 1. */
  readonly line: number;
  /** The tests that prove it; none while it is open. */
  readonly proofs: readonly TestReference[];
}

/** A row that cannot be read. */
export interface PageProblem {
  readonly line: number;
  readonly message: string;
}

/** What the document says. */
export interface Page {
  readonly rows: readonly PageRow[];
  readonly problems: readonly PageProblem[];
}

const expectedProof =
  'expected `open`, or tests as code, one after the other: `packages/core/src/x.test.ts > describe > test`';

/**
 * Reads the tables of the document. A row is `| A1 | what is asked | proof |`. Its proof is the word open, or one code
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
    const proofs = cells.length === 3 ? parseProof(cells[2] ?? '') : undefined;
    if (proofs === undefined) problems.push({ line, message: `${id}: ${expectedProof}` });
    else rows.push({ id, line, proofs });
  }
  return { rows, problems };
}

function cellsOf(line: string): readonly string[] | undefined {
  const inner = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
  return inner?.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function parseProof(cell: string): readonly TestReference[] | undefined {
  if (cell === 'open') return [];
  // A span begins and ends with the same number of backticks, so that a title may hold some.
  const span = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;
  if (cell.replaceAll(span, '').replaceAll(/<br\s*\/?>|,|\s/g, '') !== '') return undefined;
  const references = [...cell.matchAll(span)].map((match) => parseReference((match[2] ?? '').trim()));
  const proofs = references.filter((reference) => reference !== undefined);
  return references.length > 0 && proofs.length === references.length ? proofs : undefined;
}

function parseReference(text: string): TestReference | undefined {
  const match = /^(\S+\.test\.ts) > (.+)$/.exec(text);
  const [, file, title] = match ?? [];
  return file === undefined || title === undefined ? undefined : { file, title };
}
