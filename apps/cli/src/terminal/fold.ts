import { sanitize } from '@agrenting-hiclaw/core/sanitize';

/** What is printed for nobody's terminal is read on one that is about so wide. */
export const USUAL_COLUMNS = 80;
/** Narrower than that nothing can be kept apart. */
const MIN_WIDTH = 8;
const TAB = '    ';

/**
 * A line as rows of a terminal that leaves so many columns for it, so that none is broken by the terminal itself, whose
 * rest would begin where our own words do. What is shown by its code and tabs count as what is printed for them.
 */
export function rowsOf(line: string, columns: number): readonly string[] {
  const width = Math.max(MIN_WIDTH, columns);
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of sanitize(line).replaceAll('\t', TAB)) {
    const taken = columnsOf(character);
    if (used + taken > width) {
      rows.push(row);
      row = '';
      used = 0;
    }
    row += character;
    used += taken;
  }
  return [...rows, row];
}

/** A line of ours with words of others in it: what is broken off stands indented, where no line of ours begins. */
export function folded(
  { columns }: { readonly columns?: number | undefined },
  line: string,
  indent: number,
): string {
  if (columns === undefined) return line;
  return rowsOf(line, columns - indent).join(`\n${' '.repeat(indent)}`);
}

/** Many letters beyond ASCII are two columns wide, and which ones depends on the terminal: more than they take is no harm. */
function columnsOf(character: string): number {
  return character < '\u0080' ? 1 : 2;
}
