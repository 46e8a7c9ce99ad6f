import type { AgentId, HiringId, Pause, Pauses } from '@agrenting-hiclaw/core/domain';
import { and, eq, inArray, min, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { inbox, history, pauses } from '../schema.ts';

/** Stands for every agent. */
const ALL = '';

/** Which agents take no new hirings. */
export class SqlitePauses implements Pauses {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  /** Whether an attempt came after a pause of its agent, or of all, began: see `HiringStore.isPaused`. */
  async coversAttempt(agentId: AgentId, hiringId: HiringId, attempt: number): Promise<boolean> {
    const { paused, first, opened } = this.#statements;
    return await this.#connection.read(() => {
      const { inboxUpTo, historyUpTo } = paused.get({ agentId, all: ALL }) ?? {};
      if (typeof inboxUpTo !== 'number' || typeof historyUpTo !== 'number') return false;
      if (attempt === 1) return (first.get({ hiringId })?.sequence ?? Infinity) > inboxUpTo;
      return (opened.get({ hiringId, attempt })?.sequence ?? Infinity) > historyUpTo;
    });
  }

  /** Pauses one agent, or all of them. A pause that is there keeps its place; a beginning that is still to come was none. */
  async pause(agentId: AgentId | undefined, nowMs: number): Promise<void> {
    await this.#connection.write(() =>
      this.#statements.pause.run({ agentId: agentId ?? ALL, sinceMs: nowMs }),
    );
  }

  /** Ends the pause of one agent, or every pause there is. False when there was none. */
  async resume(agentId: AgentId | undefined): Promise<boolean> {
    const { changes } = await this.#connection.write(() =>
      agentId === undefined ? this.#statements.resumeAll.run() : this.#statements.resume.run({ agentId }),
    );
    return changes > 0;
  }

  /** All pauses. */
  async list(agentIdOf: (text: string) => AgentId): Promise<readonly Pause[]> {
    const rows = await this.#connection.read(() => this.#statements.list.all());
    return rows.map(({ agentId, sinceMs }) => ({
      agentId: agentId === ALL ? undefined : agentIdOf(agentId),
      sinceMs,
    }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    // Of two pauses the earlier counts, in each order of its own.
    paused: queries
      .select({ inboxUpTo: min(pauses.inboxUpTo), historyUpTo: min(pauses.historyUpTo) })
      .from(pauses)
      .where(inArray(pauses.agentId, [placeholder('agentId'), placeholder('all')]))
      .prepare(),
    first: queries
      .select({ sequence: min(inbox.sequence) })
      .from(inbox)
      .where(eq(inbox.hiringId, placeholder('hiringId')))
      .prepare(),
    opened: queries
      .select({ sequence: min(history.sequence) })
      .from(history)
      .where(and(eq(history.hiringId, placeholder('hiringId')), eq(history.attempt, placeholder('attempt'))))
      .prepare(),
    pause: queries
      .insert(pauses)
      .values({
        agentId: placeholder('agentId'),
        sinceMs: placeholder('sinceMs'),
        inboxUpTo: sql`(select coalesce(max(${inbox.sequence}), 0) from ${inbox})`,
        historyUpTo: sql`(select coalesce(max(${history.sequence}), 0) from ${history})`,
      })
      .onConflictDoUpdate({
        target: pauses.agentId,
        // One that lies ahead was begun by a clock that was set back since.
        set: { sinceMs: sql`min(${pauses.sinceMs}, excluded.since_ms)` },
      })
      .prepare(),
    resume: queries
      .delete(pauses)
      .where(eq(pauses.agentId, placeholder('agentId')))
      .prepare(),
    resumeAll: queries.delete(pauses).prepare(),
    list: queries.select().from(pauses).orderBy(pauses.sinceMs).prepare(),
  };
}
