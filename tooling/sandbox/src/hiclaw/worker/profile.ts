import type { SandboxClock } from '../clock.ts';
import type { Behaviours } from './behaviour.ts';
import type { WorkerDisk } from './disk.ts';
import type { ObjectClientOptions } from './object-client.ts';

export type WorkerActivity = 'starting' | 'listening' | 'working' | 'disconnected';

export interface WorkerTimes {
  /** From the start of the container to the login; 10 to 60 s on a real machine (HiClaw reference, 2.8). */
  readonly startMs: number;
  /** From the acceptance of a message to the first text; 0.5 to 1.1 s were seen. */
  readonly answerMs: number;
  /** What one job takes after that. */
  readonly workMs: number;
  /** Between two looks at the whole of `shared/`, and at the own settings. */
  readonly pullEveryMs: number;
  /** Between two uploads of the own folder. */
  readonly pushEveryMs: number;
  /** After a failed sync. */
  readonly retrySyncMs: number;
}

/** What a worker's container has; a profile needs nothing else. */
export interface WorkerMachine {
  readonly name: string;
  readonly userId: string;
  readonly serverName: string;
  readonly password: string;
  readonly homeserverUrl: string;
  readonly storage: ObjectClientOptions;
  readonly disk: WorkerDisk;
  readonly behaviours: Behaviours;
  readonly times: WorkerTimes;
  readonly clock: SandboxClock;
  /** Fires when the container ends; its reason is `stop` (time to tidy up) or `kill`. */
  readonly signal: AbortSignal;
  /** What the worker is at, for the sandbox's own view; no real part can see it. */
  readonly report: (activity: WorkerActivity) => void;
  /** What the worker writes to its log. */
  readonly log: (line: string) => void;
  /** Ends the worker's tokens behind its back. */
  readonly revokeTokens: () => void;
}

/**
 * A kind of worker: data and behaviour in one file. `run` lives as long as the worker's process; it rejects when
 * the process dies on its own, and ends soon after the machine's signal fires.
 */
export interface WorkerProfile {
  readonly name: string;
  /** As in workers-registry.json (HiClaw reference, 6.1). */
  readonly runtime: 'openclaw' | 'copaw' | 'qwenpaw';
  readonly run: (machine: WorkerMachine) => Promise<void>;
}
