import type { Clock } from './clock.ts';
import { newId } from './identifiers.ts';
import { feeOf, formatCents } from './money.ts';
import { accepted, refused, type Outcome } from './refusal.ts';

export type LedgerKind = 'deposit' | 'hold' | 'release' | 'refund' | 'reversal';

/** One movement of money: its lines add up to zero. */
export interface LedgerEntry {
  id: string;
  at: string;
  kind: LedgerKind;
  hiringId: string | null;
  lines: { account: string; cents: number }[];
}

export interface LedgerAudit {
  /** Cents by account. `outside` is minus everything that was ever deposited. */
  accounts: Record<string, number>;
  balanced: boolean;
  /** What is wrong, in words; empty when balanced. */
  problems: string[];
}

export interface Settled {
  grossCents: number;
  feeCents: number;
  netCents: number;
}

const outside = 'outside';
const fees = 'fees';
const available = (userId: string): string => `available:${userId}`;
const escrow = (hiringId: string): string => `escrow:${hiringId}`;

/**
 * Who has how much (Agrenting API reference, 6.4 and 11.4): a hirer's money goes to the hiring's escrow account when it
 * is created, from there to the owner less 5 %, or back. Money enters through `deposit` only; the sum over all accounts
 * is always zero and no account but `outside` is ever negative.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #accounts = new Map<string, number>([
    [outside, 0],
    [fees, 0],
  ]);
  /** What entries no longer kept had added up to, so that the audit still starts from zero. */
  readonly #carried = new Map<string, number>();
  readonly #escrowHolders = new Map<string, string>();
  #entries: LedgerEntry[] = [];

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  deposit(userId: string, cents: number): Outcome<LedgerEntry> {
    if (!Number.isSafeInteger(cents) || cents <= 0) {
      return refused(422, 'INVALID_AMOUNT', 'An amount must be positive');
    }
    return accepted(this.#post('deposit', null, [outside, -cents], [available(userId), cents]));
  }

  /** Moves the price into the hiring's escrow; refuses what the hirer cannot pay and changes nothing then. */
  hold(hirerId: string, hiringId: string, cents: number): Outcome<null> {
    if (cents === 0) return accepted(null);
    const has = this.#cents(available(hirerId));
    if (has < cents) {
      return refused(422, 'INSUFFICIENT_BALANCE', 'Insufficient balance', {
        available: formatCents(has),
        required: formatCents(cents),
      });
    }
    this.#post('hold', hiringId, [available(hirerId), -cents], [escrow(hiringId), cents]);
    this.#escrowHolders.set(hiringId, hirerId);
    return accepted(null);
  }

  /**
   * Pays the owner from escrow, all of it or `shareCents`; the hirer gets back the rest. A free hiring has none:
   * everything is zero then, the fee too.
   */
  release(hiringId: string, ownerId: string, shareCents?: number): Settled {
    const heldCents = this.#cents(escrow(hiringId));
    const grossCents = Math.min(shareCents ?? heldCents, heldCents);
    const feeCents = feeOf(grossCents);
    const netCents = grossCents - feeCents;
    if (grossCents > 0) {
      const feeLine: [string, number][] = feeCents > 0 ? [[fees, feeCents]] : [];
      this.#post(
        'release',
        hiringId,
        [escrow(hiringId), -grossCents],
        [available(ownerId), netCents],
        ...feeLine,
      );
    }
    this.refund(hiringId);
    return { grossCents, feeCents, netCents };
  }

  /** Puts what was last paid for a hiring back into its escrow, and gives how much the owner had of it. */
  reverse(hiringId: string, ownerId: string, hirerId: string): Outcome<number> {
    const paid = this.#entries.findLast((entry) => entry.kind === 'release' && entry.hiringId === hiringId);
    if (paid === undefined) return accepted(0);
    const netCents = paid.lines.find(({ account }) => account === available(ownerId))?.cents ?? 0;
    if (this.#cents(available(ownerId)) < netCents) {
      return refused(422, 'INSUFFICIENT_BALANCE', 'The owner no longer has the payment');
    }
    const lines = paid.lines.map(({ account, cents }): [string, number] => [account, -cents]);
    this.#post('reversal', hiringId, ...lines);
    this.#escrowHolders.set(hiringId, hirerId);
    return accepted(netCents);
  }

  /** Gives the hirer what is in escrow. */
  refund(hiringId: string): number {
    const cents = this.#cents(escrow(hiringId));
    const hirerId = this.#escrowHolders.get(hiringId);
    if (cents > 0 && hirerId !== undefined) {
      this.#post('refund', hiringId, [escrow(hiringId), -cents], [available(hirerId), cents]);
    }
    this.#closeEscrow(hiringId);
    return cents;
  }

  balanceOf(userId: string): { availableCents: number; escrowCents: number } {
    let escrowCents = 0;
    for (const [hiringId, holder] of this.#escrowHolders) {
      if (holder === userId) escrowCents += this.#cents(escrow(hiringId));
    }
    return { availableCents: this.#cents(available(userId)), escrowCents };
  }

  /** The movements of a user's available balance, newest first, with what each added to it. */
  transactionsOf(userId: string): { entry: LedgerEntry; cents: number }[] {
    const account = available(userId);
    const found: { entry: LedgerEntry; cents: number }[] = [];
    for (const entry of this.#entries) {
      const line = entry.lines.find((line) => line.account === account);
      if (line !== undefined) found.push({ entry, cents: line.cents });
    }
    return found.toReversed();
  }

  entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** Adds all entries up again and compares them with the accounts, which must sum to zero and not be negative. */
  audit(): LedgerAudit {
    const problems: string[] = [];
    const again = new Map(this.#carried);
    for (const entry of this.#entries) {
      if (entry.lines.reduce((sum, line) => sum + line.cents, 0) !== 0) {
        problems.push(`entry ${entry.id} does not add up to zero`);
      }
      for (const line of entry.lines) again.set(line.account, (again.get(line.account) ?? 0) + line.cents);
    }
    for (const account of new Set([...again.keys(), ...this.#accounts.keys()])) {
      const cents = this.#cents(account);
      if ((again.get(account) ?? 0) !== cents) problems.push(`${account} differs from its entries`);
      if (account !== outside && cents < 0) problems.push(`${account} is negative`);
    }
    const total = [...this.#accounts.values()].reduce((sum, cents) => sum + cents, 0);
    if (total !== 0) problems.push(`the accounts add up to ${total} cents instead of 0`);
    return {
      accounts: Object.fromEntries(this.#accounts),
      balanced: problems.length === 0,
      problems,
    };
  }

  #cents(account: string): number {
    return this.#accounts.get(account) ?? 0;
  }

  #post(kind: LedgerKind, hiringId: string | null, ...lines: [string, number][]): LedgerEntry {
    const sum = lines.reduce((total, [, cents]) => total + cents, 0);
    if (sum !== 0) throw new Error(`a ledger entry must add up to 0 cents, not to ${sum}`);
    const entry: LedgerEntry = {
      id: newId(),
      at: new Date(this.#clock.now()).toISOString(),
      kind,
      hiringId,
      lines: lines.map(([account, cents]) => ({ account, cents })),
    };
    for (const [account, cents] of lines) this.#accounts.set(account, this.#cents(account) + cents);
    this.#entries.push(entry);
    if (this.#entries.length > this.#maxEntries) this.#carry(Math.ceil(this.#maxEntries / 10));
    return entry;
  }

  #carry(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      for (const line of entry.lines) {
        const cents = (this.#carried.get(line.account) ?? 0) + line.cents;
        if (cents === 0) this.#carried.delete(line.account);
        else this.#carried.set(line.account, cents);
      }
    }
  }

  /** An emptied escrow account is forgotten, so that accounts grow with open hirings only. */
  #closeEscrow(hiringId: string): void {
    this.#accounts.delete(escrow(hiringId));
    this.#escrowHolders.delete(hiringId);
  }
}
