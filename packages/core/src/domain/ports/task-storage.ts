import type { Hiring } from '../hiring/hiring.ts';
import type { TaskId } from '../hiring/ids.ts';
import type { NamedDigest, WorkFailure, WorkerResult } from '../result/result.ts';
import type { UnclearResult } from '../attention/unclear-result.ts';
import type { WorkerAddress } from '../workers/worker.ts';

/** What goes into a task folder. The same order always gives the same bytes. */
export interface TaskOrder {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly hiring: Hiring;
  readonly worker: WorkerAddress;
  /** When the hiring was first heard; part of the bytes, so it must not be "now". */
  readonly receivedAtMs: number;
  /** What the marketplace wants its agents to know. */
  readonly context?: string | undefined;
  /** True while nobody can have been told of the folder: then nothing that is not ours may lie in it. */
  readonly isFresh?: boolean | undefined;
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
  /** The worker pushes on its own, with the hirer's token in its task file: only where the owner wants that. */
  | { readonly mode: 'push_by_worker' };

/** An object of ours in a task folder, as it was read back. */
export interface OwnObject {
  /** Its name inside the folder. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The version that the storage gave it. */
  readonly etag: string;
}

export type StageOutcome =
  /** Every object was written, the marker last, and read back; `evidence` names the marker's version. */
  | { readonly kind: 'staged'; readonly evidence: string; readonly written: readonly OwnObject[] }
  /** A fresh folder holds what is not ours: somebody else writes there. */
  | { readonly kind: 'foreign'; readonly names: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What became of one object more in a folder that is staged. */
export type WriteOutcome = Exclude<StageOutcome, { kind: 'foreign' }>;

/** What lies in a task folder now. */
export type FolderInspection =
  | {
      readonly kind: 'folder';
      /** `status` of `meta.json` (HiClaw reference, 2.2). */
      readonly metaStatus: string | undefined;
      /** Names of what the worker put there, `spec.md` and its like left out. */
      readonly workerObjects: readonly string[];
      /** The version of each of them, by its name. */
      readonly versions: ReadonlyMap<string, string>;
      readonly hasResult: boolean;
      /** The version of what makes `hasResult` true; changes with it. */
      readonly resultVersion?: string | undefined;
      /** Names of our own objects that are not as they were written, and of others where only ours may be. */
      readonly changed: readonly string[];
      /** Changes whenever anything in the folder changes: two equal ones mean that nothing moved. */
      readonly digest: string;
      /** What shows that the worker took up a conversation in the attempt's own room, where that can be seen. */
      readonly session?: string | undefined;
    }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What an inspection is compared with. */
export interface Expected {
  readonly worker: WorkerAddress;
  /** True where the attempt has a room of its own, so that a session file for it tells something. */
  readonly hasOwnRoom: boolean;
  /** Our own objects; without it they are not compared. */
  readonly written?: readonly OwnObject[] | undefined;
  /** Numbers of messages that may have been written without being noted. */
  readonly pendingMessages?: readonly number[] | undefined;
}

/** Whether our own objects are what we wrote, byte by byte. */
export type Verified =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly names: readonly string[] }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** SHA-256s of the object that holds the answer; undefined when there is none. */
export interface AnswerDigests {
  /** To the byte, as it lies there. */
  readonly answerSha256?: string | undefined;
  /** The same without the line end that it ends with, or with one more where there is none: an editor or a shell may make the difference. */
  readonly answerSha256OtherEnd?: string | undefined;
}

/** What the worker's delivery says. */
export type Collected =
  | (AnswerDigests & {
      readonly kind: 'result';
      readonly result: WorkerResult;
      /** What that object says of the files; undefined when it says nothing. */
      readonly digests?: readonly NamedDigest[] | undefined;
      /** Names of files that it names as delivered, and that lie nowhere in the folder. */
      readonly missing?: readonly string[] | undefined;
    })
  | (AnswerDigests & { readonly kind: 'failure'; readonly failure: WorkFailure })
  /** The worker asks instead. */
  | (AnswerDigests & { readonly kind: 'question'; readonly what: string })
  /** It is there but a person has to look: too large, unreadable, only a part. `result` is what would be settled. */
  | (AnswerDigests & {
      readonly kind: 'unclear';
      readonly why: UnclearResult;
      readonly result?: WorkerResult | undefined;
      readonly digests?: readonly NamedDigest[] | undefined;
    })
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
  /** Looks at what lies in a task folder, and whether what is ours is as it was written. */
  inspect(taskId: TaskId, expected?: Expected): Promise<FolderInspection>;
  /** Reads our own objects and compares their SHA-256, since two contents may share a version and a size. */
  verify(taskId: TaskId, written: readonly OwnObject[]): Promise<Verified>;
  /** Reads what the worker delivered. */
  collect(taskId: TaskId): Promise<Collected>;
  /** Reads a file of at most `maxBytes` by its name inside the folder. */
  read(taskId: TaskId, name: string, maxBytes: number): Promise<FileRead>;
  /** Puts a message into the folder. Repeating it changes nothing. */
  addMessage(taskId: TaskId, message: FolderMessage): Promise<WriteOutcome>;
  /** Takes the hirer's token out of the task file again. Repeating it changes nothing. */
  forgetToken(order: TaskOrder): Promise<WriteOutcome>;
  /** Notes in the folder that the worker was told (adapter page, C11). Failing it changes nothing for the hiring. */
  noteDelegated(taskId: TaskId, notifiedAtMs: number): Promise<void>;
}
