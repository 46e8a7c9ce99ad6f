import type { ArtifactType } from './artifacts.ts';

/** Why an attempt is reported as failed, in the marketplace's words (Agrenting API reference, 5.5). */
export const FAILURE_REASONS = ['timeout', 'capability_mismatch', 'agent_unresponsive', 'other'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A file that the worker delivered, by its name inside the task folder. */
export interface DeliveredFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What the worker delivered, whatever the form (HiClaw reference, 2.4 to 2.6 and 3.9). */
export interface WorkerResult {
  readonly text: string;
  /** One line. */
  readonly summary: string;
  readonly files: readonly DeliveredFile[];
  /** What the worker remarks beside its answer; they stand in `text`, too. */
  readonly notes: readonly string[];
}

/** A file of a result as it passed the gate, and under which id the marketplace has it. */
export interface CheckedFile extends DeliveredFile {
  readonly sha256: string;
  readonly type: ArtifactType;
  /** Undefined until it is uploaded. */
  readonly artifactId?: string | undefined;
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
  readonly result: WorkerResult;
  /** Of the task folder when it was accepted: another one is judged anew. */
  readonly digest: string;
  readonly files: readonly CheckedFile[];
  /** True while nobody knows what became of the last upload: the marketplace's list is read before another. */
  readonly uploadUnsure?: boolean | undefined;
  /** True where the marketplace takes no artifacts and the owner wants it settled without. */
  readonly withoutFiles?: boolean | undefined;
  readonly pushed?: PushedChange | undefined;
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
  | { readonly kind: 'failure'; readonly failure: WorkFailure };
