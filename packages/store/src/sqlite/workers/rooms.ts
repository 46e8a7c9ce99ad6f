import { taskIdSchema, type LoggedRoom, type RoomLog } from '@agrenting-hiclaw/core/domain';
import { asc, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { attemptRooms } from '../schema.ts';

/** `RoomLog` over SQLite. */
export class SqliteRoomLog implements RoomLog {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async inUse(): Promise<readonly LoggedRoom[]> {
    return (await this.#connection.read(() => this.#statements.inUse.all())).map(loggedRoom);
  }

  async ended(beforeMs: number, limit: number): Promise<readonly LoggedRoom[]> {
    return (await this.#connection.read(() => this.#statements.ended.all({ beforeMs, limit }))).map(
      loggedRoom,
    );
  }

  async left(roomId: string, nowMs: number): Promise<void> {
    await this.#connection.write(() => this.#statements.left.run({ roomId, nowMs }));
  }
}

function loggedRoom(row: { roomId: string; userId: string; taskId: string }): LoggedRoom {
  const { roomId, userId, taskId } = row;
  return { roomId, userId, taskId: taskIdSchema.parse(taskId) };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const columns = {
    roomId: attemptRooms.roomId,
    userId: attemptRooms.userId,
    taskId: attemptRooms.taskId,
  };
  return {
    // As in the indexes, which are only used for these very words.
    inUse: queries
      .select(columns)
      .from(attemptRooms)
      .where(sql`${attemptRooms.endedAtMs} is null`)
      .orderBy(asc(attemptRooms.roomId))
      .prepare(),
    ended: queries
      .select(columns)
      .from(attemptRooms)
      .where(
        sql`${attemptRooms.leftAtMs} is null and ${attemptRooms.endedAtMs} is not null and ${attemptRooms.endedAtMs} < ${placeholder('beforeMs')}`,
      )
      .orderBy(asc(attemptRooms.endedAtMs))
      .limit(placeholder('limit'))
      .prepare(),
    left: queries
      .update(attemptRooms)
      .set({ leftAtMs: sql`${placeholder('nowMs')}` })
      .where(eq(attemptRooms.roomId, placeholder('roomId')))
      .prepare(),
  };
}
