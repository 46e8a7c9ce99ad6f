/** A caller broke a rule that holds the system together: a bug of ours, never a condition of the outside. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
