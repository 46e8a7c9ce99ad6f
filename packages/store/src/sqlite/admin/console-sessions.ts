import { CLOCK_SPREAD_MS, type ConsoleSession, type ConsoleSessions } from '@agrenting-hiclaw/core/domain';
import { and, desc, eq, gt, lte, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { consoleSessions } from '../schema.ts';

/** Open at once by one token; its oldest goes first, so that nobody ends the sessions of others. */
const MAX_SESSIONS_OF_TOKEN = 20;

/** `ConsoleSessions` over SQLite. */
export class SqliteConsoleSessions implements ConsoleSessions {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async open(session: ConsoleSession): Promise<void> {
    await this.#connection.write(() => {
      this.#statements.prune.run({ nowMs: session.openedAtMs });
      this.#statements.open.run({ ...session });
      const { tokenHash } = session;
      const tooMany = this.#statements.beyond.all({ tokenHash, offset: MAX_SESSIONS_OF_TOKEN });
      for (const { digest } of tooMany) this.#statements.close.run({ digest });
    });
  }

  async find(digest: string, nowMs: number): Promise<ConsoleSession | undefined> {
    return await this.#connection.read(() =>
      this.#statements.find.get({ digest, nowMs, spreadMs: nowMs + CLOCK_SPREAD_MS }),
    );
  }

  async close(digest: string): Promise<void> {
    await this.#connection.write(() => this.#statements.close.run({ digest }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    open: queries
      .insert(consoleSessions)
      .values({
        digest: placeholder('digest'),
        tokenHash: placeholder('tokenHash'),
        openedAtMs: placeholder('openedAtMs'),
        untilMs: placeholder('untilMs'),
      })
      .prepare(),
    find: queries
      .select()
      .from(consoleSessions)
      .where(
        and(
          eq(consoleSessions.digest, placeholder('digest')),
          gt(consoleSessions.untilMs, placeholder('nowMs')),
          // One that was opened by a clock that was ahead would last for longer than any may.
          lte(consoleSessions.openedAtMs, placeholder('spreadMs')),
        ),
      )
      .prepare(),
    beyond: queries
      .select({ digest: consoleSessions.digest })
      .from(consoleSessions)
      .where(eq(consoleSessions.tokenHash, placeholder('tokenHash')))
      .orderBy(desc(consoleSessions.openedAtMs), desc(sql`rowid`))
      .limit(MAX_SESSIONS_OF_TOKEN)
      .offset(placeholder('offset'))
      .prepare(),
    prune: queries
      .delete(consoleSessions)
      .where(lte(consoleSessions.untilMs, placeholder('nowMs')))
      .prepare(),
    close: queries
      .delete(consoleSessions)
      .where(eq(consoleSessions.digest, placeholder('digest')))
      .prepare(),
  };
}
