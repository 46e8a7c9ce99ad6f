import type { State } from '../hiring/states.ts';

/** What an operator is alerted to while a hiring continues automatically: nobody has to decide anything. */
export const CONCERN_CODES = [
  /** The marketplace has not taken the settlement for a while; it is read and sent again, less and less often. */
  'settlement_delayed',
] as const;

export type ConcernCode = (typeof CONCERN_CODES)[number];

export interface Concern {
  readonly code: ConcernCode;
  /** Since when it has been so. */
  readonly sinceMs: number;
}

/** What a hiring is in which something may be of concern. */
export interface Concerned {
  readonly state: State;
  readonly attempt?: { readonly progress: { readonly concern?: Concern | undefined } } | undefined;
}

/** What is of concern about a hiring as it is now. */
export function concernOf({ state, attempt }: Concerned): Concern | undefined {
  return state === 'settling' ? attempt?.progress.concern : undefined;
}
