import type { TaskId } from '../hiring/ids.ts';

/** A room of one attempt, as the store has it. */
export interface LoggedRoom {
  readonly roomId: string;
  readonly taskId: TaskId;
  /** The worker it was opened for. */
  readonly userId: string;
}

/** The rooms of attempts: which are listened to, and which can be left. */
export interface RoomLog {
  /** Those of attempts that have not ended. */
  inUse(): Promise<readonly LoggedRoom[]>;
  /** Those not left yet whose attempt ended before `beforeMs`, longest ago first, at most `limit`. */
  ended(beforeMs: number, limit: number): Promise<readonly LoggedRoom[]>;
  /** Notes that we left a room. */
  left(roomId: string, nowMs: number): Promise<void>;
}
