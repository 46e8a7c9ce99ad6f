import type { AgentId, AgentSessionNote, AgentSessionNotes } from '@agrenting-hiclaw/core/domain';
import { sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { agentSessions } from '../schema.ts';

/** `AgentSessionNotes` over SQLite. */
export class SqliteAgentSessionNotes implements AgentSessionNotes {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async note({ lastPingAtMs, ...session }: AgentSessionNote): Promise<void> {
    await this.#connection.writeLightly(() =>
      this.#statements.note.run({ ...session, lastPingAtMs: lastPingAtMs ?? null }),
    );
  }

  async list(agentIdOf: (text: string) => AgentId): Promise<readonly AgentSessionNote[]> {
    const rows = await this.#connection.read(() => this.#statements.list.all());
    return rows.map(({ agentId, holder, sinceMs, lastPingAtMs, drops }) => ({
      agentId: agentIdOf(agentId),
      holder,
      sinceMs,
      drops,
      lastPingAtMs: lastPingAtMs ?? undefined,
    }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    note: queries
      .insert(agentSessions)
      .values({
        agentId: placeholder('agentId'),
        holder: placeholder('holder'),
        sinceMs: placeholder('sinceMs'),
        lastPingAtMs: placeholder('lastPingAtMs'),
        drops: placeholder('drops'),
      })
      .onConflictDoUpdate({
        target: agentSessions.agentId,
        set: {
          holder: sql`excluded.holder`,
          sinceMs: sql`excluded.since_ms`,
          lastPingAtMs: sql`excluded.last_ping_at_ms`,
          drops: sql`excluded.drops`,
        },
      })
      .prepare(),
    list: queries.select().from(agentSessions).orderBy(agentSessions.agentId).prepare(),
  };
}
