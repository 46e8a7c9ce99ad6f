import {
  hiringIdSchema,
  taskIdSchema,
  type HiringId,
  type TaskId,
  type EndedHiring,
  type EndedRequest,
  type Retention,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Connection } from '../connection/connection.ts';
import { redactedBody, redactedHiring, redactedProgress } from './redact.ts';
import { attemptRooms, attempts, inbox, hirings, history, settlements, activities } from '../schema.ts';
import { hiringFromText, hiringToText, progressFromText, progressToText } from '../hirings/codecs.ts';

const STRAYS_PER_PAGE = 500;

/** `Retention` over SQLite. */
export class SqliteRetention implements Retention {
  readonly #connection: Connection;
  readonly #nowMs: () => number;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, nowMs: () => number) {
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#statements = prepare(connection);
  }

  async ended({ remains, beforeMs, after, limit }: EndedRequest): Promise<readonly EndedHiring[]> {
    const behind = { afterMs: after?.endedAtMs ?? 0, afterId: after?.hiringId ?? '' };
    return await this.#connection.read(() =>
      this.#statements.ended[remains].all({ beforeMs, limit, ...behind }).flatMap(({ id, endedAtMs }) => {
        if (endedAtMs === null) return [];
        const hiringId = hiringIdSchema.parse(id);
        const rows = this.#statements.taskIds.all({ hiringId });
        return [{ hiringId, endedAtMs, taskIds: rows.flatMap(taskIdsOf) }];
      }),
    );
  }

  async empty(ended: readonly EndedHiring[]): Promise<readonly HiringId[]> {
    return await this.#connection.write(() =>
      ended.filter((hiring) => this.#emptyOne(hiring)).map(({ hiringId }) => hiringId),
    );
  }

  async foldersDeleted({ hiringId, endedAtMs }: EndedHiring): Promise<boolean> {
    return await this.#connection.write(() => {
      const noted = this.#statements.noteFolders.run({ hiringId, endedAtMs, nowMs: this.#nowMs() });
      return noted.changes > 0;
    });
  }

  async forget(ended: readonly EndedHiring[]): Promise<readonly HiringId[]> {
    return await this.#connection.write(() =>
      ended
        .filter(({ hiringId, endedAtMs }) => {
          if (this.#statements.forgettable.get({ hiringId, endedAtMs }) === undefined) return false;
          for (const statement of this.#statements.forget) statement.run({ hiringId });
          return true;
        })
        .map(({ hiringId }) => hiringId),
    );
  }

  async emptyStrays(beforeMs: number): Promise<number> {
    let count = 0;
    for await (const sequences of this.#strays(beforeMs)) {
      await this.#connection.write(() => {
        for (const sequence of sequences) this.#statements.emptyStray.run({ sequence });
      });
      count += sequences.length;
    }
    return count;
  }

  async strays(beforeMs: number): Promise<number> {
    let count = 0;
    for await (const sequences of this.#strays(beforeMs)) count += sequences.length;
    return count;
  }

  /** Page by page, because most of what is looked at may be too young to go. */
  async *#strays(beforeMs: number): AsyncGenerator<readonly number[]> {
    for (const statement of [this.#statements.nameless, this.#statements.malformed]) {
      for (let after = 0; ;) {
        const page = await this.#connection.read(() => statement.all({ after }));
        const due = page.filter((row) => row.lastAtMs < beforeMs && row.filled === 1 && row.known === 0);
        if (due.length > 0) yield due.map(({ sequence }) => sequence);
        const last = page.at(-1);
        if (last === undefined || page.length < STRAYS_PER_PAGE) break;
        after = last.sequence;
      }
    }
  }

  #emptyOne({ hiringId, endedAtMs }: EndedHiring): boolean {
    const row = this.#statements.filled.get({ hiringId, endedAtMs });
    if (row === undefined) return false;
    const emptied = this.#emptiedRows(hiringId, row.latestHiring);
    // What this release cannot read it does not write over.
    if (emptied === undefined) return false;
    for (const attempt of emptied.attempts) this.#statements.emptyAttempt.run({ hiringId, ...attempt });
    for (const settlement of emptied.settlements) {
      this.#statements.emptySettlement.run({ hiringId, ...settlement });
    }
    this.#statements.emptyInbox.run({ hiringId });
    this.#statements.dropActivities.run({ hiringId });
    const { latestHiring } = emptied;
    this.#statements.emptyHiring.run({ hiringId, latestHiring, nowMs: this.#nowMs() });
    return true;
  }

  #emptiedRows(hiringId: HiringId, latestHiring: string) {
    try {
      return {
        latestHiring: emptiedText(latestHiring),
        attempts: this.#statements.attempts.all({ hiringId }).map(({ number, hiring, progress }) => ({
          number,
          hiring: emptiedText(hiring),
          progress: progressToText(redactedProgress(progressFromText(progress))),
        })),
        settlements: this.#statements.settlements.all({ hiringId }).flatMap((settlement) => {
          const { attempt, generation, body } = settlement;
          return isEmptiedBody(body) ? [] : [{ attempt, generation, body: redactedBody(body) }];
        }),
      };
    } catch {
      return undefined;
    }
  }
}

