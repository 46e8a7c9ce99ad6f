import {
  agentIdSchema,
  hiringIdSchema,
  taskIdSchema,
  type AttemptRecord,
  type HiringId,
  type HiringRecord,
  type Settlement,
  StoreError,
} from '@agrenting-hiclaw/core/domain';
import { and, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { mayReadNow } from './schedule.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import { attempts, hirings, settlements } from '../schema.ts';
import {
  attentionFromText,
  endpointSchema,
  hiringFromText,
  intakeSchema,
  lateFromText,
  moneySchema,
  progressFromText,
  stateSchema,
  failureFromText,
} from './codecs.ts';
import { TokenTraces } from './token-traces.ts';

/** What the sealed token of the newest heard form is bound to. */
export const latestTokenIdentity = (hiringId: string): string => `hirings/${hiringId}/newest_token`;
/** What the sealed token of an attempt is bound to. */
export const attemptTokenIdentity = (hiringId: string, number: number): string =>
  `attempts/${hiringId}/${number}/token`;

/** A hiring with its newest attempt and that attempt's newest settlement, as they lie in the tables. */
export type RecordRows = NonNullable<ReturnType<ReturnType<typeof prepareSelect>['get']>>;

/** Reads hirings out of the tables. */
export class HiringReader {
  readonly #select: ReturnType<typeof prepareSelect>;
  readonly #key: EncryptionKey;
  readonly #traces: TokenTraces;

  constructor(connection: Connection, key: EncryptionKey) {
    this.#select = prepareSelect(connection);
    this.#key = key;
    this.#traces = new TokenTraces(key);
  }

  /** For use inside a transaction or a read. */
  rowsOf(hiringId: string): RecordRows | undefined {
    return this.#select.get({ hiringId });
  }

  /** Throws `StoreError` `corrupt` when what is stored cannot be understood. */
  toRecord(rows: RecordRows, nowMs: number): HiringRecord {
    try {
      return this.#parse(rows, nowMs);
    } catch (cause) {
      throw new StoreError(
        'corrupt',
        `The stored data of hiring ${rows.hiring.id} cannot be read`,
        'Start the release that wrote it, or restore the file from a backup; other hirings continue',
        cause,
      );
    }
  }

  #parse(rows: RecordRows, nowMs: number): HiringRecord {
    const { hiring } = rows;
    const hiringId = hiringIdSchema.parse(hiring.id);
    const state = stateSchema.parse(hiring.state);
    const token = this.#unseal(hiring.latestTokenSealed, latestTokenIdentity(hiringId));
    return {
      hiringId,
      agentId: agentIdSchema.parse(hiring.agentId),
      state,
      receivedAtMs: hiring.receivedAtMs,
      received: {
        intake: intakeSchema.parse(hiring.latestIntake),
        hiring: hiringFromText(hiring.latestHiring, token),
        atMs: hiring.latestAtMs,
      },
      rereadWanted:
        hiring.notifications > hiring.notificationsRead &&
        mayReadNow({ state, dueAtMs: hiring.dueAtMs, lastReadAtMs: hiring.lastReadAtMs }, nowMs),
      lastReadAtMs: hiring.lastReadAtMs ?? undefined,
      lastFailure: hiring.lastFailure === null ? undefined : failureFromText(hiring.lastFailure),
      attention: hiring.attention === null ? undefined : attentionFromText(hiring.attention),
      attempt: this.#attempt(hiringId, rows),
      late: hiring.lateAssignments === null ? undefined : lateFromText(hiring.lateAssignments),
      money: hiring.money === null ? undefined : moneySchema.parse(hiring.money),
      formerTokens: this.#traces.read(hiring.tokenTraces, hiringId),
    };
  }

  #attempt(hiringId: HiringId, { attempt, settlement }: RecordRows): AttemptRecord | undefined {
    if (attempt === null) return undefined;
    return {
      ...attemptFromRow(hiringId, attempt, this.#key),
      settlement: settlement === null ? undefined : settlementFromRow(settlement),
    };
  }

  #unseal(sealed: Buffer | null, identity: string): string | undefined {
    return sealed === null ? undefined : this.#key.unseal(sealed, identity);
  }
}

/** An attempt without its settlements. Throws when what is stored cannot be understood. */
export function attemptFromRow(
  hiringId: HiringId,
  row: typeof attempts.$inferSelect,
  key: EncryptionKey,
): AttemptRecord {
  const token =
    row.tokenSealed === null
      ? undefined
      : key.unseal(row.tokenSealed, attemptTokenIdentity(hiringId, row.number));
  return {
    number: row.number,
    marker: { traceAttempt: row.traceAttempt ?? undefined, dispatchId: row.dispatchId ?? undefined },
    taskId: taskIdSchema.parse(row.taskId),
    hiring: hiringFromText(row.hiring, token),
    openedAtMs: row.openedAtMs,
    progress: progressFromText(row.progress),
  };
}

export function settlementFromRow(row: typeof settlements.$inferSelect): Settlement {
  const { endpoint, generation, idempotencyKey, body, unknownSends } = row;
  return { endpoint: endpointSchema.parse(endpoint), generation, idempotencyKey, body, unknownSends };
}

function prepareSelect({ queries }: Connection) {
  return queries
    .select({ hiring: hirings, attempt: attempts, settlement: settlements })
    .from(hirings)
    .leftJoin(attempts, and(eq(attempts.hiringId, hirings.id), eq(attempts.number, hirings.attempt)))
    .leftJoin(
      settlements,
      and(
        eq(settlements.hiringId, attempts.hiringId),
        eq(settlements.attempt, attempts.number),
        eq(settlements.generation, attempts.generation),
      ),
    )
    .where(eq(hirings.id, sql.placeholder('hiringId')))
    .prepare();
}
