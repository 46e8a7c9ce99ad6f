import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import { folded, rowsOf, USUAL_COLUMNS } from './fold.ts';
import { painted, type Style } from './paint.ts';
import type { Terminal } from './terminal.ts';

/** Colours the text where somebody looks at it. */
export function styled({ colours }: Pick<Terminal, 'colours'>, style: Style, text: string): string {
  return colours ? painted(style, text) : text;
}

const BAR = '  | ';

/**
 * Words of somebody else as a block of their own: no line of it can be taken for one of ours, and none is so long that the
 * terminal breaks it.
 */
export function block({ columns = USUAL_COLUMNS }: Pick<Terminal, 'columns'>, text: string): string {
  return text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .flatMap((line) => rowsOf(line, columns - BAR.length))
    .map((line) => `${BAR}${line}`.trimEnd())
    .join('\n');
}

export type Mark = 'ok' | 'warning' | 'failed' | 'skipped' | 'change';

const MARKS: Readonly<Record<Mark, readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
  change: ['+', 'cyan'],
};

export function mark(terminal: Terminal, kind: Mark): string {
  const [sign, style] = MARKS[kind];
  return styled(terminal, style, sign);
}

/** Where what is broken off a row stands: no first cell is there. */
const ROW_INDENT = 4;

/** Rows in columns as wide as their cells, with a line of headings; nothing for no rows. */
export function table(
  terminal: Pick<Terminal, 'colours' | 'columns'>,
  headings: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  if (cells.length === 0) return '';
  // A cell of two lines could look like a row of ours.
  const rows = cells.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    styled(terminal, 'bold', line(headings)),
    ...rows.map((row) => folded(terminal, line(row), ROW_INDENT)),
  ].join('\n');
}

/** What a program reads: one document, however much there is. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.print(`${sanitizeJson(JSON.stringify(value, undefined, 2))}\n`);
}

/** A moment in ISO form, as far as people read it. */
export function shortTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
