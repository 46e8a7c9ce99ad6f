import { inQuotes, parseCents } from '@agrenting-hiclaw/core/domain';

/** The price if it is an amount; otherwise its text, quoted. */
export function shownPrice(price: string): string {
  return parseCents(price) === undefined ? inQuotes(price, 40) : `$${price.trim()}`;
}
