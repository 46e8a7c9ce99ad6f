import { CLOCK_SPREAD_MS, LONGEST_ENDED_REREAD_WAIT_MS } from '@agrenting-hiclaw/core/domain';
import { and, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import type { Connection } from '../connection/connection.ts';
import { attemptRooms, attempts, consoleSessions, hirings, leases, pauses } from '../schema.ts';

/** No lease is taken for longer (`timing.leaseSeconds` allows no more). */
const LONGEST_LEASE_MS = 600_000;
/** An end beyond this is none that a lease of now can have. */
export const LEASE_REACH_MS = LONGEST_LEASE_MS + CLOCK_SPREAD_MS;
/** A look that comes too early costs little, so this may well be less than what settings make a hiring wait. */
const LONGEST_WAIT_MS = 3_600_000;

const LOOK_EVERY_MS = 60_000;

/**
 * Cuts what lies further ahead than its kind can: a clock that was hours ahead, and was then set right, would keep
 * everybody out for as long. A lease runs out soon, unless its holder renews it; a hiring is looked at; a pause is shown as
 * of now; a console session is over; what was heard was heard now, as long as that is in no task folder, and has that place in the
 * queue for its worker; what ended did so now, is read for its money, and is deleted as late after that as any. Budgets of
 * sends and requests, and the hours of alerts, see to it by themselves, as the engine does for what it remembers of an attempt
 * (`withoutFuture`). All other moments are shown, or things are deleted by them, which is later then by as long.
 */
export class FarAhead {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;
  #lookedAtMs: number | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  /** The same as `cut`, but at most once a minute, and at once when the clock was set back. */
  async cutNowAndThen(nowMs: number, leaseMs: number): Promise<void> {
    const sinceMs = nowMs - (this.#lookedAtMs ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= 0 && sinceMs < LOOK_EVERY_MS) return;
    await this.cut(nowMs, leaseMs);
  }

  /** Gives how much was cut. Where there is nothing, nothing is written. */
  async cut(nowMs: number, leaseMs: number): Promise<number> {
    this.#lookedAtMs = nowMs;
    const bounds = {
      nowMs,
      freeAtMs: nowMs + leaseMs,
      spreadMs: nowMs + CLOCK_SPREAD_MS,
      leaseReachMs: nowMs + LEASE_REACH_MS,
      waitReachMs: nowMs + LONGEST_WAIT_MS,
      rereadReachMs: nowMs + LONGEST_ENDED_REREAD_WAIT_MS + CLOCK_SPREAD_MS,
    };
    const found = await this.#connection.read(() => this.#statements.any.get(bounds));
    if (found === undefined) return 0;
    return await this.#connection.write(() =>
      this.#statements.cuts
        .map((statement) => statement.run(bounds).changes)
        .reduce((sum, changes) => sum + changes, 0),
    );
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const farLease = gt(leases.untilMs, placeholder('leaseReachMs'));
  const farHiring = or(
    and(isNotNull(hirings.leaseToken), gt(hirings.dueAtMs, placeholder('leaseReachMs'))),
    // Ends too: one that is due was heard again, which may be its hirer's retry. Reads for its money have a time of their own.
    and(isNull(hirings.leaseToken), gt(hirings.dueAtMs, placeholder('waitReachMs'))),
  );
  // What is leased reaches less far: with this, the index of due times bounds what is read.
  const farDue = and(gt(hirings.dueAtMs, placeholder('leaseReachMs')), farHiring);
  const farReceived = and(eq(hirings.state, 'received'), gt(hirings.receivedAtMs, placeholder('spreadMs')));
  // With the words of the index `attempts_waiting`, which holds few.
  const farPlace = and(
    sql`${attempts.slotHeld} = 0 and ${attempts.slotWorker} is not null and ${attempts.state} = 'staged'`,
    gt(attempts.receivedAtMs, placeholder('spreadMs')),
  );
  const farPause = gt(pauses.sinceMs, placeholder('spreadMs'));
  // With the words of the indexes `hirings_to_empty`, `hirings_to_reread` and `attempt_rooms_ended`.
  const farEnd = and(
    sql`${hirings.endedAtMs} is not null and ${hirings.redactedAtMs} is null`,
    gt(hirings.endedAtMs, placeholder('spreadMs')),
  );
  const farReread = and(
    sql`${hirings.nextRereadAtMs} is not null`,
    gt(hirings.nextRereadAtMs, placeholder('rereadReachMs')),
  );
  const farRoom = and(
    sql`${attemptRooms.leftAtMs} is null and ${attemptRooms.endedAtMs} is not null`,
    gt(attemptRooms.endedAtMs, placeholder('spreadMs')),
  );
  const farSession = gt(consoleSessions.openedAtMs, placeholder('spreadMs'));
  const one = { one: sql<number>`1`.as('one') };
  return {
    any: unionAll(
      queries.select(one).from(leases).where(farLease),
      queries.select(one).from(hirings).where(farDue),
      queries.select(one).from(hirings).where(farReceived),
      queries.select(one).from(attempts).where(farPlace),
      queries.select(one).from(pauses).where(farPause),
      queries.select(one).from(hirings).where(farEnd),
      queries.select(one).from(hirings).where(farReread),
      queries.select(one).from(attemptRooms).where(farRoom),
      queries.select(one).from(consoleSessions).where(farSession),
    )
      .limit(1)
      .prepare(),
    cuts: [
      queries
        .update(leases)
        .set({ untilMs: sql`${placeholder('freeAtMs')}` })
        .where(farLease)
        .prepare(),
      queries
        .update(hirings)
        .set({
          dueAtMs: sql`case when ${hirings.leaseToken} is null then ${placeholder('nowMs')} else ${placeholder('freeAtMs')} end`,
        })
        .where(farDue)
        .prepare(),
      queries
        .update(hirings)
        .set({ lastReadAtMs: sql`${placeholder('nowMs')}` })
        .where(and(isNotNull(hirings.dueAtMs), gt(hirings.lastReadAtMs, placeholder('spreadMs'))))
        .prepare(),
      queries
        .update(hirings)
        .set({ receivedAtMs: sql`${placeholder('nowMs')}` })
        .where(farReceived)
        .prepare(),
      queries
        .update(attempts)
        .set({ receivedAtMs: sql`${placeholder('nowMs')}` })
        .where(farPlace)
        .prepare(),
      queries
        .update(pauses)
        .set({ sinceMs: sql`${placeholder('nowMs')}` })
        .where(farPause)
        .prepare(),
      queries.delete(consoleSessions).where(farSession).prepare(),
      queries
        .update(hirings)
        .set({
          endedAtMs: sql`${placeholder('nowMs')}`,
          nextRereadAtMs: sql`case when ${hirings.nextRereadAtMs} is null then null else ${placeholder('nowMs')} end`,
        })
        .where(farEnd)
        .prepare(),
      queries
        .update(hirings)
        .set({ nextRereadAtMs: sql`${placeholder('nowMs')}` })
        .where(farReread)
        .prepare(),
      queries
        .update(attemptRooms)
        .set({ endedAtMs: sql`${placeholder('nowMs')}` })
        .where(farRoom)
        .prepare(),
    ],
  };
}
