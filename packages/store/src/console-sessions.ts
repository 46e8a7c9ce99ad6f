import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { consoleSessions } from './schema.ts';

/** A session of the operator's web page. */
export interface ConsoleSession {
  /** Of the secret in its cookie. */
  readonly digest: string;
  readonly tokenHash: string;
  readonly openedAtMs: number;
  readonly untilMs: number;
}

export interface ConsoleSessions {
  open(session: ConsoleSession): Promise<void>;
  find(digest: string, nowMs: number): Promise<ConsoleSession | undefined>;
  close(digest: string): Promise<void>;
}

/** Open at once; the one that ends first goes first. */
const MAX_SESSIONS = 1_000;

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
      const all = this.#statements.oldest.all({ limit: MAX_SESSIONS });
      const [oldest] = all;
      if (all.length >= MAX_SESSIONS && oldest !== undefined) this.#statements.close.run(oldest);
      this.#statements.open.run({ ...session });
    });
  }

  async find(digest: string, nowMs: number): Promise<ConsoleSession | undefined> {
    return await this.#connection.read(() => this.#statements.find.get({ digest, nowMs }));
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
        ),
      )
      .prepare(),
    oldest: queries
      .select({ digest: consoleSessions.digest })
      .from(consoleSessions)
      .orderBy(asc(consoleSessions.untilMs))
      .limit(placeholder('limit'))
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
