import type { HiringId, TaskId, WorkerTask } from '@agrenting-hiclaw/core/domain';
import { eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { prepareRequeue } from './requeue.ts';
import { hirings } from '../schema.ts';
import { lateFromText, lateToText } from './codecs.ts';

/** More are not kept: each takes a process that stood still. */
const MAX_KEPT = 20;

/** Assignments that arrived late, with their hirings. Every method is for use inside a transaction. */
export class LateAssignments {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  note({ hiringId, attempt, taskId, worker }: WorkerTask, nowMs: number): void {
    const row = this.#statements.find.get({ hiringId });
    if (row === undefined) return;
    const kept = lateFromText(row.late).filter((late) => late.taskId !== taskId);
    const { name, userId, roomId } = worker;
    const late = [...kept, { attempt, taskId, worker: { name, userId, roomId }, notedAtMs: nowMs }];
    this.#statements.keep.run({ hiringId, late: lateToText(late.slice(-MAX_KEPT)) });
    this.#statements.requeue.run({ hiringId, nowMs });
  }

  forget(hiringId: HiringId, taskIds: readonly TaskId[]): void {
    const kept = lateFromText(this.#statements.find.get({ hiringId })?.late ?? null);
    const late = kept.filter(({ taskId }) => !taskIds.includes(taskId));
    this.#statements.keep.run({ hiringId, late: lateToText(late) });
  }
}

function prepare(connection: Connection) {
  const { queries } = connection;
  const named = eq(hirings.id, sql.placeholder('hiringId'));
  return {
    find: queries.select({ late: hirings.lateAssignments }).from(hirings).where(named).prepare(),
    keep: queries
      .update(hirings)
      .set({ lateAssignments: sql`${sql.placeholder('late')}` })
      .where(named)
      .prepare(),
    requeue: prepareRequeue(connection),
  };
}
