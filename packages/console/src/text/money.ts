const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Whole cents, as dollars. */
export function moneyOfCents(cents: number): string {
  return dollars.format(cents / 100);
}

/** A price as the marketplace has it: a decimal string. What is no amount is shown as it came. */
export function moneyOfPrice(price: string | null): string {
  if (price === null || price === '') return '–';
  return /^\d{1,12}(\.\d{1,6})?$/.test(price) ? dollars.format(Number(price)) : price;
}
