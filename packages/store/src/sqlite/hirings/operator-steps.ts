import {
  ENDS,
  isEnd,
  type Claim,
  type HiringId,
  type HiringRecord,
  type State,
  type DecideOutcome,
  type Decided,
  type HeldOutcome,
  type ListRequest,
  type StepOr,
} from '@agrenting-hiclaw/core/domain';
import { and, desc, eq, isNull, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { HiringReader } from './hiring-reader.ts';
import { hirings } from '../schema.ts';
import type { StepCommitter } from './commit-step.ts';

type NotTaken =
  | { readonly kind: 'absent' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unfit'; readonly state: State };

const MAX_LISTED = 1_000;
/** Long enough for one commit. */
const LEASE_MS = 10_000;

/** What is looked at and decided outside of the engine's own steps. */
export class Operator {
  readonly #connection: Connection;
  readonly #records: HiringReader;
  readonly #steps: StepCommitter;
  readonly #holder: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, records: HiringReader, steps: StepCommitter, holder: string) {
    this.#holder = holder;
    this.#connection = connection;
    this.#records = records;
    this.#steps = steps;
    this.#statements = prepare(connection);
  }

  /** Hirings as they are now, the newest first. Those that cannot be read are left out. */
  async list({ state, limit }: ListRequest, nowMs: number): Promise<readonly HiringRecord[]> {
    const most = Math.min(limit, MAX_LISTED);
    const rows = await this.#connection.read(() => {
      const ids =
        state === undefined
          ? this.#statements.newest.all({ limit: most })
          : this.#statements.newestIn.all({ state, limit: most });
      return ids.flatMap(({ id }) => this.#records.rowsOf(id) ?? []);
    });
    return rows.map((row) => this.#records.toRecord(row, nowMs));
  }

  /** See `Store.decide`: the record is read and its step committed in one transaction. */
  async decide<Refusal>(
    hiringId: HiringId,
    nowMs: number,
    decide: (record: HiringRecord, nowMs: number) => StepOr<Refusal>,
  ): Promise<DecideOutcome<Refusal>> {
    return await this.#connection.write((): DecideOutcome<Refusal> => {
      const rows = this.#records.rowsOf(hiringId);
      if (rows === undefined) return { kind: 'absent' };
      const { leaseToken, dueAtMs } = rows.hiring;
      const record = this.#records.toRecord(rows, nowMs);
      if (!isEnd(record.state) && leaseToken !== null && (dueAtMs ?? 0) > nowMs) return { kind: 'busy' };
      const made = decide(record, nowMs);
      if ('refusal' in made) return made.refusal;
      const claim = this.#take(hiringId, nowMs, LEASE_MS);
      // An end has no step.
      if ('kind' in claim) return { kind: claim.kind === 'absent' ? 'absent' : 'busy' };
      const committed = this.#steps.commitInside(claim, made.step, nowMs);
      return committed === 'committed' ? { kind: 'done' } : { kind: 'busy' };
    });
  }

  /**
   * Keeps a hiring from everybody else while `decide` works outside, for at most `leaseMs`, and commits what it decided.
   * Where it takes longer, or somebody else has the hiring by then, its outcome stands and its step is left out.
   */
  async whileHeld<Outcome>(
    hiringId: HiringId,
    leaseMs: number,
    nowMs: () => number,
    decide: (record: HiringRecord) => Promise<Decided<Outcome>>,
  ): Promise<HeldOutcome<Outcome>> {
    const claim = await this.#connection.write(() => this.#take(hiringId, nowMs(), leaseMs));
    if ('kind' in claim) return claim.kind === 'unfit' ? { kind: 'ended' } : claim;
    try {
      const { outcome, step } = await decide(claim.record);
      if (step !== undefined) await this.#steps.commit(claim, step, nowMs());
      return { kind: 'decided', outcome };
    } finally {
      // What was committed is no longer held, and this changes nothing.
      await this.#connection.write(() =>
        this.#statements.release.run({ hiringId, token: claim.token, nowMs: nowMs() }),
      );
    }
  }

  /** For use inside a transaction. */
  #take(hiringId: HiringId, nowMs: number, leaseMs: number): Claim | NotTaken {
    const found = this.#records.rowsOf(hiringId);
    if (found === undefined) return { kind: 'absent' };
    const { changes } = this.#statements.take.run({
      hiringId,
      nowMs,
      untilMs: nowMs + leaseMs,
      holder: this.#holder,
    });
    if (changes === 0) {
      const record = this.#records.toRecord(found, nowMs);
      return isEnd(record.state) ? { kind: 'unfit', state: record.state } : { kind: 'busy' };
    }
    const rows = this.#records.rowsOf(hiringId) ?? found;
    const { leaseToken, requeues, notifications } = rows.hiring;
    if (leaseToken === null) return { kind: 'busy' };
    return { record: this.#records.toRecord(rows, nowMs), token: leaseToken, requeues, notifications };
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const newestFirst = desc(hirings.receivedAtMs);
  return {
    newest: queries
      .select({ id: hirings.id })
      .from(hirings)
      .orderBy(newestFirst)
      .limit(placeholder('limit'))
      .prepare(),
    newestIn: queries
      .select({ id: hirings.id })
      .from(hirings)
      .where(eq(hirings.state, placeholder('state')))
      .orderBy(newestFirst)
      .limit(placeholder('limit'))
      .prepare(),
    // Free, or leased by somebody who is late: the due time is the end of a lease.
    take: queries
      .update(hirings)
      .set({
        leaseToken: sql`lower(hex(randomblob(16)))`,
        leaseHolder: sql`${placeholder('holder')}`,
        dueAtMs: sql`${placeholder('untilMs')}`,
      })
      .where(
        and(
          eq(hirings.id, placeholder('hiringId')),
          notInArray(hirings.state, [...ENDS]),
          or(isNull(hirings.leaseToken), lte(hirings.dueAtMs, placeholder('nowMs'))),
        ),
      )
      .prepare(),
    release: queries
      .update(hirings)
      .set({ leaseToken: null, leaseHolder: null, dueAtMs: sql`${placeholder('nowMs')}` })
      .where(and(eq(hirings.id, placeholder('hiringId')), eq(hirings.leaseToken, placeholder('token'))))
      .prepare(),
  };
}
