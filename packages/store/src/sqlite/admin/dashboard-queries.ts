import {
  ENDS,
  hiringIdSchema,
  STATES,
  type KeptAlert,
  type KeptRoom,
  type NumberedTransition,
  type Overview,
  type WorkerHiring,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, between, count, desc, eq, gt, gte, inArray, lt, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { LEASE_REACH_MS } from '../leases/far-ahead.ts';
import { alerts, attemptRooms, attempts, hirings, history, leases } from '../schema.ts';
import { alertFromText } from '../alerts/stored-alert.ts';
import { stateSchema } from '../hirings/codecs.ts';

const HOUR_MS = 3_600_000;

/** `Overview` over SQLite. */
export class SqliteOverview implements Overview {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async transitionsAfter(sequence: number, limit: number): Promise<readonly NumberedTransition[]> {
    const rows = await this.#connection.read(() =>
      this.#statements.transitionsAfter.all({ sequence, limit }),
    );
    return rows.map((row) => numberedTransition(row));
  }

  async latestTransitions(limit: number): Promise<readonly NumberedTransition[]> {
    const rows = await this.#connection.read(() => this.#statements.latestTransitions.all({ limit }));
    return rows.map((row) => numberedTransition(row));
  }

  async arrivals(sinceMs: number) {
    const rows = await this.#connection.read(() => this.#statements.arrivals.all({ sinceMs }));
    return rows.map((row) => ({ atMs: row.hour * HOUR_MS, count: row.count }));
  }

  async open() {
    return await this.#connection.read(() => this.#statements.open.all());
  }

  async ofWorker(worker: string, limit: number): Promise<readonly WorkerHiring[]> {
    const rows = await this.#connection.read(() => this.#statements.ofWorker.all({ worker, limit }));
    return rows.map(({ state, lastActivityAtMs }) => ({
      state: stateSchema.parse(state),
      lastActivityAtMs: lastActivityAtMs ?? undefined,
    }));
  }

  async alerts(before: number | undefined, limit: number): Promise<readonly KeptAlert[]> {
    const rows = await this.#connection.read(() =>
      this.#statements.alerts.all({ before: before ?? Number.MAX_SAFE_INTEGER, limit }),
    );
    return rows.map(({ sequence, sink, content, keptAtMs, doneAtMs, refusals }) => ({
      sequence,
      sink,
      alert: alertFromText(content),
      keptAtMs,
      doneAtMs: doneAtMs ?? undefined,
      refusals,
    }));
  }

  async rooms(before: number | undefined, limit: number): Promise<readonly KeptRoom[]> {
    const rows = await this.#connection.read(() =>
      this.#statements.rooms.all({ before: before ?? Number.MAX_SAFE_INTEGER, limit }),
    );
    return rows.map(({ sequence, roomId, hiringId, userId, endedAtMs, leftAtMs }) => ({
      sequence,
      roomId,
      hiringId: hiringIdSchema.parse(hiringId),
      userId,
      endedAtMs: endedAtMs ?? undefined,
      leftAtMs: leftAtMs ?? undefined,
    }));
  }

  async leases(nowMs: number) {
    return await this.#connection.read(() =>
      this.#statements.leases.all({ fromMs: nowMs + 1, reachMs: nowMs + LEASE_REACH_MS }),
    );
  }
}

function numberedTransition(row: {
  readonly sequence: number;
  readonly hiringId: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
}): NumberedTransition {
  return {
    ...row,
    hiringId: hiringIdSchema.parse(row.hiringId),
    from: stateSchema.parse(row.from),
    to: stateSchema.parse(row.to),
  };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const transition = {
    sequence: history.sequence,
    hiringId: history.hiringId,
    attempt: history.attempt,
    atMs: history.atMs,
    from: history.fromState,
    to: history.toState,
  };
  const hour = sql<number>`${hirings.receivedAtMs} / ${sql.raw(String(HOUR_MS))}`;
  const open = STATES.filter((state) => !ENDS.some((end) => end === state));
  const room = sql<number>`${attemptRooms}.rowid`;
  return {
    transitionsAfter: queries
      .select(transition)
      .from(history)
      .where(gt(history.sequence, placeholder('sequence')))
      .orderBy(asc(history.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    latestTransitions: queries
      .select(transition)
      .from(history)
      .orderBy(desc(history.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    arrivals: queries
      .select({ hour, count: count() })
      .from(hirings)
      .where(gte(hirings.receivedAtMs, placeholder('sinceMs')))
      .groupBy(hour)
      .prepare(),
    open: queries
      .select({ agentId: hirings.agentId, worker: hirings.worker, count: count() })
      .from(hirings)
      .where(inArray(hirings.state, open))
      .groupBy(hirings.agentId, hirings.worker)
      .prepare(),
    ofWorker: queries
      .select({
        state: hirings.state,
        lastActivityAtMs: sql<number | null>`json_extract(${attempts.progress}, '$.lastActivityAtMs')`,
      })
      .from(hirings)
      .leftJoin(attempts, and(eq(attempts.hiringId, hirings.id), eq(attempts.number, hirings.attempt)))
      .where(and(sql`${hirings.worker} is not null`, eq(hirings.worker, placeholder('worker'))))
      .orderBy(desc(hirings.receivedAtMs), desc(hirings.id))
      .limit(placeholder('limit'))
      .prepare(),
    alerts: queries
      .select()
      .from(alerts)
      .where(lt(alerts.sequence, placeholder('before')))
      .orderBy(desc(alerts.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    rooms: queries
      .select({
        sequence: room,
        roomId: attemptRooms.roomId,
        hiringId: attemptRooms.hiringId,
        userId: attemptRooms.userId,
        endedAtMs: attemptRooms.endedAtMs,
        leftAtMs: attemptRooms.leftAtMs,
      })
      .from(attemptRooms)
      .where(sql`${room} < ${placeholder('before')}`)
      .orderBy(sql`${room} desc`)
      .limit(placeholder('limit'))
      .prepare(),
    leases: queries
      .select()
      .from(leases)
      .where(between(leases.untilMs, placeholder('fromMs'), placeholder('reachMs')))
      .orderBy(asc(leases.name))
      .prepare(),
  };
}
