import type { HiringId, State } from '@agrenting-hiclaw/core/domain';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { prepareRequeue } from '../hirings/requeue.ts';
import { attempts } from '../schema.ts';

/** In these states the worker may be busy with the attempt; in any other its place is given back. */
const HOLDING: ReadonlySet<State> = new Set(['confirmed', 'staged', 'sent', 'acknowledged', 'attention']);

export type AttemptName = { readonly hiringId: HiringId; readonly number: number };

/**
 * A worker has so many places, and an attempt has to have one to be sent to it. A waiting attempt is
 * served in the order in which the hirings were heard. Every method is for use inside a transaction.
 */
export class WorkerSlots {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  /** True when the attempt now has a place at the worker; while false, it waits for one. */
  reserve(attempt: AttemptName, workerName: string, limit: number, nowMs: number): boolean {
    const row = this.#statements.look.get(attempt);
    if (row === undefined) return false;
    if (row.slotWorker === workerName && row.slotHeld) return true;

    this.#statements.note.run({ ...attempt, workerName, slotHeld: 0 });
    if (row.slotWorker !== null && row.slotWorker !== workerName) this.#wakeNext(row.slotWorker, nowMs);

    const taken = this.#statements.taken.get({ workerName })?.count ?? 0;
    if (taken >= limit) return false;
    if (this.#statements.older.get({ ...attempt, workerName, receivedAtMs: row.receivedAtMs }) !== undefined)
      return false;

    this.#statements.note.run({ ...attempt, workerName, slotHeld: 1 });
    // Places that became free while this one was first in line were not offered to the next.
    if (taken + 1 < limit) this.#wakeNext(workerName, nowMs);
    return true;
  }

  /** Notes that the attempt came into a state; gives its place back when the worker is done with it. */
  transitioned(attempt: AttemptName, to: State, nowMs: number): void {
    const row = this.#statements.look.get(attempt);
    if (row === undefined || row.slotWorker === null) return;
    const leaves = !HOLDING.has(to);
    if (leaves) this.#statements.note.run({ ...attempt, workerName: null, slotHeld: 0 });
    // One that only waited stood in the way of those behind it.
    if (leaves || (!row.slotHeld && to !== 'staged')) this.#wakeNext(row.slotWorker, nowMs);
  }

  #wakeNext(workerName: string, nowMs: number): void {
    const next = this.#statements.next.get({ workerName });
    if (next !== undefined) this.#statements.requeue.run({ ...next, nowMs });
  }
}

function prepare(connection: Connection) {
  const { queries } = connection;
  const { placeholder } = sql;
  const named = and(
    eq(attempts.hiringId, placeholder('hiringId')),
    eq(attempts.number, placeholder('number')),
  );
  // As in the index `attempts_waiting`, which is only used for these very words.
  const waiting = and(
    eq(attempts.slotWorker, placeholder('workerName')),
    sql`${attempts.slotHeld} = 0 and ${attempts.state} = 'staged'`,
  );
  return {
    look: queries
      .select({
        slotWorker: attempts.slotWorker,
        slotHeld: attempts.slotHeld,
        receivedAtMs: attempts.receivedAtMs,
      })
      .from(attempts)
      .where(named)
      .prepare(),
    note: queries
      .update(attempts)
      .set({ slotWorker: sql`${placeholder('workerName')}`, slotHeld: sql`${placeholder('slotHeld')}` })
      .where(named)
      .prepare(),
    taken: queries
      .select({ count: count() })
      .from(attempts)
      .where(and(eq(attempts.slotWorker, placeholder('workerName')), sql`${attempts.slotHeld} = 1`))
      .prepare(),
    older: queries
      .select({ hiringId: attempts.hiringId })
      .from(attempts)
      .where(
        and(
          waiting,
          sql`(${attempts.receivedAtMs}, ${attempts.hiringId}) < (${placeholder('receivedAtMs')}, ${placeholder('hiringId')})`,
        ),
      )
      .limit(1)
      .prepare(),
    next: queries
      .select({ hiringId: attempts.hiringId })
      .from(attempts)
      .where(waiting)
      .orderBy(asc(attempts.receivedAtMs), asc(attempts.hiringId))
      .limit(1)
      .prepare(),
    requeue: prepareRequeue(connection),
  };
}
