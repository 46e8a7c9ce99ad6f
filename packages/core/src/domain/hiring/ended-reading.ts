import { resolveAttempt } from './attempt.ts';
import { moneyChange, type MoneyChange } from '../money/ended-money.ts';
import { standingOf, statusWord, type Hiring } from './hiring.ts';
import type { HiringRecord } from './hiring-record.ts';

/** What a read of an ended hiring shows beside that it has ended. */
export interface EndedReading {
  /** What changed in its money, and what the marketplace said, in our words. */
  readonly money?: { readonly change: MoneyChange; readonly cause: string } | undefined;
  /** True when it is at work on the marketplace, and nobody heard of it. */
  readonly wake?: boolean | undefined;
}

/** What a read of a hiring that has ended here shows; its end stays what it is. */
export function endedReadingOf(record: HiringRecord, hiring: Hiring): EndedReading {
  const { attempt, state, money } = record;
  const known = attempt === undefined ? undefined : { number: attempt.number, marker: attempt.marker, state };
  const resolution = known === undefined ? { kind: 'same' as const } : resolveAttempt(known, hiring);
  // The hirer had it run again, and nobody heard of it.
  if (resolution.kind === 'next') return { wake: true };
  if (resolution.kind === 'stale' || money === undefined) return {};
  if (known === undefined && standingOf(hiring) === 'active') return { wake: true };
  const change = moneyChange(money, hiring);
  if (change === undefined) return {};
  return { money: { change, cause: `the marketplace reports it as ${statusWord(hiring)}` } };
}
