import type { WorkerAddress } from '../workers/worker.ts';

export type Readiness =
  | { readonly kind: 'ready' }
  /** It was started just now; messages sent before `waitMs` have passed may be lost (HiClaw reference, 3.7). */
  | {
      readonly kind: 'starting';
      readonly waitMs: number;
      /** What HiClaw calls its phase, where the adapter does not know that word; others wrote it. */
      readonly unknownPhase?: string | undefined;
    }
  /** Runs where we cannot start it; assumed to be up. */
  | { readonly kind: 'remote' }
  | { readonly kind: 'failed'; readonly problem: string };

/** Sees to it that a worker runs (HiClaw reference, 6.4). */
export interface WorkerLifecycle {
  /** Starts the worker when it does not run. Repeating it is harmless. */
  ensureReady(worker: WorkerAddress): Promise<Readiness>;
}
