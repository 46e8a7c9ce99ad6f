import type { Limits } from '../api/schemas.ts';

/** What a listing is made of, as it is typed. */
export type ListingName = 'worker' | 'name' | 'description' | 'capabilities' | 'price';
export type Typed = Readonly<Record<ListingName, string>>;

/** Capabilities, one a line or with commas between them. */
export function capabilitiesOf(text: string): readonly string[] {
  const parts = text.split(/[\n,]/).map((part) => part.trim());
  return [...new Set(parts)].filter((part) => part !== '');
}

type Check = (text: string, limits: Limits) => string | undefined;
const CHECKS: Readonly<Record<ListingName, Check>> = {
  worker: (text) => (/^[a-z0-9][a-z0-9-]{0,127}$/.test(text) ? undefined : 'Choose a worker.'),
  name: (text) => (text.trim() === '' ? 'Enter a name to show to hirers.' : undefined),
  description: (text) => (text.trim() === '' ? 'Describe briefly what it does for hirers.' : undefined),
  capabilities: (text, { capabilities: most, capabilityCharacters }) => {
    const all = capabilitiesOf(text);
    if (all.length === 0) return 'Enter at least one, such as translation.';
    if (all.length > most) return `Enter at most ${most}; there are ${all.length}.`;
    const long = all.find((one) => one.length > capabilityCharacters);
    return long === undefined
      ? undefined
      : `“${long.slice(0, 20)}…” is longer than ${capabilityCharacters} characters.`;
  },
  price: (text) =>
    /^\d{1,9}(\.\d{1,2})?$/.test(text.trim())
      ? undefined
      : 'Enter dollars with at most two decimals: 25 or 25.50.',
};

/** What is wrong with the fields that are asked about, each with how it would be right. */
export function problemsOf(
  typed: Typed,
  names: readonly ListingName[],
  limits: Limits,
): Readonly<Partial<Record<ListingName, string>>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const problem = CHECKS[name](typed[name], limits);
      return problem === undefined ? [] : [[name, problem]];
    }),
  );
}
