import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MONEY_EVENTS, MONEY_STANDINGS, moneyChange, standingAtEnd } from './ended-money.ts';
import { nextEndedRereadAtMs } from '../policies/ended-reread.ts';
import { ENDS } from '../hiring/states.ts';

const HOUR_MS = 3_600_000;

describe('the money of an ended hiring', () => {
  test.each([
    ['paid', 'completed', undefined, undefined],
    ['paid', 'disputed', 'paid_disputed', 'dispute_opened'],
    ['paid', 'refunded', 'unpaid', 'payment_reversed'],
    ['paid', 'failed', 'unpaid', 'payment_reversed'],
    ['paid', 'cancelled', 'unpaid', 'payment_reversed'],
    ['paid_disputed', 'disputed', undefined, undefined],
    ['paid_disputed', 'completed', 'paid', 'dispute_resolved'],
    ['paid_disputed', 'refunded', 'unpaid', 'payment_reversed'],
    ['unpaid', 'refunded', undefined, undefined],
    ['unpaid', 'disputed', 'unpaid_disputed', 'dispute_opened'],
    ['unpaid', 'completed', 'paid', 'payment_released'],
    ['unpaid_disputed', 'refunded', 'unpaid', 'dispute_resolved'],
    ['unpaid_disputed', 'completed', 'paid', 'payment_released'],
    ['paid', 'in_progress', undefined, undefined],
    ['paid', 'a word that nobody knows', undefined, undefined],
  ] as const)('%s, read as %s: %s by %s', (from, status, to, event) => {
    expect(moneyChange(from, { status })).toEqual(to === undefined ? undefined : { from, to, event });
  });

  test('changes nothing twice, and what is paid in the end is what the events say', () => {
    const statuses = fc.constantFrom('completed', 'disputed', 'refunded', 'failed', 'cancelled', 'queued');
    fc.assert(
      fc.property(fc.constantFrom(...ENDS), fc.array(statuses), (end, reads) => {
        let standing = standingAtEnd(end);
        let paid = end === 'completed' ? 1 : 0;
        for (const status of reads) {
          const change = moneyChange(standing, { status });
          if (change === undefined) continue;
          expect(change.from).toBe(standing);
          standing = change.to;
          if (change.event === 'payment_reversed') paid -= 1;
          if (change.event === 'payment_released') paid += 1;
          expect(moneyChange(standing, { status })).toBeUndefined();
        }
        expect(standing.startsWith('paid')).toBe(paid === 1);
        expect([0, 1]).toContain(paid);
      }),
    );
  });

  test('has an event for each change, and no other', () => {
    const events = MONEY_STANDINGS.flatMap((from) =>
      ['completed', 'disputed', 'refunded'].flatMap((status) => moneyChange(from, { status })?.event ?? []),
    );
    expect(new Set(events)).toEqual(new Set(Object.keys(MONEY_EVENTS)));
  });
});

test('an ended hiring is read after an hour, six hours later, and then once a day', () => {
  const readsAtMs: number[] = [];
  for (let atMs = 0; readsAtMs.length < 5; readsAtMs.push(atMs)) atMs = nextEndedRereadAtMs(0, atMs);
  expect(readsAtMs).toEqual([HOUR_MS, 7 * HOUR_MS, 31 * HOUR_MS, 55 * HOUR_MS, 79 * HOUR_MS]);
});
