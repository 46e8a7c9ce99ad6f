import type { WorkerTask } from '../workers/worker.ts';

export type AskOutcome =
  | { readonly kind: 'asked'; readonly eventId: string }
  /** The homeserver asks for patience; nothing was sent. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The request did not go out; `problem` says what to do. */
  | { readonly kind: 'failed'; readonly problem: string };

/** HiClaw's Manager, the last to be asked before a person (design, section 4). */
export interface Manager {
  /** Asks it to see to a worker that shows no activity. Asking again for the same attempt is the same message. */
  lookAfter(task: WorkerTask): Promise<AskOutcome>;
}
