import type { HiringId, TaskId } from '../ids.ts';
import type { WorkerAddress } from '../worker.ts';

/** The attempt that a room is for; its own id makes the room's address, so that it is made once. */
export interface AttemptRoomOrder {
  readonly worker: WorkerAddress;
  readonly hiringId: HiringId;
  readonly attempt: number;
  readonly taskId: TaskId;
}

export type RoomOutcome =
  /** The room is there and the worker was invited; whether it came shows when something is said. */
  | { readonly kind: 'open'; readonly roomId: string }
  /** The homeserver will not have it as things are; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Nobody knows whether it is there. Opening it again is safe. */
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** Rooms that belong to one attempt: a worker's room is one conversation, which no two hirers should share (design, 7). */
export interface AttemptRooms {
  /** Opens the attempt's room and invites the worker. Repeating it gives the same room, and invites a worker that left. */
  open(order: AttemptRoomOrder): Promise<RoomOutcome>;
}
