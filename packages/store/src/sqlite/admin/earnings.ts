import { agentIdSchema, type EarningsRequest, type PaidHirings } from '@agrenting-hiclaw/core/domain';
import { and, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { history } from '../schema.ts';

const DAY_MS = 86_400_000;

/** Counts what the marketplace paid. */
export class Earnings {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  /**
   * Every move to `completed` counts, on the day it was made. Only the marketplace's word leads there:
   * it took the result, or showed the hiring as completed. What it paid in spite of another end counts on the day that
   * this was seen, and so does what it took back. Prices are left as they are: sums of decimal strings are not SQL's to
   * make.
   */
  async between({ fromMs, toMs, agentId }: EarningsRequest): Promise<readonly PaidHirings[]> {
    const request = { fromMs, toMs, agentId: agentId ?? null };
    const { paid, released, takenBack } = await this.#connection.read(() => ({
      paid: this.#statements.paid.all(request),
      released: this.#statements.released.all(request),
      takenBack: this.#statements.takenBack.all(request),
    }));
    return [
      ...[...paid, ...released].map((row) => rowOf(row, false)),
      ...takenBack.map((row) => rowOf(row, true)),
    ];
  }
}

interface Counted {
  readonly agentId: string | null;
  readonly day: number;
  readonly price: string | null;
  readonly count: number;
}

function rowOf({ agentId, day, price, count }: Counted, takenBack: boolean): PaidHirings {
  return {
    agentId: agentIdSchema.parse(agentId),
    dayMs: day * DAY_MS,
    price: price ?? undefined,
    count,
    takenBack,
  };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const day = sql<number>`${history.atMs} / ${sql.raw(String(DAY_MS))}`;
  // As in the indexes `history_paid` and `history_money`, which are only used for these very words.
  const isMoney = sql`${history.event} in ('payment_reversed', 'payment_released')`;
  const counted = (which: SQL) =>
    queries
      .select({ agentId: history.agentId, day, price: history.price, count: sql<number>`count(*)` })
      .from(history)
      .where(
        and(
          which,
          gte(history.atMs, placeholder('fromMs')),
          lt(history.atMs, placeholder('toMs')),
          sql`${history.agentId} = coalesce(${placeholder('agentId')}, ${history.agentId})`,
        ),
      )
      .groupBy(history.agentId, day, history.price)
      .prepare();
  return {
    paid: counted(sql`${history.toState} = 'completed' and ${history.fromState} <> ${history.toState}`),
    released: counted(sql`${isMoney} and ${history.event} = 'payment_released'`),
    takenBack: counted(sql`${isMoney} and ${history.event} = 'payment_reversed'`),
  };
}
