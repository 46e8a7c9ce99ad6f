import type { HiringId, TaskId } from '../ids.ts';
import type { WorkerAddress } from '../worker.ts';

export interface ManagerRequest {
  readonly worker: WorkerAddress;
  readonly hiringId: HiringId;
  readonly attempt: number;
  readonly taskId: TaskId;
}

export type AskOutcome =
  | { readonly kind: 'asked'; readonly eventId: string }
  /** The request did not go out; `problem` says what to do. */
  | { readonly kind: 'failed'; readonly problem: string };

/** HiClaw's Manager, the last to be asked before a person (design, section 4). */
export interface Manager {
  /** Asks it to see to a worker that shows no sign. Asking again for the same attempt is the same message. */
  lookAfter(request: ManagerRequest): Promise<AskOutcome>;
}
