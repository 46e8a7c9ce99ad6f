import { inQuotes, parseCents } from '@agrenting-hiclaw/core/domain';

/** The price, where it is an amount; else what stands in its place, quoted. */
export function shownPrice(price: string): string {
  return parseCents(price) === undefined ? inQuotes(price, 40) : `$${price.trim()}`;
}
