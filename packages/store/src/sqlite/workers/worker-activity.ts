import type {
  Listened,
  LongTexts,
  WorkerActivity,
  ActivityLog,
  StoredActivity,
  UnreadText,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, count, eq, gt, isNotNull, isNull, lt, max, min, sql } from 'drizzle-orm';
import type { ChangeNotifier } from '../connection/change-notifier.ts';
import type { Connection } from '../connection/connection.ts';
import { prepareRequeue } from '../hirings/requeue.ts';
import { attempts, hirings, syncCursors, activities } from '../schema.ts';
import { activityKindSchema } from '../hirings/codecs.ts';

/** Of one worker in one room this many activities are kept; a chatty room does not push out the others. */
const MAX_PER_WORKER = 1_000;
/** Of all workers together. */
const MAX_ACTIVITIES = 200_000;
/** Longer than any hiring runs. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1_000;
/** Old ones are looked for among this many of the oldest, so that no call has to clear up everything. */
const SWEEP = 1_000;

/** Messages of one worker in one room whose text is still to be read; of more the beginning has to do. */
const MAX_UNREAD_PER_WORKER = 5;

/** `SignLog` over SQLite. */
export class SqliteActivityLog implements ActivityLog, LongTexts {
  readonly #connection: Connection;
  readonly #changes: ChangeNotifier;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, changes: ChangeNotifier) {
    this.#connection = connection;
    this.#changes = changes;
    this.#statements = prepare(connection);
  }

  async position(account: string): Promise<string | undefined> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.position;
  }

  async syncedUntilMs(account: string): Promise<number | undefined> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.syncedUntilMs;
  }

  async listenedMs(account: string): Promise<number> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.listenedMs ?? 0;
  }

  async record(
    account: string,
    position: string,
    seen: readonly WorkerActivity[],
    nowMs: number,
    syncedUntilMs = nowMs,
    listened?: Listened,
  ): Promise<void> {
    const store = (): number => {
      const counted = countedOn(this.#statements.position.get({ account })?.listenedMs ?? 0, listened);
      const fresh = seen.filter((activity) => this.#keep(activity, nowMs, counted.nowMs));
      const workers = new Map(fresh.map(({ roomId, userId }) => [`${roomId} ${userId}`, { roomId, userId }]));
      const woken = [...workers.values()].flatMap((worker) => this.#statements.watched.all(worker));
      for (const { hiringId } of woken) this.#statements.requeue.run({ hiringId, nowMs });
      for (const worker of workers.values()) this.#statements.dropOfWorker.run(worker);
      if (fresh.length > 0) this.#prune(nowMs);
      this.#statements.advance.run({ account, position, syncedUntilMs, listenedMs: counted.untilMs });
      return woken.length;
    };
    // Where nothing was seen, all that a loss of power takes is asked for again.
    const woken =
      seen.length === 0 ? await this.#connection.writeLightly(store) : await this.#connection.write(store);
    if (woken > 0) this.#changes.announce();
  }

  async since(
    roomId: string,
    userId: string,
    sequence: number,
    limit: number,
  ): Promise<readonly StoredActivity[]> {
    const rows = await this.#connection.read(() =>
      this.#statements.since.all({ roomId, userId, sequence, limit }),
    );
    return rows.map((row) => ({
      sequence: row.sequence,
      roomId: row.roomId,
      userId: row.userId,
      kind: activityKindSchema.parse(row.kind),
      eventId: row.eventId ?? undefined,
      replacesEventId: row.replacesEventId ?? undefined,
      text: row.text ?? undefined,
      atMs: row.atMs,
      saidAtMs: row.saidAtMs ?? undefined,
      readLate: row.readLate ?? undefined,
      listenedMs: row.listenedMs ?? undefined,
    }));
  }

  async unread(limit: number): Promise<readonly UnreadText[]> {
    const rows = await this.#connection.read(() => this.#statements.unread.all({ limit }));
    return rows.flatMap(({ url, ...row }) => (url === null ? [] : [{ ...row, url }]));
  }

  async read(sequence: number, text: string | undefined, nowMs: number): Promise<void> {
    const woken = await this.#connection.write(() => {
      const [worker] = this.#statements.readText.all({ sequence, text: text ?? null });
      const hirings = worker === undefined ? [] : this.#statements.watched.all(worker);
      for (const { hiringId } of hirings) this.#statements.requeue.run({ hiringId, nowMs });
      return hirings.length;
    });
    if (woken > 0) this.#changes.announce();
  }

  async latest(): Promise<number> {
    const row = await this.#connection.read(() => this.#statements.latest.get());
    return row?.sequence ?? 0;
  }

  #prune(nowMs: number): void {
    this.#statements.dropOverflow.run();
    this.#statements.dropOld.run({ beforeMs: nowMs - MAX_AGE_MS });
  }

  /** False when it is there already. One that names no event, such as typing, takes the place of its like. */
  #keep(activity: WorkerActivity, nowMs: number, listenedMs: number | null): boolean {
    const { roomId, userId, kind, atMs } = activity;
    if (activity.eventId === undefined) this.#statements.dropWithoutEvent.run({ roomId, userId, kind });
    const unread = this.#statements.countUnread.get({ roomId, userId })?.unread ?? 0;
    const { changes } = this.#statements.keep.run({
      roomId,
      userId,
      kind,
      eventId: activity.eventId ?? null,
      replacesEventId: activity.replacesEventId ?? null,
      text: activity.text ?? null,
      longTextUrl: unread < MAX_UNREAD_PER_WORKER ? (activity.longTextUrl ?? null) : null,
      atMs,
      saidAtMs: activity.saidAtMs ?? null,
      readLate: activity.readLate ?? null,
      listenedMs,
      nowMs,
    });
    return changes > 0;
  }
}

