import { setImmediate as turn } from 'node:timers/promises';
import {
  hiringIdSchema,
  isEnd,
  type HiringId,
  type Transition,
  type AttemptEvidence,
  type HiringEvidence,
  StoreError,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, count, desc, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import type { InboxMessages } from '../inbox/inbox-messages.ts';
import { attemptFromRow, settlementFromRow, type HiringReader } from './hiring-reader.ts';
import { attempts, history, hirings, settlements } from '../schema.ts';
import { attentionCodeSchema, eventSchema, stateSchema } from './codecs.ts';

/** Attempts of one hiring that are read: its hirer can have it run as often as it likes, with megabytes of text each time. */
const MAX_ATTEMPTS = 20;
/** Moves of one hiring that are read. */
const MAX_TRANSITIONS = 1_000;

/** Reads what there is of one hiring, within bounds. */
export class EvidenceRows {
  readonly #connection: Connection;
  readonly #key: EncryptionKey;
  readonly #records: HiringReader;
  readonly #documents: InboxMessages;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, key: EncryptionKey, records: HiringReader, documents: InboxMessages) {
    this.#connection = connection;
    this.#key = key;
    this.#records = records;
    this.#documents = documents;
    this.#statements = prepare(connection);
  }

  /**
   * The newest `maxAttempts` attempts with all that belongs to them, read and understood one after the other: others have
   * their turn in between. Undefined when there is no such hiring. Throws `StoreError` `corrupt` when what is stored
   * cannot be understood.
   */
  async of(
    hiringId: HiringId,
    nowMs: number,
    maxAttempts = MAX_ATTEMPTS,
  ): Promise<HiringEvidence | undefined> {
    // One piece of work without a wait in it, so that nothing of this process comes in between.
    const found = await this.#connection.read(() => {
      const rows = this.#records.rowsOf(hiringId);
      const kept = this.#statements.kept.get({ hiringId });
      if (rows === undefined || kept === undefined) return undefined;
      return {
        rows,
        kept,
        numbers: this.#statements.numbers.all({ hiringId, limit: maxAttempts }).toReversed(),
        attempts: this.#statements.attempts.get({ hiringId })?.count ?? 0,
        transitions: this.#statements.history.all({ hiringId, limit: MAX_TRANSITIONS }).toReversed(),
        allTransitions: this.#statements.transitions.get({ hiringId })?.count ?? 0,
        forms: this.#documents.timesOf(hiringId),
      };
    });
    if (found === undefined) return undefined;
    try {
      const record = this.#records.toRecord(found.rows, nowMs);
      const read: AttemptEvidence[] = [];
      for (const { number } of found.numbers) {
        await turn();
        const attempt = await this.#attempt(hiringId, number);
        if (attempt !== undefined) read.push(attempt);
      }
      return {
        record,
        attempts: read,
        earlierAttempts: found.attempts - found.numbers.length,
        history: found.transitions.map((row) => transitionOf(row)),
        earlierTransitions: found.allTransitions - found.transitions.length,
        forms: found.forms,
        redactedAtMs: found.kept.redactedAtMs ?? undefined,
        foldersDeletedAtMs: found.kept.foldersDeletedAtMs ?? undefined,
      };
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(
        'corrupt',
        `The stored data of hiring ${hiringId} cannot be read`,
        'Start the release that wrote it, or restore the file from a backup',
        cause,
      );
    }
  }

  /** Undefined when retention took it meanwhile. */
  async #attempt(hiringId: HiringId, number: number): Promise<AttemptEvidence | undefined> {
    const named = { hiringId, number };
    const found = await this.#connection.read(() => ({
      row: this.#statements.attempt.get(named),
      settlements: this.#statements.settlements.all(named),
      last: this.#statements.lastTransition.get(named),
    }));
    if (found.row === undefined) return undefined;
    return {
      attempt: attemptFromRow(hiringId, found.row, this.#key),
      state: stateSchema.parse(found.row.state),
      endedAtMs: endOf(found.row.state, found.last),
      settlements: found.settlements.map((settlement) => settlementFromRow(settlement)),
    };
  }
}

/** A row of the history. Throws when it cannot be understood. */
export function transitionOf(row: typeof history.$inferSelect): Transition {
  return {
    hiringId: hiringIdSchema.parse(row.hiringId),
    attempt: row.attempt,
    atMs: row.atMs,
    from: stateSchema.parse(row.fromState),
    event: eventSchema.parse(row.event),
    to: stateSchema.parse(row.toState),
    cause: row.cause,
    reason: attentionCodeSchema.parse(row.reason) ?? undefined,
  };
}

function endOf(state: string, row: typeof history.$inferSelect | undefined): number | undefined {
  if (row === undefined) return undefined;
  const last = transitionOf(row);
  return last.to === state && isEnd(last.to) ? last.atMs : undefined;
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const ofHiring = eq(history.hiringId, placeholder('hiringId'));
  const attemptsOfHiring = eq(attempts.hiringId, placeholder('hiringId'));
  return {
    kept: queries
      .select({ redactedAtMs: hirings.redactedAtMs, foldersDeletedAtMs: hirings.foldersDeletedAtMs })
      .from(hirings)
      .where(eq(hirings.id, placeholder('hiringId')))
      .prepare(),
    numbers: queries
      .select({ number: attempts.number })
      .from(attempts)
      .where(attemptsOfHiring)
      .orderBy(desc(attempts.number))
      .limit(placeholder('limit'))
      .prepare(),
    attempts: queries.select({ count: count() }).from(attempts).where(attemptsOfHiring).prepare(),
    attempt: queries
      .select()
      .from(attempts)
      .where(and(attemptsOfHiring, eq(attempts.number, placeholder('number'))))
      .prepare(),
    settlements: queries
      .select()
      .from(settlements)
      .where(
        and(
          eq(settlements.hiringId, placeholder('hiringId')),
          eq(settlements.attempt, placeholder('number')),
        ),
      )
      .orderBy(asc(settlements.generation))
      .prepare(),
    history: queries
      .select()
      .from(history)
      .where(ofHiring)
      .orderBy(desc(history.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    transitions: queries.select({ count: count() }).from(history).where(ofHiring).prepare(),
    lastTransition: queries
      .select()
      .from(history)
      // What happens to the money afterwards is no end.
      .where(
        and(
          ofHiring,
          eq(history.attempt, placeholder('number')),
          sql`${history.fromState} <> ${history.toState}`,
        ),
      )
      .orderBy(desc(history.sequence))
      .limit(1)
      .prepare(),
  };
}
