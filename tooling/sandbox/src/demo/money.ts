import type { SandboxLedger } from './sandbox-calls.ts';

/** What happened to the money of one hiring, in cents. */
export interface HiringMoney {
  readonly escrow: number;
  readonly fee: number;
  readonly paid: number;
  readonly refunded: number;
}

/** Reads the ledger of the marketplace: nothing here is computed from a price. */
export function moneyOf(
  ledger: SandboxLedger,
  hiringId: string,
  ownerId: string,
  hirerId: string,
): HiringMoney {
  const lines = ledger.entries
    .filter((entry) => entry.hiringId === hiringId)
    .flatMap(({ kind, lines }) => lines.map((line) => ({ kind, ...line })));
  const sum = (kind: string, account: (name: string) => boolean): number =>
    lines
      .filter((line) => line.kind === kind && account(line.account))
      .reduce((total, { cents }) => total + cents, 0);
  return {
    escrow: ledger.accounts[`escrow:${hiringId}`] ?? 0,
    fee: sum('release', (name) => name === 'fees'),
    paid: sum('release', (name) => name === `available:${ownerId}`),
    refunded: sum('refund', (name) => name === `available:${hirerId}`),
  };
}

export function dollars(cents: number): string {
  return (cents / 100).toFixed(2);
}
