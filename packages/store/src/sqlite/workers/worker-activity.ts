import type {
  Listened,
  LongTexts,
  Sign,
  SignLog,
  StoredSign,
  UnreadText,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, count, eq, gt, isNotNull, isNull, lt, max, min, sql } from 'drizzle-orm';
import type { Changes } from '../connection/change-notifier.ts';
import type { Connection } from '../connection/connection.ts';
import { preparePoke } from '../hirings/requeue.ts';
import { attempts, hirings, positions, signs } from '../schema.ts';
import { signKindSchema } from '../hirings/codecs.ts';

/** Of one worker in one room this many signs are kept; a chatty room does not push out the others. */
const MAX_PER_WORKER = 1_000;
/** Of all workers together. */
const MAX_SIGNS = 200_000;
/** Longer than any hiring runs. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1_000;
/** Old ones are looked for among this many of the oldest, so that no call has to clear up everything. */
const SWEEP = 1_000;

/** Messages of one worker in one room whose text is still to be read; of more the beginning has to do. */
const MAX_UNREAD_PER_WORKER = 5;

/** `SignLog` over SQLite. */
export class SqliteSignLog implements SignLog, LongTexts {
  readonly #connection: Connection;
  readonly #changes: Changes;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, changes: Changes) {
    this.#connection = connection;
    this.#changes = changes;
    this.#statements = prepare(connection);
  }

  async position(account: string): Promise<string | undefined> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.position;
  }

  async heardUntilMs(account: string): Promise<number | undefined> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.heardUntilMs;
  }

  async listenedMs(account: string): Promise<number> {
    const row = await this.#connection.read(() => this.#statements.position.get({ account }));
    return row?.listenedMs ?? 0;
  }

  async record(
    account: string,
    position: string,
    seen: readonly Sign[],
    nowMs: number,
    heardUntilMs = nowMs,
    listened?: Listened,
  ): Promise<void> {
    const store = (): number => {
      const counted = countedOn(this.#statements.position.get({ account })?.listenedMs ?? 0, listened);
      const fresh = seen.filter((sign) => this.#keep(sign, nowMs, counted.nowMs));
      const workers = new Map(fresh.map(({ roomId, userId }) => [`${roomId} ${userId}`, { roomId, userId }]));
      const woken = [...workers.values()].flatMap((worker) => this.#statements.watched.all(worker));
      for (const { hiringId } of woken) this.#statements.poke.run({ hiringId, nowMs });
      for (const worker of workers.values()) this.#statements.dropOfWorker.run(worker);
      if (fresh.length > 0) this.#prune(nowMs);
      this.#statements.advance.run({ account, position, heardUntilMs, listenedMs: counted.untilMs });
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
  ): Promise<readonly StoredSign[]> {
    const rows = await this.#connection.read(() =>
      this.#statements.since.all({ roomId, userId, sequence, limit }),
    );
    return rows.map((row) => ({
      sequence: row.sequence,
      roomId: row.roomId,
      userId: row.userId,
      kind: signKindSchema.parse(row.kind),
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
      for (const { hiringId } of hirings) this.#statements.poke.run({ hiringId, nowMs });
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
  #keep(sign: Sign, nowMs: number, listenedMs: number | null): boolean {
    const { roomId, userId, kind, atMs } = sign;
    if (sign.eventId === undefined) this.#statements.dropWithoutEvent.run({ roomId, userId, kind });
    const unread = this.#statements.countUnread.get({ roomId, userId })?.unread ?? 0;
    const { changes } = this.#statements.keep.run({
      roomId,
      userId,
      kind,
      eventId: sign.eventId ?? null,
      replacesEventId: sign.replacesEventId ?? null,
      text: sign.text ?? null,
      longTextUrl: unread < MAX_UNREAD_PER_WORKER ? (sign.longTextUrl ?? null) : null,
      atMs,
      saidAtMs: sign.saidAtMs ?? null,
      readLate: sign.readLate ?? null,
      listenedMs,
      nowMs,
    });
    return changes > 0;
  }
}

/**
 * How much has been listened to after what is told beside what is known. Another who listened meanwhile has counted the same
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
  const ofWorker = and(eq(signs.roomId, placeholder('roomId')), eq(signs.userId, placeholder('userId')));
  return {
    position: queries
      .select({
        position: positions.position,
        heardUntilMs: positions.heardUntilMs,
        listenedMs: positions.listenedMs,
      })
      .from(positions)
      .where(eq(positions.account, placeholder('account')))
      .prepare(),
    advance: queries
      .insert(positions)
      .values({
        account: placeholder('account'),
        position: placeholder('position'),
        heardUntilMs: placeholder('heardUntilMs'),
        listenedMs: placeholder('listenedMs'),
      })
      .onConflictDoUpdate({
        target: positions.account,
        set: {
          position: sql`excluded.position`,
          heardUntilMs: sql`excluded.heard_until_ms`,
          listenedMs: sql`excluded.listened_ms`,
        },
      })
      .prepare(),
    keep: queries
      .insert(signs)
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
    poke: preparePoke(connection),
    dropWithoutEvent: queries
      .delete(signs)
      .where(and(ofWorker, eq(signs.kind, placeholder('kind')), isNull(signs.eventId)))
      .prepare(),
    dropOfWorker: queries
      .delete(signs)
      .where(
        and(
          ofWorker,
          sql`${signs.sequence} <= (select sequence from signs
            where room_id = ${placeholder('roomId')} and user_id = ${placeholder('userId')}
            order by sequence desc limit 1 offset ${sql.raw(String(MAX_PER_WORKER))})`,
        ),
      )
      .prepare(),
    dropOverflow: queries
      .delete(signs)
      .where(sql`${signs.sequence} <= (select max(sequence) from signs) - ${sql.raw(String(MAX_SIGNS))}`)
      .prepare(),
    dropOld: queries
      .delete(signs)
      .where(
        and(
          sql`${signs.sequence} < (select min(sequence) from signs) + ${sql.raw(String(SWEEP))}`,
          lt(signs.recordedAtMs, placeholder('beforeMs')),
        ),
      )
      .prepare(),
    since: queries
      .select()
      .from(signs)
      .where(
        and(
          ofWorker,
          gt(signs.sequence, placeholder('sequence')),
          sql`${signs.sequence} < coalesce((select min(sequence) from signs where room_id = ${placeholder('roomId')}
            and user_id = ${placeholder('userId')} and long_text_url is not null), ${sql.raw(String(Number.MAX_SAFE_INTEGER))})`,
        ),
      )
      .orderBy(asc(signs.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    countUnread: queries
      .select({ unread: count() })
      .from(signs)
      .where(and(ofWorker, isNotNull(signs.longTextUrl)))
      .prepare(),
    unread: queries
      .select({
        sequence: min(signs.sequence).mapWith(Number),
        roomId: signs.roomId,
        userId: signs.userId,
        url: signs.longTextUrl,
      })
      .from(signs)
      .where(isNotNull(signs.longTextUrl))
      .groupBy(signs.roomId, signs.userId)
      .orderBy(min(signs.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    readText: queries
      .update(signs)
      .set({ text: sql`coalesce(${placeholder('text')}, ${signs.text})`, longTextUrl: null })
      .where(and(eq(signs.sequence, placeholder('sequence')), isNotNull(signs.longTextUrl)))
      .returning({ roomId: signs.roomId, userId: signs.userId })
      .prepare(),
    latest: queries
      .select({ sequence: max(signs.sequence) })
      .from(signs)
      .prepare(),
  };
}
