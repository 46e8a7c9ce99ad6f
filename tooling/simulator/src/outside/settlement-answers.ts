/**
 * How settlements are answered while something is wrong with the marketplace or a proxy in front of it: with an error or
 * nothing; with a success that is not the marketplace's; with a place in a queue; by no route and no tool; with a wish for patience; with a
 * refusal of the request or the key; with a word that the hiring may be over.
 */
export const SETTLEMENT_ANSWERS = [
  'lost',
  'success of another',
  'queued',
  'no way',
  'later',
  'refused',
  'unauthorized',
  'over',
] as const;

export type SettlementAnswer = (typeof SETTLEMENT_ANSWERS)[number];
