import {
  agentIdSchema,
  hiringIdSchema,
  Secret,
  type ReceivedDelivery,
  type HiringId,
  type DeliveryForm,
  type SeenTimes,
  type MalformedDelivery,
  type IgnoredDelivery,
} from '@agrenting-hiclaw/core/domain';
import { and, desc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import { inbox } from '../schema.ts';
import { intakeSchema } from '../hirings/codecs.ts';

/** Different documents that are kept of one hiring: the first, and the newest of the others. */
const MAX_PER_HIRING = 32;
/** Documents that are kept of those that came for one agent and name no hiring; older ones go. */
const MAX_WITHOUT_HIRING = 200;
/** Bytes that those of one agent may have together, besides the newest. */
const MAX_BYTES_WITHOUT_HIRING = 4 * 1024 * 1024;

/** The inbox: what was heard, to the letter, sealed. Every method is for use inside a transaction. */
export class InboxMessages {
  readonly #key: EncryptionKey;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, key: EncryptionKey) {
    this.#key = key;
    this.#statements = prepare(connection);
  }

  /** Appends a document, or counts it when the same one is there, which it says. `wake` is what it woke its hiring as; 0 for the one that opened it. */
  keep(item: ReceivedDelivery, hiringId: HiringId | undefined, wake: number): boolean {
    const fingerprint = this.#key.fingerprint([item.intake, item.agentId, hiringId ?? '', item.raw]);
    const named = { hiringId: hiringId ?? null, fingerprint };
    const counted = this.#statements.count.run({ ...named, atMs: item.atMs, wake });
    if (counted.changes > 0) return true;
    this.#statements.append.run({
      ...named,
      intake: item.intake,
      agentId: item.agentId,
      problem: item.parsed.kind === 'malformed' ? item.parsed.problem : null,
      other: item.parsed.kind === 'other' ? item.parsed.what : null,
      atMs: item.atMs,
      wake,
      documentSealed: this.#key.seal(item.raw, identityOf(fingerprint)),
    });
    if (hiringId === undefined) this.#statements.dropWithoutHiring.run({ agentId: item.agentId });
    else if (wake > 0 || item.parsed.kind === 'malformed') this.#statements.dropOfHiring.run({ hiringId });
    return false;
  }

  /** Erases the documents of a hiring, as far as they were heard before the wake `upToWake` was over. */
  erase(hiringId: HiringId, upToWake: number): void {
    this.#statements.erase.run({ hiringId, upToWake });
  }

  /** The newest documents that no hiring could be read from. */
  malformedDeliveries(limit: number): readonly MalformedDelivery[] {
    return this.#statements.malformed.all({ limit }).map((row) =>
      Object.assign(this.#formOf(row), {
        agentId: agentIdSchema.parse(row.agentId),
        hiringId: row.hiringId === null ? undefined : hiringIdSchema.parse(row.hiringId),
        problem: row.problem ?? '',
      }),
    );
  }

  /** Every form in which a hiring was heard, the first before the others. */
  of(hiringId: HiringId): readonly DeliveryForm[] {
    return this.#statements.ofHiring.all({ hiringId }).map((row) => this.#formOf(row));
  }

  /** The same without the documents, which may be large. */
  timesOf(hiringId: HiringId): readonly SeenTimes[] {
    return this.#statements.timesOfHiring
      .all({ hiringId })
      .map(({ intake, firstAtMs, lastAtMs, times, problem }) => ({
        intake: intakeSchema.parse(intake),
        firstAtMs,
        lastAtMs,
        times,
        problem: problem ?? undefined,
      }));
  }

  /** The newest documents that were meant to be no hiring. */
  ignoredDeliveries(limit: number): readonly IgnoredDelivery[] {
    return this.#statements.ignored
      .all({ limit })
      .map((row) => Object.assign(this.#formOf(row), { what: row.other ?? '' }));
  }

  #formOf(row: typeof inbox.$inferSelect): DeliveryForm {
    const { intake, firstAtMs, lastAtMs, times, documentSealed, fingerprint } = row;
    const document =
      documentSealed === null
        ? undefined
        : new Secret(this.#key.unseal(documentSealed, identityOf(fingerprint)));
    const problem = row.problem ?? undefined;
    return { intake: intakeSchema.parse(intake), firstAtMs, lastAtMs, times, problem, document };
  }
}

const identityOf = (fingerprint: Buffer): string => `inbox/${fingerprint.toString('hex')}`;

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    count: queries
      .update(inbox)
      .set({
        times: sql`${inbox.times} + 1`,
        lastAtMs: sql`${placeholder('atMs')}`,
        wake: sql`${placeholder('wake')}`,
      })
      .where(
        and(
          // For documents without a hiring, too, where "=" would find nothing.
          sql`${inbox.hiringId} is ${placeholder('hiringId')}`,
          eq(inbox.fingerprint, placeholder('fingerprint')),
        ),
      )
      .prepare(),
    append: queries
      .insert(inbox)
      .values({
        fingerprint: placeholder('fingerprint'),
        intake: placeholder('intake'),
        agentId: placeholder('agentId'),
        hiringId: placeholder('hiringId'),
        problem: placeholder('problem'),
        other: placeholder('other'),
        firstAtMs: placeholder('atMs'),
        lastAtMs: placeholder('atMs'),
        times: 1,
        wake: placeholder('wake'),
        documentSealed: placeholder('documentSealed'),
      })
      .prepare(),
    dropOfHiring: queries
      .delete(inbox)
      .where(
        and(
          eq(inbox.hiringId, placeholder('hiringId')),
          sql`${inbox.sequence} > (select min(sequence) from inbox where hiring_id = ${placeholder('hiringId')})`,
          sql`${inbox.sequence} <= (select sequence from inbox where hiring_id = ${placeholder('hiringId')}
            order by sequence desc limit 1 offset ${sql.raw(String(MAX_PER_HIRING - 1))})`,
        ),
      )
      .prepare(),
    dropWithoutHiring: queries
      .delete(inbox)
      .where(
        and(
          isNull(inbox.hiringId),
          eq(inbox.agentId, placeholder('agentId')),
          // Counted for each agent, so that what comes for one displaces nothing of another.
          sql`${inbox.sequence} <= (select sequence from (
            select sequence, row_number() over newer as place, sum(length(document_sealed)) over newer as bytes
            from inbox indexed by inbox_without_hiring
            where hiring_id is null and agent_id = ${placeholder('agentId')}
            window newer as (order by sequence desc))
            where place > 1 and (place > ${sql.raw(String(MAX_WITHOUT_HIRING))} or bytes > ${sql.raw(String(MAX_BYTES_WITHOUT_HIRING))})
            order by sequence desc limit 1)`,
        ),
      )
      .prepare(),
    erase: queries
      .update(inbox)
      .set({ documentSealed: null })
      .where(
        and(
          eq(inbox.hiringId, placeholder('hiringId')),
          lte(inbox.wake, placeholder('upToWake')),
          isNotNull(inbox.documentSealed),
        ),
      )
      .prepare(),
    malformed: queries
      .select()
      .from(inbox)
      .where(isNotNull(inbox.problem))
      .orderBy(desc(inbox.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    ofHiring: queries
      .select()
      .from(inbox)
      .where(eq(inbox.hiringId, placeholder('hiringId')))
      .orderBy(inbox.sequence)
      .prepare(),
    timesOfHiring: queries
      .select({
        intake: inbox.intake,
        firstAtMs: inbox.firstAtMs,
        lastAtMs: inbox.lastAtMs,
        times: inbox.times,
        problem: inbox.problem,
      })
      .from(inbox)
      .where(eq(inbox.hiringId, placeholder('hiringId')))
      .orderBy(inbox.sequence)
      .prepare(),
    ignored: queries
      .select()
      .from(inbox)
      .where(and(isNull(inbox.hiringId), isNotNull(inbox.other)))
      .orderBy(desc(inbox.sequence))
      .limit(placeholder('limit'))
      .prepare(),
  };
}
