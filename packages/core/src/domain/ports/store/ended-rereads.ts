import type { MoneyChange } from '../../money/ended-money.ts';
import type { HiringRecord } from '../../hiring/hiring-record.ts';
import type { HiringId } from '../../hiring/ids.ts';

/** An ended hiring whose turn it is to be read again. */
export interface EndedReread {
  readonly hiringId: HiringId;
  readonly endedAtMs: number;
}

/** What a read of an ended hiring came to. */
export interface RereadOutcome {
  /** When it is read next; undefined for never again. */
  readonly nextAtMs: number | undefined;
  /** What changed in its money, and what the marketplace said, in our words. */
  readonly money?: { readonly change: MoneyChange; readonly cause: string } | undefined;
  /** True when it was run again: it is woken, and read by the process that works on it. */
  readonly wake?: boolean | undefined;
}

/** Ended hirings that are read again for a while, since nothing tells of a dispute or a refund. */
export interface EndedRereads {
  /** The longest due first. */
  due(nowMs: number, limit: number): Promise<readonly EndedReread[]>;
  /**
   * Notes what a read came to, all of it or nothing. False, and nothing is noted, when it is at work again, or its money was
   * noted meanwhile.
   */
  done(reread: EndedReread, record: HiringRecord, outcome: RereadOutcome, nowMs: number): Promise<boolean>;
}
