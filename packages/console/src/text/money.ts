const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Whole cents, as dollars. */
export function moneyOfCents(cents: number): string {
  return dollars.format(cents / 100);
}

const MAX_SHOWN = 40;

/** A price as the marketplace has it: a decimal string. What is no amount is quoted, so that it is no word of ours. */
export function moneyOfPrice(price: string | null): string {
  if (price === null || price === '') return '–';
  return /^\d{1,12}(\.\d{1,8})?$/.test(price)
    ? dollars.format(Number(price))
    : `unreadable (“${price.replace(/[“”"]/g, "'").slice(0, MAX_SHOWN)}”)`;
}
