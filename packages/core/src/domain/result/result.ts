import type { HoldCode } from '../attention/attention-reason.ts';
import type { ArtifactType } from './artifacts.ts';

/** Why an attempt is reported as failed, in the marketplace's words (Agrenting API reference, 5.5). */
export const FAILURE_REASONS = ['timeout', 'capability_mismatch', 'agent_unresponsive', 'other'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A file that the worker delivered, by its name inside the task folder. */
export interface DeliveredFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Message from the worker, whatever the form (HiClaw reference, 2.4 to 2.6 and 3.9). */
export interface Answer {
  readonly text: string;
  /** One line. */
  readonly summary: string;
  /** What the worker remarks beside its answer; they stand in `text`, too. */
  readonly notes: readonly string[];
}

/** What an answer says of a file. */
export interface NamedDigest {
  /** Inside the task folder. */
  readonly name: string;
  /** Of its bytes, in hex, in small letters. */
  readonly sha256: string;
}

/** What the worker delivered: its answer, and the files beside it by name. */
export interface WorkerResult extends Answer {
  readonly files: readonly DeliveredFile[];
}

/** A file of a result as its bytes were read, and under which id the marketplace has it. */
export interface CheckedFile extends DeliveredFile {
  /** Of the bytes that were read, in hex; `sizeBytes` counts the same bytes. */
  readonly sha256: string;
  readonly type: ArtifactType;
  /** Undefined until it is uploaded. */
  readonly artifactId?: string | undefined;
  /** True where the marketplace said that it has it, whether or not it shows it. */
  readonly taken?: boolean | undefined;
  /** True where the marketplace did not take it for its size, though it came alone. */
  readonly tooLarge?: boolean | undefined;
}

/** A result of which every byte was read once: what is judged, held, shown, approved and settled is this. */
export interface CheckedResult extends Answer {
  /** In the order in which they are delivered. */
  readonly files: readonly CheckedFile[];
}

/** A file that was, or may have been, uploaded for a result of this attempt that was replaced since. */
export interface UploadedFile {
  /** As it was delivered. */
  readonly name: string;
  readonly sizeBytes?: number | undefined;
  readonly sha256: string;
  /** Undefined while nobody knows whether the marketplace has it. */
  readonly artifactId?: string | undefined;
  /** True where it said that it has it, and did not show it yet. */
  readonly taken?: boolean | undefined;
  /** Names the result (`AcceptedResult`) for which it was last looked for in vain; it may be listed late. */
  readonly soughtFor?: string | undefined;
}

/** What was pushed to the hirer's repository, as the remote shows it. */
export interface PushedChange {
  readonly branch: string;
  /** Full ids, oldest first. */
  readonly commits: readonly string[];
  readonly filesChanged: readonly string[];
}

/** A result on its way to the marketplace: it passed the gate, or its owner said yes. */
export interface AcceptedResult {
  readonly result: Answer;
  /** Names the snapshot (`snapshotSha256`): of what was judged, approved where a yes was needed, and is settled. */
  readonly sha256: string;
  /** The listing of the task folder when it was accepted: one that changed since is inspected again. */
  readonly digest: string;
  readonly files: readonly CheckedFile[];
  /** True while nobody knows what became of the last upload: the marketplace's list is read before another. */
  readonly uploadUnsure?: boolean | undefined;
  /** What it says to have of that upload without listing it. */
  readonly queued?: Queued | undefined;
  readonly pushed?: PushedChange | undefined;
}

/** What the marketplace says to have taken without showing it: how often it said so, and when last. */
export interface Queued {
  readonly times: number;
  readonly atMs: number;
}

/** Why the work failed, for the hirer to read. */
export interface WorkFailure {
  readonly reason: FailureReason;
  readonly text: string;
}

/** What a settlement tells the marketplace. */
export type Verdict =
  | {
      readonly kind: 'result';
      readonly result: WorkerResult;
      /** Ids of what was uploaded before. */
      readonly artifacts?: readonly string[] | undefined;
      readonly pushed?: PushedChange | undefined;
    }
  | {
      readonly kind: 'failure';
      readonly failure: WorkFailure;
      /** Why the result was not accepted, where the owner has such hirings reported as failed. */
      readonly held?: HoldCode | undefined;
      /**
       * Where it was decided because no result came: how often one is looked for at most before it is first sent, which
       * takes its place. Without it, none does.
       */
      readonly looksLeft?: number | undefined;
    };
