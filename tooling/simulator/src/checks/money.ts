import {
  MONEY_EVENTS,
  standingAtEnd,
  type End,
  type MoneyEvent,
  type MoneyStanding,
} from '@agrenting-hiclaw/core/domain';
import type { HiringRow } from '../disk.ts';
import type { Listing } from '../outside/marketplace.ts';
import type { Violations } from '../violations.ts';

/** From which standings each event leads, and to which. */
const EVENT_FROM: Readonly<Record<MoneyEvent, readonly MoneyStanding[]>> = {
  dispute_opened: ['paid', 'unpaid'],
  dispute_resolved: ['paid_disputed', 'unpaid_disputed'],
  payment_reversed: ['paid', 'paid_disputed'],
  payment_released: ['unpaid', 'unpaid_disputed'],
};

const isMoneyEvent = (text: string): text is MoneyEvent => Object.hasOwn(MONEY_EVENTS, text);

/** Reads the money of ended attempts off the history, from which alerts are made: the same is never told twice. */
export class ReportedMoney {
  readonly #violations: Violations;
  readonly #standings = new Map<string, readonly MoneyStanding[]>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  ended(name: string, end: End): void {
    // What is disputed when it ends is known by then, and is no news.
    const known = standingAtEnd(end);
    this.#standings.set(name, end === 'cancelled' ? [known, 'unpaid_disputed'] : [known]);
  }

  told(name: string, event: string): void {
    if (!isMoneyEvent(event)) return;
    const before = this.#standings.get(name) ?? [];
    const from = EVENT_FROM[event].filter((standing) => before.includes(standing));
    if (from.length === 0) {
      const rule = 'what happens to the money is reported once';
      this.#violations.add('doubled', rule, `${name}: ${event} after ${before.join(' or ')}`);
    }
    this.#standings.set(
      name,
      from.map((standing) => afterwards(event, standing)),
    );
  }
}

function afterwards(event: MoneyEvent, from: MoneyStanding): MoneyStanding {
  switch (event) {
    case 'dispute_opened':
      return from === 'paid' ? 'paid_disputed' : 'unpaid_disputed';
    case 'dispute_resolved':
      return from === 'paid_disputed' ? 'paid' : 'unpaid';
    case 'payment_reversed':
      return 'unpaid';
    case 'payment_released':
      return 'paid';
  }
}

/** What is wrong with the money of an ended hiring as it is known here; undefined when it is as the marketplace has it. */
export function moneyOwed({ state, money }: HiringRow, { status }: Listing): string | undefined {
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return undefined;
  const standing = `is ${state} and ${money}, on the marketplace ${status}`;
  switch (status) {
    case 'completed':
      return money === 'paid' ? undefined : standing;
    case 'failed':
    case 'cancelled':
    case 'refunded':
      return money === 'unpaid' ? undefined : standing;
    case 'disputed':
      return money === 'paid_disputed' || money === 'unpaid_disputed' ? undefined : standing;
    case 'queued':
    case 'paid':
    case 'in_progress':
      return undefined;
  }
}
