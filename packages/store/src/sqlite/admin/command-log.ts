import type { BegunCommand, CommandLog } from '@agrenting-hiclaw/core/domain';
import { desc, eq, lt, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { commands } from '../schema.ts';

/** Remembered at most; the oldest go first. */
const MAX_COMMANDS = 100_000;

/** `CommandLog` over SQLite. */
export class SqliteCommandLog implements CommandLog {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async begin(id: string, digest: string, nowMs: number): Promise<BegunCommand> {
    return await this.#connection.write((): BegunCommand => {
      const known = this.#statements.named.get({ id });
      if (known === undefined) {
        this.#statements.begin.run({ id, digest, nowMs });
        const newest = this.#statements.newest.get()?.sequence ?? 0;
        this.#statements.prune.run({ before: newest - MAX_COMMANDS });
        return { kind: 'new' };
      }
      if (known.digest !== digest) return { kind: 'other' };
      return known.answer === null ? { kind: 'underway' } : { kind: 'done', answer: known.answer };
    });
  }

  async finish(id: string, answer: string): Promise<void> {
    await this.#connection.write(() => this.#statements.finish.run({ id, answer }));
  }

  async forget(id: string): Promise<void> {
    await this.#connection.write(() => this.#statements.forget.run({ id }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    named: queries
      .select({ digest: commands.digest, answer: commands.answer })
      .from(commands)
      .where(eq(commands.id, placeholder('id')))
      .prepare(),
    begin: queries
      .insert(commands)
      .values({ id: placeholder('id'), digest: placeholder('digest'), atMs: placeholder('nowMs') })
      .prepare(),
    newest: queries
      .select({ sequence: commands.sequence })
      .from(commands)
      .orderBy(desc(commands.sequence))
      .limit(1)
      .prepare(),
    prune: queries
      .delete(commands)
      .where(lt(commands.sequence, placeholder('before')))
      .prepare(),
    finish: queries
      .update(commands)
      .set({ answer: sql`${placeholder('answer')}` })
      .where(eq(commands.id, placeholder('id')))
      .prepare(),
    forget: queries
      .delete(commands)
      .where(eq(commands.id, placeholder('id')))
      .prepare(),
  };
}
