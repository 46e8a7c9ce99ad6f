import type { MessagePurpose, TaskId } from '../hiring/ids.ts';
import type { WorkerTask } from '../workers/worker.ts';

/**
 * One message to a worker. Its words are ours and fixed: nothing from the hirer is in it (design
 * rule 4), because text in a room is a command to its readers.
 */
export interface WorkerMessage extends WorkerTask {
  readonly purpose: MessagePurpose;
  /** 1 for the first of its purpose; a reminder has the next number. */
  readonly number: number;
  /** Of a `message`: who wrote what lies in the folder; the client unless it says otherwise. */
  readonly from?: 'client' | 'owner' | undefined;
}

export type SendOutcome =
  | { readonly kind: 'sent'; readonly eventId: string }
  /** The homeserver asks for patience; nothing was sent. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The homeserver will not take it as things are; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** The worker is not in the room yet; nothing was sent. */
  | { readonly kind: 'not_joined'; readonly problem: string }
  /** The answer was lost. Sending again is safe: the same message is the same event. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** A message of ours in a room. */
export interface FoundMessage {
  /** What the worker was told to do: a store that was recreated may know the attempt by another one. */
  readonly taskId: TaskId;
  readonly number: number;
  readonly eventId: string;
  /** By the homeserver's clock. */
  readonly sentAtMs: number;
}

/** The assignments of one attempt that stand in the worker's room, under whatever task ids; lowest number first. */
export type FindOutcome =
  | {
      readonly kind: 'found';
      readonly messages: readonly FoundMessage[];
      /** The worker's first own words in that room after the first of them. */
      readonly answer?: { readonly eventId: string; readonly atMs: number } | undefined;
    }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** Tells workers what to do (HiClaw reference, 3.6). */
export interface Messenger {
  send(message: WorkerMessage): Promise<SendOutcome>;
  /**
   * Looks for the assignments of an attempt that were sent since `sinceMs`, before one is repeated whose
   * fate nobody knows: a homeserver forgets transaction ids after a while.
   */
  findAssignments(
    attempt: Pick<WorkerMessage, 'worker' | 'hiringId' | 'attempt'>,
    sinceMs: number,
  ): Promise<FindOutcome>;
}
