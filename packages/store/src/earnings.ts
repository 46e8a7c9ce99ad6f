import { agentIdSchema, type AgentId } from '@agrenting-hiclaw/core/domain';
import { and, gte, lt, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { history } from './schema.ts';

export interface EarningsRequest {
  /** From this moment on. */
  readonly fromMs: number;
  /** Before this moment. */
  readonly toMs: number;
  /** All agents when left out. */
  readonly agentId?: AgentId | undefined;
}

/** Hirings of one agent that were paid on one day and had the same price. */
export interface PaidHirings {
  readonly agentId: AgentId;
  /** The beginning of the day in UTC. */
  readonly dayMs: number;
  /** The decimal string of the marketplace; undefined when the hiring had none. */
  readonly price: string | undefined;
  readonly count: number;
}

const DAY_MS = 86_400_000;

/** Counts what the marketplace paid. */
export class Earnings {
  readonly #connection: Connection;
  readonly #statement: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statement = prepare(connection);
  }

  /**
   * Every move to `completed` counts, on the day it was made. Only the marketplace's word leads there:
   * it took the result, or showed the hiring as completed. Prices are left as they are: sums of decimal
   * strings are not SQL's to make.
   */
  async between({ fromMs, toMs, agentId }: EarningsRequest): Promise<readonly PaidHirings[]> {
    const rows = await this.#connection.read(() =>
      this.#statement.all({ fromMs, toMs, agentId: agentId ?? null }),
    );
    return rows.map(({ agentId: agent, day, price, count }) => ({
      agentId: agentIdSchema.parse(agent),
      dayMs: day * DAY_MS,
      price: price ?? undefined,
      count,
    }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const day = sql<number>`${history.atMs} / ${sql.raw(String(DAY_MS))}`;
  return queries
    .select({ agentId: history.agentId, day, price: history.price, count: sql<number>`count(*)` })
    .from(history)
    .where(
      and(
        // As in the index `history_paid`, which is only used for these very words.
        sql`${history.toState} = 'completed'`,
        gte(history.atMs, placeholder('fromMs')),
        lt(history.atMs, placeholder('toMs')),
        sql`${history.agentId} = coalesce(${placeholder('agentId')}, ${history.agentId})`,
      ),
    )
    .groupBy(history.agentId, day, history.price)
    .prepare();
}
