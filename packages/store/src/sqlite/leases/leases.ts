import type { Leases } from '@agrenting-hiclaw/core/domain';
import { and, between, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { LEASE_REACH_MS } from './far-ahead.ts';
import { leases } from '../schema.ts';

/** `Leases` over SQLite. */
export class SqliteLeases implements Leases {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async take(name: string, holder: string, nowMs: number, leaseMs: number): Promise<boolean> {
    const { changes } = await this.#connection.writeLightly(() =>
      this.#statements.take.run({ name, holder, nowMs, untilMs: nowMs + leaseMs }),
    );
    return changes > 0;
  }

  async held(name: string, nowMs: number): Promise<boolean> {
    const row = await this.#connection.read(() =>
      this.#statements.held.get({ name, fromMs: nowMs + 1, reachMs: nowMs + LEASE_REACH_MS }),
    );
    return row !== undefined;
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#connection.write(() => this.#statements.release.run({ name, holder }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    take: queries
      .insert(leases)
      .values({ name: placeholder('name'), holder: placeholder('holder'), untilMs: placeholder('untilMs') })
      .onConflictDoUpdate({
        target: leases.name,
        set: { holder: sql`excluded.holder`, untilMs: sql`excluded.until_ms` },
        setWhere: sql`${leases.holder} = excluded.holder or ${leases.untilMs} <= ${placeholder('nowMs')}`,
      })
      .prepare(),
    held: queries
      .select({ name: leases.name })
      .from(leases)
      .where(
        and(
          eq(leases.name, placeholder('name')),
          between(leases.untilMs, placeholder('fromMs'), placeholder('reachMs')),
        ),
      )
      .prepare(),
    release: queries
      .delete(leases)
      .where(and(eq(leases.name, placeholder('name')), eq(leases.holder, placeholder('holder'))))
      .prepare(),
  };
}