/** The task ids of one attempt: those whose folder was given up first, the present one last. */
function taskIdsOf({ taskId, former }: { taskId: string; former: string | null }): readonly TaskId[] {
  const given = former === null ? [] : z.array(taskIdSchema).parse(JSON.parse(former));
  return [...given, taskIdSchema.parse(taskId)];
}

function emptiedText(hiring: string): string {
  return hiringToText(redactedHiring(hiringFromText(hiring, undefined)));
}

/** Settlements of an attempt that was emptied before its hirer had it run again stay as they are. */
function isEmptiedBody(body: string): boolean {
  return body.startsWith('{"emptied":true,');
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const named = eq(hirings.id, placeholder('hiringId'));
  // A wake that was not answered may be the hirer's retry, which needs what was heard.
  const untouched = and(isNull(hirings.dueAtMs), isNull(hirings.leaseToken));
  const stillEnded = and(named, eq(hirings.endedAtMs, placeholder('endedAtMs')), untouched);
  const roomsLeft = sql`not exists (select 1 from ${attemptRooms} where ${attemptRooms.hiringId} = ${hirings.id} and ${attemptRooms.leftAtMs} is null)`;
  // As in the indexes, which are only used for these very words.
  const ended = (more: SQL | undefined) =>
    queries
      .select({ id: hirings.id, endedAtMs: hirings.endedAtMs })
      .from(hirings)
      .where(
        and(
          sql`${hirings.endedAtMs} is not null`,
          more,
          lt(hirings.endedAtMs, placeholder('beforeMs')),
          sql`(${hirings.endedAtMs}, ${hirings.id}) > (${placeholder('afterMs')}, ${placeholder('afterId')})`,
          untouched,
        ),
      )
      .orderBy(asc(hirings.endedAtMs), asc(hirings.id))
      .limit(placeholder('limit'))
      .prepare();
  const stray = (where: SQL) =>
    queries
      .select({
        sequence: inbox.sequence,
        lastAtMs: inbox.lastAtMs,
        filled: sql<number>`${inbox.documentSealed} is not null`,
        known: sql<number>`exists (select 1 from ${hirings} where ${hirings.id} = ${inbox.hiringId})`,
      })
      .from(inbox)
      .where(and(where, gt(inbox.sequence, placeholder('after'))))
      .orderBy(asc(inbox.sequence))
      .limit(STRAYS_PER_PAGE)
      .prepare();
  const ofRooms = inArray(
    activities.roomId,
    queries
      .select({ roomId: attemptRooms.roomId })
      .from(attemptRooms)
      .where(eq(attemptRooms.hiringId, placeholder('hiringId'))),
  );
  const dropActivities = queries.delete(activities).where(ofRooms).prepare();
  return {
    ended: {
      texts: ended(sql`${hirings.redactedAtMs} is null`),
      folders: ended(sql`${hirings.foldersDeletedAtMs} is null`),
      history: ended(and(sql`${hirings.foldersDeletedAtMs} is not null`, roomsLeft)),
    },
    taskIds: queries
      .select({
        taskId: attempts.taskId,
        former: sql<string | null>`json_extract(${attempts.progress}, '$.formerTaskIds')`,
      })
      .from(attempts)
      .where(eq(attempts.hiringId, placeholder('hiringId')))
      .orderBy(asc(attempts.number))
      .prepare(),
    filled: queries
      .select({ latestHiring: hirings.latestHiring })
      .from(hirings)
      .where(and(stillEnded, isNull(hirings.redactedAtMs)))
      .prepare(),
    attempts: queries
      .select({ number: attempts.number, hiring: attempts.hiring, progress: attempts.progress })
      .from(attempts)
      .where(eq(attempts.hiringId, placeholder('hiringId')))
      .prepare(),
    settlements: queries
      .select({
        attempt: settlements.attempt,
        generation: settlements.generation,
        body: settlements.body,
      })
      .from(settlements)
      .where(eq(settlements.hiringId, placeholder('hiringId')))
      .prepare(),
    emptyHiring: queries
      .update(hirings)
      .set({
        latestHiring: sql`${placeholder('latestHiring')}`,
        latestTokenSealed: null,
        attention: null,
        lastFailure: null,
        redactedAtMs: sql`${placeholder('nowMs')}`,
      })
      .where(named)
      .prepare(),
    emptyAttempt: queries
      .update(attempts)
      .set({
        hiring: sql`${placeholder('hiring')}`,
        progress: sql`${placeholder('progress')}`,
        tokenSealed: null,
      })
      .where(and(eq(attempts.hiringId, placeholder('hiringId')), eq(attempts.number, placeholder('number'))))
      .prepare(),
    emptySettlement: queries
      .update(settlements)
      .set({ body: sql`${placeholder('body')}` })
      .where(
        and(
          eq(settlements.hiringId, placeholder('hiringId')),
          eq(settlements.attempt, placeholder('attempt')),
          eq(settlements.generation, placeholder('generation')),
        ),
      )
      .prepare(),
    emptyInbox: queries
      .update(inbox)
      .set({ documentSealed: null })
      .where(and(eq(inbox.hiringId, placeholder('hiringId')), isNotNull(inbox.documentSealed)))
      .prepare(),
    dropActivities,
    noteFolders: queries
      .update(hirings)
      .set({ foldersDeletedAtMs: sql`${placeholder('nowMs')}` })
      .where(and(stillEnded, isNull(hirings.foldersDeletedAtMs)))
      .prepare(),
    forgettable: queries
      .select({ id: hirings.id })
      .from(hirings)
      .where(and(stillEnded, isNotNull(hirings.foldersDeletedAtMs), roomsLeft))
      .prepare(),
    // What points to others before what is pointed to.
    forget: [
      dropActivities,
      queries
        .delete(settlements)
        .where(eq(settlements.hiringId, placeholder('hiringId')))
        .prepare(),
      queries
        .delete(attemptRooms)
        .where(eq(attemptRooms.hiringId, placeholder('hiringId')))
        .prepare(),
      queries
        .delete(history)
        .where(eq(history.hiringId, placeholder('hiringId')))
        .prepare(),
      queries
        .delete(attempts)
        .where(eq(attempts.hiringId, placeholder('hiringId')))
        .prepare(),
      queries
        .delete(inbox)
        .where(eq(inbox.hiringId, placeholder('hiringId')))
        .prepare(),
      queries.delete(hirings).where(named).prepare(),
    ],
    nameless: stray(sql`${inbox.hiringId} is null`),
    malformed: stray(sql`${inbox.problem} is not null and ${inbox.hiringId} is not null`),
    emptyStray: queries
      .update(inbox)
      .set({ documentSealed: null })
      .where(eq(inbox.sequence, placeholder('sequence')))
      .prepare(),
  };
}
