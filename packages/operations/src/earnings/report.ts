import {
  earningOf,
  formatCents,
  type AgentId,
  type Earning,
  type PaidHirings,
} from '@agrenting-hiclaw/core/domain';

/** What one agent earned on one UTC day. */
export interface DayEarnings extends Earning {
  readonly agentId: AgentId;
  /** Such as `2026-11-27`. */
  readonly day: string;
  /** Those that were paid; with all amounts but `takenBackCents` they stay as they were. */
  readonly hirings: number;
  /** Hirings whose payment the marketplace took back. */
  readonly takenBack: number;
  /** The net amount of those, as a forecast. */
  readonly takenBackCents: bigint;
}

export interface EarningsReport {
  /** By agent, then by day. */
  readonly days: readonly DayEarnings[];
  /** Prices that are no amount: their hirings count with 0. */
  readonly unreadable: readonly string[];
}

const NO_MONEY = { grossCents: 0n, feeCents: 0n, netCents: 0n };
const NOTHING = { hirings: 0, ...NO_MONEY, takenBack: 0, takenBackCents: 0n };

/** Adds up hirings, each for itself in whole cents: the sums of days are the sums of their hirings. */
export function reportOf(paid: readonly PaidHirings[]): EarningsReport {
  const days = new Map<string, DayEarnings>();
  const unreadable = new Set<string>();
  for (const { agentId, dayMs, price, count, takenBack } of paid) {
    const day = new Date(dayMs).toISOString().slice(0, 10);
    const earning = earningOf(price);
    if (earning === undefined) unreadable.add(price ?? '');
    const before = days.get(`${agentId} ${day}`) ?? { agentId, day, ...NOTHING };
    const one = { ...(earning ?? NO_MONEY), count };
    days.set(`${agentId} ${day}`, { ...before, ...(takenBack ? lessened(before, one) : added(before, one)) });
  }
  const sorted = [...days].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, day]) => day);
  return { days: sorted, unreadable: [...unreadable] };
}

/** All days together. */
export function totalOf(days: readonly DayEarnings[]): Omit<DayEarnings, 'agentId' | 'day'> {
  return days.reduce(
    (sum, { hirings, grossCents, feeCents, netCents, takenBack, takenBackCents }) => ({
      takenBack: sum.takenBack + takenBack,
      takenBackCents: sum.takenBackCents + takenBackCents,
      hirings: sum.hirings + hirings,
      grossCents: sum.grossCents + grossCents,
      feeCents: sum.feeCents + feeCents,
      netCents: sum.netCents + netCents,
    }),
    NOTHING,
  );
}

function lessened(
  sum: Omit<DayEarnings, 'agentId' | 'day'>,
  { count, netCents }: Earning & { readonly count: number },
) {
  return {
    takenBack: sum.takenBack + count,
    takenBackCents: sum.takenBackCents + BigInt(count) * netCents,
  };
}

function added(sum: Omit<DayEarnings, 'agentId' | 'day'>, one: Earning & { readonly count: number }) {
  const times = BigInt(one.count);
  return {
    hirings: sum.hirings + one.count,
    grossCents: sum.grossCents + times * one.grossCents,
    feeCents: sum.feeCents + times * one.feeCents,
    netCents: sum.netCents + times * one.netCents,
  };
}

/** RFC 4180. Nothing in it needs quotes: ids, dates and whole numbers. */
export function csvOf(days: readonly DayEarnings[]): string {
  const header = ['agent_id', 'day', ...AMOUNTS.map(([name]) => name)].join(',');
  const rows = days.map((row) =>
    [row.agentId, row.day, ...AMOUNTS.map(([, of]) => String(of(row)))].join(','),
  );
  return [header, ...rows].map((row) => `${row}\r\n`).join('');
}

type Amounts = Omit<DayEarnings, 'agentId' | 'day'>;

/** Names for files and scripts, in their order. */
const AMOUNTS: readonly (readonly [string, (amounts: Amounts) => number | bigint])[] = [
  ['hirings', ({ hirings }) => hirings],
  ['gross_cents', ({ grossCents }) => grossCents],
  ['fee_cents', ({ feeCents }) => feeCents],
  ['net_cents', ({ netCents }) => netCents],
  ['taken_back', ({ takenBack }) => takenBack],
  ['taken_back_cents', ({ takenBackCents }) => takenBackCents],
];

/** By hand where it matters: a number of JavaScript would round large sums. */
export function jsonOf(days: readonly DayEarnings[]): string {
  const amounts = (row: Amounts) => AMOUNTS.map(([name, of]) => `"${name}": ${of(row)}`).join(', ');
  const rows = days.map(
    (row) => `    { "agent_id": "${row.agentId}", "day": "${row.day}", ${amounts(row)} }`,
  );
  const list = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n  ]`;
  return `{\n  "earnings": ${list},\n  "total": { ${amounts(totalOf(days))} }\n}\n`;
}

/** For people, in dollars. */
export function rowsOf(days: readonly DayEarnings[]): readonly (readonly string[])[] {
  const amounts = ({ hirings, grossCents, feeCents, netCents, takenBackCents }: Amounts) => [
    String(hirings),
    ...[grossCents, feeCents, netCents, takenBackCents].map((cents) => formatCents(cents)),
  ];
  return [
    ...days.map((row) => [row.agentId, row.day, ...amounts(row)]),
    ['all', '', ...amounts(totalOf(days))],
  ];
}
