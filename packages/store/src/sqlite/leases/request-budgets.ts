import type { BudgetChange, RequestBudget, RequestBudgets } from '@agrenting-hiclaw/core/domain';
import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { requestBudgets } from '../schema.ts';

/** `RequestBudgets` over SQLite. */
export class SqliteRequestBudgets implements RequestBudgets {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async change<Outcome>(
    name: string,
    change: (before: RequestBudget | undefined) => BudgetChange<Outcome>,
  ): Promise<Outcome> {
    return await this.#connection.writeLightly(() => {
      const { after, outcome } = change(this.#statements.look.get({ name }));
      if (after !== undefined) this.#statements.keep.run({ ...inWholeMs(after), name });
      return outcome;
    });
  }
}

/** A clock may give parts of a millisecond. */
function inWholeMs(budget: RequestBudget): RequestBudget {
  return {
    ...budget,
    statedUntilMs: Math.ceil(budget.statedUntilMs),
    windowAtMs: Math.floor(budget.windowAtMs),
    heldUntilMs: Math.ceil(budget.heldUntilMs),
    refusedWaitMs: Math.ceil(budget.refusedWaitMs),
    askAtMs: Math.ceil(budget.askAtMs),
    askingUntilMs: Math.ceil(budget.askingUntilMs),
  };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const { name, ...known } = getTableColumns(requestBudgets);
  const values = {
    perWindow: placeholder('perWindow'),
    statedUntilMs: placeholder('statedUntilMs'),
    windowAtMs: placeholder('windowAtMs'),
    left: placeholder('left'),
    heldUntilMs: placeholder('heldUntilMs'),
    refusedWaitMs: placeholder('refusedWaitMs'),
    askAtMs: placeholder('askAtMs'),
    askingUntilMs: placeholder('askingUntilMs'),
  };
  return {
    look: queries
      .select(known)
      .from(requestBudgets)
      .where(eq(name, placeholder('name')))
      .prepare(),
    keep: queries
      .insert(requestBudgets)
      .values({ name: placeholder('name'), ...values })
      .onConflictDoUpdate({
        target: name,
        set: {
          perWindow: sql`excluded.per_window`,
          statedUntilMs: sql`excluded.stated_until_ms`,
          windowAtMs: sql`excluded.window_at_ms`,
          left: sql`excluded.left`,
          heldUntilMs: sql`excluded.held_until_ms`,
          refusedWaitMs: sql`excluded.refused_wait_ms`,
          askAtMs: sql`excluded.ask_at_ms`,
          askingUntilMs: sql`excluded.asking_until_ms`,
        },
      })
      .prepare(),
  };
}
