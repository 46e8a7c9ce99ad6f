/** What the demo shows: text for a person, or one JSON line per event. */
export interface Screen {
  /** A line for a person; left out with `--json`. */
  say(text: string): void;
  /** An event; for a person, as the text. */
  show(event: Readonly<Record<string, unknown>>, text: string): void;
  /** Only for programs. */
  tell(event: Readonly<Record<string, unknown>>): void;
}

/** What workers and hirers wrote must not move the cursor or hide a line; what a terminal would obey is left out. */
const OBEYED = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\t\u200c\u200d]]/gv;

export function sanitize(text: string): string {
  return text.replace(OBEYED, '');
}

export function createScreen(json: boolean): Screen {
  const print = (text: string): void => console.log(sanitize(text));
  return {
    say: (text) => (json ? undefined : print(text)),
    show: (event, text) => print(json ? JSON.stringify(event) : text),
    tell: (event) => (json ? print(JSON.stringify(event)) : undefined),
  };
}

/** Rows under a heading, each column as wide as its widest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_cell, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}
