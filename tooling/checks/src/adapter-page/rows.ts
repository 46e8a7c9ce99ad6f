const rowsPerGroup = { A: 8, B: 9, C: 14, D: 3, E: 4, F: 2, G: 4 };

/** Every requirement that the marketplace's HiClaw page makes: A1 to A8, B1 to B9, ..., and H for what it only mentions. */
export const requiredRows: readonly string[] = [
  ...Object.entries(rowsPerGroup).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
  ),
  'H',
];
