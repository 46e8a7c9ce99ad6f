import type { AuditEntry, AuditLog } from '@agrenting-hiclaw/core/domain';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { audit } from '../schema.ts';

/** Kept of each name; its oldest go first, so that nobody's deeds push out those of others. */
const MAX_ENTRIES_OF_NAME = 50_000;
/** Of strangers, who have no name, and of whom only sums are noted. */
const MAX_ENTRIES_OF_STRANGERS = 10_000;
/** What is too much goes after so many entries of a name. */
const PRUNE_AFTER = 100;

/** `AuditLog` over SQLite. */
export class SqliteAuditLog implements AuditLog {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;
  /** Entries since the last time that the oldest of a name went. */
  readonly #fresh = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async note(entry: AuditEntry): Promise<void> {
    await this.#connection.write(() => {
      this.#statements.note.run({ ...entry, commandId: entry.commandId ?? null });
      this.#prune(entry.who);
    });
  }

  #prune(who: string): void {
    const fresh = (this.#fresh.get(who) ?? PRUNE_AFTER) + 1;
    this.#fresh.set(who, fresh % PRUNE_AFTER);
    if (fresh < PRUNE_AFTER) return;
    const offset = who === '' ? MAX_ENTRIES_OF_STRANGERS : MAX_ENTRIES_OF_NAME;
    const first = this.#statements.beyond.get({ who, offset });
    if (first !== undefined) this.#statements.prune.run({ who, before: first.sequence + 1 });
  }

  async page(before: number | undefined, limit: number) {
    const rows = await this.#connection.read(() =>
      this.#statements.page.all({ before: before ?? Number.MAX_SAFE_INTEGER, limit }),
    );
    return rows.map((row) => Object.assign(row, { commandId: row.commandId ?? undefined }));
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    note: queries
      .insert(audit)
      .values({
        atMs: placeholder('atMs'),
        who: placeholder('who'),
        role: placeholder('role'),
        action: placeholder('action'),
        subject: placeholder('subject'),
        commandId: placeholder('commandId'),
        outcome: placeholder('outcome'),
        client: placeholder('client'),
      })
      .prepare(),
    prune: queries
      .delete(audit)
      .where(and(eq(audit.who, placeholder('who')), lt(audit.sequence, placeholder('before'))))
      .prepare(),
    beyond: queries
      .select({ sequence: audit.sequence })
      .from(audit)
      .where(eq(audit.who, placeholder('who')))
      .orderBy(desc(audit.sequence))
      .limit(1)
      .offset(placeholder('offset'))
      .prepare(),
    page: queries
      .select()
      .from(audit)
      .where(lt(audit.sequence, placeholder('before')))
      .orderBy(desc(audit.sequence))
      .limit(placeholder('limit'))
      .prepare(),
  };
}
