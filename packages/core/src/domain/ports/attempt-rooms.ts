import type { WorkerTask } from '../workers/worker.ts';

export type RoomOutcome =
  /** The room is there and the worker was invited; whether it came shows when something is said. */
  | { readonly kind: 'open'; readonly roomId: string }
  /** The homeserver will not have it as things are; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** The homeserver asks for patience; nothing was done. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** Nobody knows whether it is there. Opening it again is safe. */
  | { readonly kind: 'unavailable'; readonly problem: string };

/** Rooms that belong to one attempt: a worker's room is one conversation, which no two hirers should share (design, 7). */
export interface AttemptRooms {
  /** Opens the attempt's room and invites the worker. Repeating it gives the same room, and invites a worker that left. */
  open(order: WorkerTask): Promise<RoomOutcome>;
}
