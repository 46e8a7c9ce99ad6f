import {
  hiringIdSchema,
  type HiringRecord,
  type EndedReread,
  type EndedRereads,
  type RereadOutcome,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { hirings } from '../schema.ts';
import { moneyNote, noteOf } from './commit-step.ts';

/** `EndedRereads` over SQLite. */
export class SqliteEndedRereads implements EndedRereads {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #changed: () => void;

  constructor(connection: Connection, changed: () => void) {
    this.#connection = connection;
    this.#changed = changed;
    this.#statements = prepare(connection);
  }

  async due(nowMs: number, limit: number): Promise<readonly EndedReread[]> {
    const rows = await this.#connection.read(() => this.#statements.due.all({ nowMs, limit }));
    return rows.flatMap(({ id, endedAtMs }) =>
      endedAtMs === null ? [] : [{ hiringId: hiringIdSchema.parse(id), endedAtMs }],
    );
  }

  async done(
    { hiringId, endedAtMs }: EndedReread,
    record: HiringRecord,
    { nextAtMs, money, wake = false }: RereadOutcome,
    nowMs: number,
  ): Promise<boolean> {
    const noted = await this.#connection.write(() => {
      const { changes } = this.#statements.done.run({
        hiringId,
        endedAtMs,
        nextAtMs: nextAtMs ?? null,
        from: record.money ?? null,
        to: money?.change.to ?? record.money ?? null,
      });
      if (changes === 0) return false;
      if (money !== undefined) {
        const { event } = money.change;
        this.#statements.note.run(moneyNote(record, record.state, event, money.cause, nowMs));
      }
      if (wake) this.#statements.wake.run({ hiringId, nowMs });
      return true;
    });
    this.#changed();
    return noted;
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const named = eq(hirings.id, placeholder('hiringId'));
  return {
    due: queries
      .select({ id: hirings.id, endedAtMs: hirings.endedAtMs })
      .from(hirings)
      .where(
        and(
          // As in the index `hirings_to_reread`, which is only used for these very words.
          sql`${hirings.nextRereadAtMs} is not null`,
          lte(hirings.nextRereadAtMs, placeholder('nowMs')),
        ),
      )
      .orderBy(asc(hirings.nextRereadAtMs))
      .limit(placeholder('limit'))
      .prepare(),
    done: queries
      .update(hirings)
      .set({ nextRereadAtMs: sql`${placeholder('nextAtMs')}`, money: sql`${placeholder('to')}` })
      // The process that has it under a lease notes what its own read shows.
      .where(
        and(
          named,
          eq(hirings.endedAtMs, placeholder('endedAtMs')),
          sql`${hirings.money} is ${placeholder('from')}`,
          isNull(hirings.leaseToken),
        ),
      )
      .prepare(),
    wake: queries
      .update(hirings)
      .set({
        notifications: sql`${hirings.notifications} + 1`,
        requeues: sql`${hirings.requeues} + 1`,
        dueAtMs: sql`${placeholder('nowMs')}`,
      })
      .where(named)
      .prepare(),
    note: noteOf({ queries }),
  };
}
