import type { AgentId } from '../hiring/ids.ts';
import type { WorkerAddress } from '../workers/worker.ts';

export type WorkerChoice =
  | {
      readonly kind: 'worker';
      readonly worker: WorkerAddress;
      /** Whether each attempt gets a room of its own, instead of the worker's (design, 7). */
      readonly roomPerAttempt: boolean;
      /** Whether the worker can be told to forget what was said in its room before, and is to be. */
      readonly clearFirst?: boolean | undefined;
    }
  /** Nobody: `problem` says what to set. */
  | { readonly kind: 'nobody'; readonly problem: string };

/**
 * Says which worker does an agent's work: the configuration; else what the hiring or the agent's
 * profile names as `worker_matrix_id`, as far as the owner's own map knows it (design, section 4).
 */
export interface WorkerDirectory {
  choose(agentId: AgentId, namedUserId: string | undefined): Promise<WorkerChoice>;
}
