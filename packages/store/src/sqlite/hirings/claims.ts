import { type Claim, type ClaimRequest, type HiringId, StoreError } from '@agrenting-hiclaw/core/domain';
import { and, eq, min, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { FarAhead } from '../leases/far-ahead.ts';
import type { HiringReader } from './hiring-reader.ts';
import { hirings } from '../schema.ts';
import { FairQueue } from './fair-queue.ts';

/** Called when a stored hiring cannot be read; the others go on. */
export type OnUnreadable = (hiringId: string, error: StoreError) => void;

/** Gives hirings out under a lease. While a lease runs, its end is the due time: a process that dies is followed by another. */
export class Claims {
  readonly #connection: Connection;
  readonly #records: HiringReader;
  readonly #farAhead: FarAhead;
  readonly #turns: FairQueue;
  readonly #onUnreadable: OnUnreadable;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, records: HiringReader, farAhead: FarAhead, onUnreadable: OnUnreadable) {
    this.#connection = connection;
    this.#records = records;
    this.#farAhead = farAhead;
    this.#turns = new FairQueue(connection);
    this.#onUnreadable = onUnreadable;
    this.#statements = prepare(connection);
  }

  /** Leases what is due: the agents by turns, of each the longest overdue first. */
  async claim({ holder, nowMs, leaseMs, limit }: ClaimRequest): Promise<readonly Claim[]> {
    await this.#farAhead.cutNowAndThen(nowMs, leaseMs);
    // Most polls find nothing: those must not take the write lock.
    const nextDueAtMs = await this.nextDueAtMs();
    if (nextDueAtMs === undefined || nextDueAtMs > nowMs) return [];

    const taken = await this.#connection.writeLightly(() =>
      this.#turns.pick(nowMs, limit).flatMap((hiringId) => {
        this.#statements.take.run({ hiringId, holder, untilMs: nowMs + leaseMs });
        return this.#records.rowsOf(hiringId) ?? [];
      }),
    );
    return taken.flatMap((rows): readonly Claim[] => {
      const { leaseToken, requeues, notifications, id } = rows.hiring;
      try {
        const record = this.#records.toRecord(rows, nowMs);
        return leaseToken === null ? [] : [{ record, token: leaseToken, requeues, notifications }];
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // It stays leased, so it is tried again, but not in a loop.
        this.#onUnreadable(id, error);
        return [];
      }
    });
  }

  async renew(claim: Claim, nowMs: number, leaseMs: number): Promise<boolean> {
    const { changes } = await this.#connection.writeLightly(() =>
      this.#statements.renew.run({ ...holding(claim), untilMs: nowMs + leaseMs }),
    );
    return changes > 0;
  }

  /** True when the claim was still ours to give back. */
  async release(claim: Claim, nowMs: number): Promise<boolean> {
    const { changes } = await this.#connection.write(() =>
      this.#statements.release.run({ ...holding(claim), nowMs }),
    );
    return changes > 0;
  }

  async nextDueAtMs(): Promise<number | undefined> {
    const row = await this.#connection.read(() => this.#statements.nextDue.get());
    return row?.dueAtMs ?? undefined;
  }
}

function holding(claim: Claim): { hiringId: HiringId; token: string } {
  return { hiringId: claim.record.hiringId, token: claim.token };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const held = and(eq(hirings.id, placeholder('hiringId')), eq(hirings.leaseToken, placeholder('token')));
  return {
    take: queries
      .update(hirings)
      .set({
        leaseToken: sql`lower(hex(randomblob(16)))`,
        leaseHolder: sql`${placeholder('holder')}`,
        dueAtMs: sql`${placeholder('untilMs')}`,
      })
      .where(eq(hirings.id, placeholder('hiringId')))
      .prepare(),
    renew: queries
      .update(hirings)
      .set({ dueAtMs: sql`${placeholder('untilMs')}` })
      .where(held)
      .prepare(),
    release: queries
      .update(hirings)
      .set({ leaseToken: null, leaseHolder: null, dueAtMs: sql`${placeholder('nowMs')}` })
      .where(held)
      .prepare(),
    nextDue: queries
      .select({ dueAtMs: min(hirings.dueAtMs) })
      .from(hirings)
      .where(sql`${hirings.dueAtMs} is not null`)
      .prepare(),
  };
}
