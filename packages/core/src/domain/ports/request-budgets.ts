/** What is known of one key at the marketplace: how much it may ask, and whether it is taken. */
export interface RequestBudget {
  /** Requests in a window of a minute. */
  readonly perWindow: number;
  /** Until when the limit counts that the marketplace named, unless it names it again; 0 for one that was learned from its refusals, and grows again. */
  readonly statedUntilMs: number;
  /** When the present window began. */
  readonly windowAtMs: number;
  /** Requests that are left in it. */
  readonly left: number;
  /** The marketplace asked for patience: nothing goes out before. */
  readonly heldUntilMs: number;
  /** How long is waited between two questions whether the key is taken; 0 while it is. */
  readonly refusedWaitMs: number;
  /** When that may be asked again. */
  readonly askAtMs: number;
  /** Until when somebody is taken to be asking; 0 while nobody is. */
  readonly askingUntilMs: number;
}

/** What a change of a budget came to; without `after` it stays as it was. */
export interface BudgetChange<Outcome> {
  readonly after?: RequestBudget | undefined;
  readonly outcome: Outcome;
}

/** The budgets of all keys, shared by all processes of one store: a limit of the marketplace is one for the key, no matter who asks. */
export interface RequestBudgets {
  /** Reads a budget and puts the changed one in its place, with nobody in between. A loss of power may undo it. */
  change<Outcome>(
    name: string,
    change: (before: RequestBudget | undefined) => BudgetChange<Outcome>,
  ): Promise<Outcome>;
}
