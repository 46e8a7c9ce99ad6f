import type { AgentId } from '@agrenting-hiclaw/core/domain';
import { eq, inArray, min, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { pauses } from './schema.ts';

/** Stands for every agent. */
const ALL = '';

/** A pause as the operator sees it. */
export interface Pause {
  /** Undefined for all agents. */
  readonly agentId: AgentId | undefined;
  readonly sinceMs: number;
}

/** Which agents take no new hirings. */
export class Pauses {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  /** Since when an agent takes no new hirings; undefined while it takes them. */
  async sinceMs(agentId: AgentId): Promise<number | undefined> {
    const row = await this.#connection.read(() => this.#statements.since.get({ agentId, all: ALL }));
    return row?.sinceMs ?? undefined;
  }

  /** Pauses one agent, or all of them. A pause that is there keeps its beginning, unless that is still to come. */
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
    since: queries
      .select({ sinceMs: min(pauses.sinceMs) })
      .from(pauses)
      .where(inArray(pauses.agentId, [placeholder('agentId'), placeholder('all')]))
      .prepare(),
    pause: queries
      .insert(pauses)
      .values({ agentId: placeholder('agentId'), sinceMs: placeholder('sinceMs') })
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
