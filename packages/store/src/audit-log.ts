import { desc, lt, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { audit } from './schema.ts';

/** One deed by the operator's API, done or refused. */
export interface AuditEntry {
  readonly atMs: number;
  /** The name of the token; empty for somebody unknown. */
  readonly who: string;
  readonly role: string;
  readonly action: string;
  /** What it was about: an id or a name of ours. */
  readonly subject: string;
  readonly commandId: string | undefined;
  readonly outcome: string;
  /** The address that it came from. */
  readonly client: string;
}

export interface AuditLog {
  note(entry: AuditEntry): Promise<void>;
  /** The newest first, behind a sequence. */
  page(
    before: number | undefined,
    limit: number,
  ): Promise<readonly (AuditEntry & { readonly sequence: number })[]>;
}

/** Kept at most; the oldest go first. */
const MAX_ENTRIES = 200_000;

/** `AuditLog` over SQLite. */
export class SqliteAuditLog implements AuditLog {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async note(entry: AuditEntry): Promise<void> {
    await this.#connection.write(() => {
      const { lastInsertRowid } = this.#statements.note.run({ ...entry, commandId: entry.commandId ?? null });
      this.#statements.prune.run({ before: Number(lastInsertRowid) - MAX_ENTRIES });
    });
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
      .where(lt(audit.sequence, placeholder('before')))
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
