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
  /** What the marketplace wants its agents to know. */
  readonly context?: string | undefined;
  /** How the work is delivered, and who pushes it; the hiring's own mode when it is left out. */
  readonly delivery?: TaskDelivery | undefined;
}

export type TaskDelivery =
  | { readonly mode: 'output' }
  /** The worker leaves its change in the folder; `bundle` holds what it works on, unless it lies there already. */
  | {
      readonly mode: 'push';
      readonly branch: string;
      readonly commit: string;
      readonly bundle: Buffer | undefined;
    }
  /** The worker pushes by itself, with the hirer's token in its task file: only where the owner wants that. */
  | { readonly mode: 'push by worker' };

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
  /** The worker asks instead. */
  | { readonly kind: 'question'; readonly what: string }
  /** It is there but a person has to look: too large, unreadable, only a part. `result` is what would be settled. */
  | { readonly kind: 'unclear'; readonly why: string; readonly result?: WorkerResult | undefined }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** A file of a task folder. */
export type FileRead =
  /** `sha256` is of exactly these bytes, in hex. */
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly sha256: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** A message of the hirer, or of its owner, for the worker. */
export interface FolderMessage {
  readonly number: number;
  readonly kind: 'message' | 'question' | 'answer' | 'owner';
  readonly text: string;
}

/** The task folders that workers and adapter share (HiClaw reference, 2 and 5). */
export interface TaskStorage {
  /** Writes the task folder. Repeating it changes nothing. */
  stage(order: TaskOrder): Promise<StageOutcome>;
  /** `own` is the worker where the attempt has a room of its own. */
  inspect(taskId: TaskId, own?: WorkerAddress): Promise<FolderInspection>;
  /** Reads what the worker delivered. */
  collect(taskId: TaskId): Promise<Collected>;
  /** Reads a file of at most `maxBytes` by its name inside the folder. */
  read(taskId: TaskId, name: string, maxBytes: number): Promise<FileRead>;
  /** Puts a message into the folder. Repeating it changes nothing. */
  addMessage(taskId: TaskId, message: FolderMessage): Promise<StageOutcome>;
  /** Takes the hirer's token out of the task file again. Repeating it changes nothing. */
  forgetToken(order: TaskOrder): Promise<StageOutcome>;
  /** Notes in the folder that the worker was told (adapter page, C11). Failing it changes nothing for the hiring. */
  noteDelegated(taskId: TaskId, notifiedAtMs: number): Promise<void>;
}
