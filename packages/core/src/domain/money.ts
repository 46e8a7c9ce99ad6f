/** The marketplace's share of paid work, in percent (Agrenting API reference, 6.4). */
const PLATFORM_FEE_PERCENT = 5n;

/**
 * A decimal string such as `"25.00"` in whole cents, half a cent rounded up; undefined when the text
 * is no amount. Prices are never floats (Agrenting API reference, 6.4).
 */
export function parseCents(amount: string): bigint | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,8}))?$/.exec(amount.trim());
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const hundredths = fraction.padEnd(3, '0');
  const roundedUp = hundredths.charCodeAt(2) >= '5'.charCodeAt(0) ? 1n : 0n;
  return BigInt(whole) * 100n + BigInt(hundredths.slice(0, 2)) + roundedUp;
}

/** Whole cents as a decimal string with two digits behind the point. */
export function formatCents(cents: bigint): string {
  const sign = cents < 0n ? '-' : '';
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * What the owner may expect for a price: a forecast only, because the marketplace does not say how
 * it rounds its fee (Agrenting API reference, 21 #23). Undefined when the price is no amount.
 */
export function forecastPayout(price: string): string | undefined {
  const cents = parseCents(price);
  if (cents === undefined) return undefined;
  const fee = (cents * PLATFORM_FEE_PERCENT + 50n) / 100n;
  return formatCents(cents - fee);
}
