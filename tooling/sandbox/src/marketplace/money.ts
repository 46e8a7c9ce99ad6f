/**
 * Money is whole cents inside and decimal strings outside; no amount is ever a floating point number
 * (Agrenting API reference, 6.4).
 */

const decimal = /^(\d{1,12})(?:\.(\d{1,8}))?$/;

/**
 * Cents of a decimal string such as `"12.5"`, or of a JSON number, which the marketplace was seen to accept too
 * (Agrenting API reference, 4.1). Up to eight decimals may be written (13.5), but the ledger holds cents: anything but
 * zeros beyond the second decimal gives `undefined`, as does everything that is not an amount.
 */
export function parseCents(amount: string | number): number | undefined {
  const match = decimal.exec(typeof amount === 'number' ? String(amount) : amount);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (!/^\d{0,2}0*$/.test(fraction)) return undefined;
  return Number(match[1]) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
}

export function formatCents(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.abs(cents);
  return `${sign}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`;
}

/**
 * The platform's 5 % of a paid hire, rounded half up to the cent; the owner gets the rest, so fee and net always add up
 * to the price: 20 cents give 1 and 19 (Agrenting API reference, 6.4; the rounding is a choice, no source names one).
 */
export function feeOf(priceCents: number): number {
  return Math.floor((priceCents * 5 + 50) / 100);
}
