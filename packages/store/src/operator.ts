import {
  commandStep,
  ENDS,
  isEnd,
  type Claim,
  type HiringId,
  type HiringRecord,
  type KnownSecrets,
  type OperatorCommand,
  type State,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import { and, desc, eq, isNull, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import type { Records } from './records.ts';
import { hirings } from './schema.ts';
import type { Steps } from './steps.ts';

export interface ListRequest {
  /** All states when left out. */
  readonly state?: State | undefined;
  /** At most 1,000. */
  readonly limit: number;
}

export type CommandOutcome =
  | { readonly kind: 'done' }
  /** There is no such hiring. */
  | { readonly kind: 'absent' }
  /** A process is at work on it this moment: try again. */
  | { readonly kind: 'busy' }
  /** It is not as it was shown; `version` is the present one. */
  | { readonly kind: 'changed'; readonly version: string }
  /** Its state has no such move. */
  | { readonly kind: 'unfit'; readonly state: State }
  /** It has, but not with such words; `why` holds none of them. */
  | { readonly kind: 'refused'; readonly why: string };

type NotTaken =
  | { readonly kind: 'absent' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unfit'; readonly state: State };

/** What somebody made of a hiring that was theirs alone meanwhile. */
export type HeldOutcome<Outcome> =
  | { readonly kind: 'decided'; readonly outcome: Outcome }
  | { readonly kind: 'absent' }
  | { readonly kind: 'busy' }
  /** It has ended. */
  | { readonly kind: 'ended' };

/** What is to come of a hiring, and what to commit of it. */
export interface Decided<Outcome> {
  readonly outcome: Outcome;
  readonly step?: StepCommit | undefined;
}

const MAX_LISTED = 1_000;
/** Long enough for one commit. */
const LEASE_MS = 10_000;

/** What the operator looks at and tells hirings to do. */
export class Operator {
  readonly #connection: Connection;
  readonly #records: Records;
  readonly #steps: Steps;
  readonly #secrets: KnownSecrets;
  readonly #holder: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(
    connection: Connection,
    records: Records,
    steps: Steps,
    { secrets, holder }: { readonly secrets: KnownSecrets; readonly holder: string },
  ) {
    this.#secrets = secrets;
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

  /**
   * Has a hiring do what the operator says, as one step like any other. What was shown is compared with what is there in
   * the transaction that carries the command out, so that nothing comes between.
   */
  async tell(hiringId: HiringId, command: OperatorCommand, nowMs: number): Promise<CommandOutcome> {
    return await this.#connection.write((): CommandOutcome => {
      const rows = this.#records.rowsOf(hiringId);
      if (rows === undefined) return { kind: 'absent' };
      const { leaseToken, dueAtMs } = rows.hiring;
      const record = this.#records.toRecord(rows, nowMs);
      if (!isEnd(record.state) && leaseToken !== null && (dueAtMs ?? 0) > nowMs) return { kind: 'busy' };
      const made = commandStep(record, command, nowMs, this.#secrets);
      if (made.kind === 'unfit') return { kind: 'unfit', state: record.state };
      if (made.kind !== 'step') return made;
      const claim = this.#take(hiringId, nowMs, LEASE_MS);
      if ('kind' in claim) return claim;
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
    const { leaseToken, pokes, wakes } = rows.hiring;
    if (leaseToken === null) return { kind: 'busy' };
    return { record: this.#records.toRecord(rows, nowMs), token: leaseToken, pokes, wakes };
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const newestFirst = desc(hirings.heardAtMs);
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
