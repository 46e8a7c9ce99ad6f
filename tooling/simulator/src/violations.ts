/** `lost`: something that was promised did not happen. `doubled`: it happened more than once. `broken`: any other rule. */
export type ViolationKind = 'lost' | 'doubled' | 'broken';

export interface Violation {
  readonly kind: ViolationKind;
  readonly rule: string;
  readonly detail: string;
}

/** Rules that were seen broken in one run; each rule once, because the first sight explains the rest. */
export class Violations {
  readonly #found = new Map<string, Violation>();
  readonly #onFound: (violation: Violation) => void;

  constructor(onFound: (violation: Violation) => void) {
    this.#onFound = onFound;
  }

  add(kind: ViolationKind, rule: string, detail: string): void {
    if (this.#found.has(rule)) return;
    const violation = { kind, rule, detail };
    this.#found.set(rule, violation);
    this.#onFound(violation);
  }

  get all(): readonly Violation[] {
    return [...this.#found.values()];
  }
}
