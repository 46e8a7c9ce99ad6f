import type { HiringId } from '../../hiring/ids.ts';
import type { Alert } from '../alert-log.ts';
import type { State } from '../../hiring/states.ts';

/** A move, as those hear of it who watch them all. */
export interface NumberedTransition {
  readonly sequence: number;
  readonly hiringId: HiringId;
  readonly attempt: number;
  readonly atMs: number;
  readonly from: State;
  readonly to: State;
}

export interface KeptAlert {
  readonly sequence: number;
  readonly sink: string;
  readonly alert: Alert;
  readonly keptAtMs: number;
  readonly doneAtMs: number | undefined;
  readonly refusals: number;
}

export interface KeptRoom {
  readonly sequence: number;
  readonly roomId: string;
  readonly hiringId: HiringId;
  readonly userId: string;
  readonly endedAtMs: number | undefined;
  readonly leftAtMs: number | undefined;
}

export interface WorkerHiring {
  readonly state: State;
  /** When the worker last showed that it works on it. */
  readonly lastActivityAtMs: number | undefined;
}

/** What lists and pictures of everything are made of. */
export interface Overview {
  /** Moves behind a sequence, the oldest first. */
  transitionsAfter(sequence: number, limit: number): Promise<readonly NumberedTransition[]>;
  /** The newest moves, the newest first. */
  latestTransitions(limit: number): Promise<readonly NumberedTransition[]>;
  /** How many hirings were heard in each hour since then. */
  arrivals(sinceMs: number): Promise<readonly { readonly atMs: number; readonly count: number }[]>;
  /** How many are open, by agent and worker. */
  open(): Promise<
    readonly { readonly agentId: string; readonly worker: string | null; readonly count: number }[]
  >;
  /** The newest hirings of a worker, as far as it is to be seen what the worker does. */
  ofWorker(worker: string, limit: number): Promise<readonly WorkerHiring[]>;
  alerts(before: number | undefined, limit: number): Promise<readonly KeptAlert[]>;
  rooms(before: number | undefined, limit: number): Promise<readonly KeptRoom[]>;
  /** What processes hold now. */
  leases(
    nowMs: number,
  ): Promise<readonly { readonly name: string; readonly holder: string; readonly untilMs: number }[]>;
}
