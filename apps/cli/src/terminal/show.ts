import { styleText } from 'node:util';
import type { Terminal } from './terminal.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours the text where somebody looks at it. */
export function styled({ colours }: Terminal, style: Style, text: string): string {
  return colours ? styleText(style, text, { validateStream: false }) : text;
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

/** Rows in columns as wide as what stands in them, with a line of headings; nothing for no rows. */
export function table(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [styled(terminal, 'bold', line(headings)), ...rows.map(line)].join('\n');
}

/** What a program reads: one document, however much there is. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.print(`${escaped(JSON.stringify(value, undefined, 2))}\n`);
}

/** The same document in characters that no terminal obeys and that are printed as they are. */
export function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    found === '\n'
      ? found
      : [...Array(found.length).keys()]
          .map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** A moment in ISO form, as far as people read it. */
export function shortTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
