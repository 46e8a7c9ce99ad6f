/** The value that a share of all values does not exceed, such as 0.99. Throws for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('no values were measured');
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
