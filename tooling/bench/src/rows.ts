/** One figure of a benchmark. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Such as `<= 15`; undefined for a figure that only explains another. */
  readonly goal: string | undefined;
  readonly ok: boolean;
}

/** A figure that should be at most `most`. */
export function atMost(name: string, value: number, unit: string, most: number): Row {
  return { name, value: rounded(value), unit, goal: `<= ${most}`, ok: value <= most };
}

/** A figure that should be at least `least`. */
export function atLeast(name: string, value: number, unit: string, least: number): Row {
  return { name, value: rounded(value), unit, goal: `>= ${least}`, ok: value >= least };
}

/** A figure without a goal. */
export function figure(name: string, value: number, unit: string): Row {
  return { name, value: rounded(value), unit, goal: undefined, ok: true };
}

/** The rows as a table for a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'value', 'unit', 'goal', ''],
    ...rows.map(({ name, value, unit, goal, ok }) => [
      name,
      String(value),
      unit,
      goal ?? '',
      goal === undefined ? '' : ok ? 'ok' : 'missed',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The last line with `--json`. */
export function lastLine(bench: string, rows: readonly Row[]): string {
  return JSON.stringify({
    bench,
    rows: rows.map(({ name, value, unit, goal, ok }) => ({ name, value, unit, goal: goal ?? null, ok })),
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