/**
 * How much has been listened to after what is reported beside what is known. Another who listened meanwhile has counted the same
 * time: then it is not counted again, and by now as much has passed as may have.
 */
function countedOn(
  knownMs: number,
  listened: Listened | undefined,
): { readonly untilMs: number; readonly nowMs: number | null } {
  if (listened === undefined) return { untilMs: knownMs, nowMs: null };
  const { fromMs, untilMs, nowMs } = listened;
  const isCounted = fromMs !== knownMs;
  return {
    untilMs: isCounted ? knownMs : Math.max(knownMs, untilMs),
    nowMs: Math.max(knownMs, knownMs + nowMs - fromMs),
  };
}

function prepare(connection: Connection) {
  const { queries } = connection;
  const { placeholder } = sql;
  const ofWorker = and(
    eq(activities.roomId, placeholder('roomId')),
    eq(activities.userId, placeholder('userId')),
  );
  return {
    position: queries
      .select({
        position: syncCursors.position,
        syncedUntilMs: syncCursors.syncedUntilMs,
        listenedMs: syncCursors.listenedMs,
      })
      .from(syncCursors)
      .where(eq(syncCursors.account, placeholder('account')))
      .prepare(),
    advance: queries
      .insert(syncCursors)
      .values({
        account: placeholder('account'),
        position: placeholder('position'),
        syncedUntilMs: placeholder('syncedUntilMs'),
        listenedMs: placeholder('listenedMs'),
      })
      .onConflictDoUpdate({
        target: syncCursors.account,
        set: {
          position: sql`excluded.position`,
          syncedUntilMs: sql`excluded.synced_until_ms`,
          listenedMs: sql`excluded.listened_ms`,
        },
      })
      .prepare(),
    keep: queries
      .insert(activities)
      .values({
        roomId: placeholder('roomId'),
        userId: placeholder('userId'),
        kind: placeholder('kind'),
        eventId: placeholder('eventId'),
        replacesEventId: placeholder('replacesEventId'),
        text: placeholder('text'),
        longTextUrl: placeholder('longTextUrl'),
        atMs: placeholder('atMs'),
        saidAtMs: placeholder('saidAtMs'),
        readLate: placeholder('readLate'),
        recordedAtMs: placeholder('nowMs'),
        listenedMs: placeholder('listenedMs'),
      })
      .onConflictDoNothing()
      .prepare(),
    watched: queries
      .select({ hiringId: attempts.hiringId })
      .from(attempts)
      .innerJoin(hirings, and(eq(hirings.id, attempts.hiringId), eq(hirings.attempt, attempts.number)))
      .where(
        and(
          eq(attempts.roomId, placeholder('roomId')),
          eq(attempts.userId, placeholder('userId')),
          // As in the index `attempts_watched`, which is only used for these very words.
          sql`${attempts.state} in ('sent', 'acknowledged', 'attention')`,
        ),
      )
      .prepare(),
    requeue: prepareRequeue(connection),
    dropWithoutEvent: queries
      .delete(activities)
      .where(and(ofWorker, eq(activities.kind, placeholder('kind')), isNull(activities.eventId)))
      .prepare(),
    dropOfWorker: queries
      .delete(activities)
      .where(
        and(
          ofWorker,
          sql`${activities.sequence} <= (select sequence from worker_activity
            where room_id = ${placeholder('roomId')} and user_id = ${placeholder('userId')}
            order by sequence desc limit 1 offset ${sql.raw(String(MAX_PER_WORKER))})`,
        ),
      )
      .prepare(),
    dropOverflow: queries
      .delete(activities)
      .where(
        sql`${activities.sequence} <= (select max(sequence) from worker_activity) - ${sql.raw(String(MAX_ACTIVITIES))}`,
      )
      .prepare(),
    dropOld: queries
      .delete(activities)
      .where(
        and(
          sql`${activities.sequence} < (select min(sequence) from worker_activity) + ${sql.raw(String(SWEEP))}`,
          lt(activities.recordedAtMs, placeholder('beforeMs')),
        ),
      )
      .prepare(),
    since: queries
      .select()
      .from(activities)
      .where(
        and(
          ofWorker,
          gt(activities.sequence, placeholder('sequence')),
          sql`${activities.sequence} < coalesce((select min(sequence) from worker_activity where room_id = ${placeholder('roomId')}
            and user_id = ${placeholder('userId')} and long_text_url is not null), ${sql.raw(String(Number.MAX_SAFE_INTEGER))})`,
        ),
      )
      .orderBy(asc(activities.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    countUnread: queries
      .select({ unread: count() })
      .from(activities)
      .where(and(ofWorker, isNotNull(activities.longTextUrl)))
      .prepare(),
    unread: queries
      .select({
        sequence: min(activities.sequence).mapWith(Number),
        roomId: activities.roomId,
        userId: activities.userId,
        url: activities.longTextUrl,
      })
      .from(activities)
      .where(isNotNull(activities.longTextUrl))
      .groupBy(activities.roomId, activities.userId)
      .orderBy(min(activities.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    readText: queries
      .update(activities)
      .set({ text: sql`coalesce(${placeholder('text')}, ${activities.text})`, longTextUrl: null })
      .where(and(eq(activities.sequence, placeholder('sequence')), isNotNull(activities.longTextUrl)))
      .returning({ roomId: activities.roomId, userId: activities.userId })
      .prepare(),
    latest: queries
      .select({ sequence: max(activities.sequence) })
      .from(activities)
      .prepare(),
  };
}
