import Database from 'better-sqlite3';

/** A hiring as it lies in the file. */
export interface HiringRow {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly dueAtMs: number | null;
  readonly leaseToken: string | null;
  readonly hasToken: number;
  readonly money: string | null;
}

export interface TransitionRow {
  readonly sequence: number;
  readonly hiringId: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly fromState: string;
  readonly event: string;
  readonly toState: string;
  readonly cause: string;
}

export interface AttemptRow {
  readonly hiringId: string;
  readonly number: number;
  readonly taskId: string;
  readonly state: string;
  readonly hasToken: number;
  readonly slotHeld: number;
  readonly slotWorker: string | null;
}

export interface SettlementRow {
  readonly attempt: number;
  readonly generation: number;
  readonly endpoint: string;
  readonly idempotencyKey: string;
  readonly body: string;
}

/** The store's file as somebody sees it who is no process of the run: what is on disk, whatever a process believes. */
export class Disk {
  readonly #sqlite: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(file: string) {
    this.#sqlite = new Database(file);
    this.#sqlite.pragma('foreign_keys = off');
    this.#statements = prepare(this.#sqlite);
  }

  /** Changes whenever another connection committed. */
  version(): number {
    return this.#statements.version.get() ?? 0;
  }

  hirings(): readonly HiringRow[] {
    return this.#statements.hirings.all();
  }

  attempts(): readonly AttemptRow[] {
    return this.#statements.attempts.all();
  }

  transitionsAfter(sequence: number): readonly TransitionRow[] {
    return this.#statements.transitions.all(sequence);
  }

  settlements(hiringId: string): readonly SettlementRow[] {
    return this.#statements.settlements.all(hiringId);
  }

  leaseTokenOf(hiringId: string): string | null {
    return this.#statements.lease.get(hiringId) ?? null;
  }

  /** Whether a text lies anywhere in the file as it is. */
  holds(text: string): boolean {
    this.#sqlite.pragma('wal_checkpoint(passive)');
    return this.#sqlite.serialize().includes(text);
  }

  /** Runs SQL of a planted bug. */
  tamper(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#sqlite.prepare(sql).run(...values);
  }

  /** Empties the tables, so that the next run finds a new file. */
  empty(): void {
    // Rows of the tables that hold a full-text index go with the rows that they are about.
    const tables = this.#statements.tables.all().filter((table) => !table.startsWith('hiring_words_'));
    const clear = tables.map((table) => `delete from "${table}";`);
    this.#sqlite.exec(`begin immediate; ${clear.join(' ')} commit`);
  }

  close(): void {
    this.#sqlite.close();
  }
}

function prepare(sqlite: Database.Database) {
  return {
    version: sqlite.prepare<[], number>('pragma data_version').pluck(),
    hirings: sqlite.prepare<[], HiringRow>(
      `select id, state, attempt, due_at_ms as dueAtMs, lease_token as leaseToken,
         latest_token_sealed is not null as hasToken, money from hirings`,
    ),
    attempts: sqlite.prepare<[], AttemptRow>(
      `select hiring_id as hiringId, number, task_id as taskId, state, token_sealed is not null as hasToken, slot_held as slotHeld, slot_worker as slotWorker
       from attempts`,
    ),
    transitions: sqlite.prepare<[number], TransitionRow>(
      `select sequence, hiring_id as hiringId, attempt, at_ms as atMs, from_state as fromState, event,
         to_state as toState, cause from history where sequence > ? order by sequence`,
    ),
    settlements: sqlite.prepare<[string], SettlementRow>(
      `select attempt, generation, endpoint, idempotency_key as idempotencyKey, body from settlements
       where hiring_id = ?`,
    ),
    // What opening a file has put there stays.
    tables: sqlite
      .prepare<[], string>(
        `select name from sqlite_schema where type = 'table' and name not in ('key_check', 'store_migrations')`,
      )
      .pluck(),
    lease: sqlite.prepare<[string], string | null>('select lease_token from hirings where id = ?').pluck(),
  };
}
