/** The marketplace's share of paid work, in percent (Agrenting API reference, 6.4). */
const PLATFORM_FEE_PERCENT = 5n;

/** Places behind the point that an amount may have. */
const PLACES = 8;
const UNITS_PER_CENT = 10n ** BigInt(PLACES - 2);

/**
 * A decimal string such as `"25.00"` in hundred-millionths of a dollar, for comparing without rounding; undefined when the
 * text is no amount: digits of ASCII with a point, and nothing else. Prices are never floats (Agrenting API reference, 6.4).
 */
export function parseAmount(amount: string): bigint | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,8}))?$/.exec(amount.trim());
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return BigInt(`${whole}${fraction.padEnd(PLACES, '0')}`);
}

/** The same in whole cents, half a cent rounded up. */
export function parseCents(amount: string): bigint | undefined {
  const units = parseAmount(amount);
  return units === undefined ? undefined : (units + UNITS_PER_CENT / 2n) / UNITS_PER_CENT;
}

/** Whole cents as a decimal string with two digits behind the point. */
export function formatCents(cents: bigint): string {
  const sign = cents < 0n ? '-' : '';
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What one paid hiring comes to, in whole cents; `grossCents` is always `feeCents` and `netCents` together. */
export interface Earning {
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly netCents: bigint;
}

/**
 * What a hiring of this price comes to: the price in whole cents, half a cent rounded up; the fee, 5 % of
 * these cents, half a cent rounded up; and the rest. By whole numbers alone, each hiring for itself, so
 * that sums are exact. A forecast, because the marketplace does not say how it rounds its fee (Agrenting
 * API reference, 6.4 and 21 #23). A hiring without a price is free. Undefined when the price is no amount.
 */
export function earningOf(price: string | undefined): Earning | undefined {
  const grossCents = parseCents(price ?? '0');
  if (grossCents === undefined) return undefined;
  const feeCents = (grossCents * PLATFORM_FEE_PERCENT + 50n) / 100n;
  return { grossCents, feeCents, netCents: grossCents - feeCents };
}

/** What the owner may expect for a price, as a decimal string: see `earningOf`. Undefined when the price is no amount. */
export function forecastPayout(price: string): string | undefined {
  const earning = earningOf(price);
  return earning === undefined ? undefined : formatCents(earning.netCents);
}
