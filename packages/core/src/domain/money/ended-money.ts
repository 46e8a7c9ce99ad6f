import { moneyOfStatus, type Hiring } from '../hiring/hiring.ts';
import type { End } from '../hiring/states.ts';

/**
 * What happens to the money of a hiring after its end, in the words that the history shows. Its state stays as it is: an
 * end never changes, what was paid for it may (Agrenting API reference, 6.1 and 11.3).
 */
export const MONEY_EVENTS = {
  dispute_opened:
    'the hirer disputes the hiring; the marketplace holds its money until the dispute is resolved',
  dispute_resolved: 'the dispute is resolved without a change of the payment',
  payment_reversed: 'the marketplace reversed the payment',
  payment_released: 'the marketplace paid for the hiring after it had ended without payment',
} as const;

export type MoneyEvent = keyof typeof MONEY_EVENTS;

/** Whether an ended hiring counts as paid, and whether that is disputed. */
export const MONEY_STANDINGS = ['paid', 'unpaid', 'paid_disputed', 'unpaid_disputed'] as const;
export type MoneyStanding = (typeof MONEY_STANDINGS)[number];

/** What a read of an ended hiring changes in its money. */
export interface MoneyChange {
  /** What was known before: it applies to nothing else. */
  readonly from: MoneyStanding;
  readonly to: MoneyStanding;
  readonly event: MoneyEvent;
}

/** How the money stands when a hiring comes to its end. */
export function standingAtEnd(end: End, status?: string): MoneyStanding {
  if (end === 'completed') return 'paid';
  const isDisputed = status !== undefined && moneyOfStatus({ status }) === 'disputed';
  return isDisputed ? 'unpaid_disputed' : 'unpaid';
}

/**
 * What the marketplace's word for an ended hiring says of its money; undefined when that is known, or when the word says
 * nothing about money.
 */
export function moneyChange(from: MoneyStanding, hiring: Pick<Hiring, 'status'>): MoneyChange | undefined {
  const to = standingOfStatus(from, hiring);
  return to === undefined || to === from ? undefined : { from, to, event: eventOf(from, to) };
}

function standingOfStatus(from: MoneyStanding, hiring: Pick<Hiring, 'status'>): MoneyStanding | undefined {
  const money = moneyOfStatus(hiring);
  if (money === 'disputed') return isPaid(from) ? 'paid_disputed' : 'unpaid_disputed';
  return money;
}

function eventOf(from: MoneyStanding, to: MoneyStanding): MoneyEvent {
  if (isPaid(from) !== isPaid(to)) return isPaid(to) ? 'payment_released' : 'payment_reversed';
  return to === 'paid' || to === 'unpaid' ? 'dispute_resolved' : 'dispute_opened';
}

function isPaid(standing: MoneyStanding): boolean {
  return standing === 'paid' || standing === 'paid_disputed';
}
