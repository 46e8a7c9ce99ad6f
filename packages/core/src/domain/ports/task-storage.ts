import type { Hiring } from '../hiring.ts';
import type { TaskId } from '../ids.ts';
import type { WorkFailure, WorkerResult } from '../result.ts';
import type { WorkerAddress } from '../worker.ts';

/** What goes into a task folder. The same order always gives the same bytes. */
export interface TaskOrder {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly hiring: Hiring;
  readonly worker: WorkerAddress;
  /** When the hiring was first heard; part of the bytes, so it must not be "now". */
  readonly heardAtMs: number;
}

export type StageOutcome =
  /** Every object was written, the marker last, and read back; `evidence` names the marker's version. */
  | { readonly kind: 'staged'; readonly evidence: string }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What lies in a task folder now. */
export type FolderInspection =
  | {
      readonly kind: 'folder';
      /** `status` of `meta.json` (HiClaw reference, 2.2). */
      readonly metaStatus: string | undefined;
      /** Names of what the worker put there, `spec.md` and its like left out. */
      readonly workerObjects: readonly string[];
      readonly hasResult: boolean;
      /** Changes whenever anything in the folder changes: two equal ones mean that nothing moved. */
      readonly digest: string;
      /** What shows that the worker took up a conversation in the attempt's own room, where that can be seen. */
      readonly session?: string | undefined;
    }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What the worker's delivery says. */
export type Collected =
  | { readonly kind: 'result'; readonly result: WorkerResult }
  | { readonly kind: 'failure'; readonly failure: WorkFailure }
  /** It is there but a person has to look: too large, unreadable, a question. */
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** The task folders that workers and adapter share (HiClaw reference, 2 and 5). */
export interface TaskStorage {
  /** Writes the task folder. Repeating it changes nothing. */
  stage(order: TaskOrder): Promise<StageOutcome>;
  /** `own` is the worker where the attempt has a room of its own. */
  inspect(taskId: TaskId, own?: WorkerAddress): Promise<FolderInspection>;
  /** Reads what the worker delivered. */
  collect(taskId: TaskId): Promise<Collected>;
  /** Notes in the folder that the worker was told (adapter page, C11). Failing it changes nothing for the hiring. */
  noteDelegated(taskId: TaskId, notifiedAtMs: number): Promise<void>;
}
