import {
  hiringIdSchema,
  isEnd,
  type AttemptRecord,
  type HiringId,
  type HiringRecord,
  type Move,
  type Settlement,
  type State,
} from '@agrenting-hiclaw/core/domain';
import { asc, eq, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { HeardDocuments, HeardForm } from './heard-documents.ts';
import { attemptFromRow, settlementFromRow, type Records } from './records.ts';
import { attempts, history, hirings, settlements } from './schema.ts';
import { StoreError } from './store-error.ts';
import { eventSchema, stateSchema } from './stored-json.ts';

/** One attempt with everything that was to be sent about it. */
export interface AttemptEvidence {
  readonly attempt: AttemptRecord;
  readonly state: State;
  /** When it came to its end; undefined while it is open. */
  readonly endedAtMs: number | undefined;
  /** Every generation, the first before the others. */
  readonly settlements: readonly Settlement[];
}

/** Everything that is stored of one hiring, as of one moment. */
export interface HiringEvidence {
  readonly record: HiringRecord;
  /** All of them, the first before the others. */
  readonly attempts: readonly AttemptEvidence[];
  readonly history: readonly Move[];
  readonly forms: readonly HeardForm[];
  /** When retention emptied its texts; undefined while they are there. */
  readonly emptiedAtMs: number | undefined;
  /** When retention deleted its task folders; undefined while they may be there. */
  readonly foldersDeletedAtMs: number | undefined;
}

/** Reads all there is of one hiring. */
export class EvidenceRows {
  readonly #connection: Connection;
  readonly #key: EncryptionKey;
  readonly #records: Records;
  readonly #documents: HeardDocuments;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, key: EncryptionKey, records: Records, documents: HeardDocuments) {
    this.#connection = connection;
    this.#key = key;
    this.#records = records;
    this.#documents = documents;
    this.#statements = prepare(connection);
  }

  /** Undefined when there is no such hiring. Throws `StoreError` `corrupt` when what is stored cannot be understood. */
  async of(hiringId: HiringId, nowMs: number): Promise<HiringEvidence | undefined> {
    // One piece of work without a wait in it, so that nothing of this process comes in between.
    const found = await this.#connection.read(() => {
      const rows = this.#records.rowsOf(hiringId);
      const kept = this.#statements.kept.get({ hiringId });
      if (rows === undefined || kept === undefined) return undefined;
      return {
        rows,
        kept,
        attempts: this.#statements.attempts.all({ hiringId }),
        settlements: this.#statements.settlements.all({ hiringId }),
        moves: this.#statements.history.all({ hiringId }),
        forms: this.#documents.of(hiringId),
      };
    });
    if (found === undefined) return undefined;
    const moves = found.moves.map((row) => moveOf(row));
    try {
      return {
        record: this.#records.toRecord(found.rows, nowMs),
        attempts: found.attempts.map((row) => ({
          attempt: attemptFromRow(hiringId, row, this.#key),
          state: stateSchema.parse(row.state),
          endedAtMs: endOf(row.number, row.state, moves),
          settlements: found.settlements
            .filter(({ attempt }) => attempt === row.number)
            .map((settlement) => settlementFromRow(settlement)),
        })),
        history: moves,
        forms: found.forms,
        emptiedAtMs: found.kept.emptiedAtMs ?? undefined,
        foldersDeletedAtMs: found.kept.foldersDeletedAtMs ?? undefined,
      };
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(
        'corrupt',
        `What is stored of hiring ${hiringId} cannot be read`,
        'Start the release that wrote it, or restore the file from a backup',
        cause,
      );
    }
  }
}

/** A row of the history. Throws when it cannot be understood. */
export function moveOf(row: typeof history.$inferSelect): Move {
  return {
    hiringId: hiringIdSchema.parse(row.hiringId),
    attempt: row.attempt,
    atMs: row.atMs,
    from: stateSchema.parse(row.fromState),
    event: eventSchema.parse(row.event),
    to: stateSchema.parse(row.toState),
    cause: row.cause,
  };
}

function endOf(number: number, state: string, moves: readonly Move[]): number | undefined {
  const last = moves.findLast(({ attempt }) => attempt === number);
  return last !== undefined && last.to === state && isEnd(last.to) ? last.atMs : undefined;
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    kept: queries
      .select({ emptiedAtMs: hirings.emptiedAtMs, foldersDeletedAtMs: hirings.foldersDeletedAtMs })
      .from(hirings)
      .where(eq(hirings.id, placeholder('hiringId')))
      .prepare(),
    attempts: queries
      .select()
      .from(attempts)
      .where(eq(attempts.hiringId, placeholder('hiringId')))
      .orderBy(asc(attempts.number))
      .prepare(),
    settlements: queries
      .select()
      .from(settlements)
      .where(eq(settlements.hiringId, placeholder('hiringId')))
      .orderBy(asc(settlements.attempt), asc(settlements.generation))
      .prepare(),
    history: queries
      .select()
      .from(history)
      .where(eq(history.hiringId, placeholder('hiringId')))
      .orderBy(asc(history.sequence))
      .prepare(),
  };
}
