import type { AttemptRoom } from '@agrenting-hiclaw/core/domain';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { attemptRooms, attempts } from '../schema.ts';
import type { AttemptName } from './worker-slots.ts';

/** Keeps note of which rooms were opened for which attempt. Every method is for use inside a transaction. */
export class AttemptRoomRows {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  /** The attempt has this room now, or none any more; any other of it is over. */
  note({ hiringId, number }: AttemptName, room: AttemptRoom | undefined, nowMs: number): void {
    this.#statements.end.run({ hiringId, number, roomId: room?.roomId ?? '', nowMs });
    if (room !== undefined) this.#statements.add.run({ hiringId, number, ...room });
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    add: queries
      .insert(attemptRooms)
      .values({
        roomId: placeholder('roomId'),
        hiringId: placeholder('hiringId'),
        attempt: placeholder('number'),
        userId: placeholder('userId'),
        taskId: sql`(select ${attempts.taskId} from ${attempts} where ${attempts.hiringId} = ${placeholder('hiringId')} and ${attempts.number} = ${placeholder('number')})`,
      })
      .onConflictDoNothing()
      .prepare(),
    end: queries
      .update(attemptRooms)
      .set({ endedAtMs: sql`${placeholder('nowMs')}` })
      .where(
        and(
          eq(attemptRooms.hiringId, placeholder('hiringId')),
          eq(attemptRooms.attempt, placeholder('number')),
          ne(attemptRooms.roomId, placeholder('roomId')),
          isNull(attemptRooms.endedAtMs),
        ),
      )
      .prepare(),
  };
}
