import type { HiringRecord, StepFailureCode, Transition, StepCommit } from '@agrenting-hiclaw/core/domain';

/** A step whose outcome is on disk. */
export interface CommittedStep {
  /** The hiring as it was claimed. */
  readonly record: HiringRecord;
  readonly commit: StepCommit;
  readonly atMs: number;
}

/** What the engine tells the process that it runs in. */
export interface EngineEvents {
  /** A step was committed, whether its hiring moved or not. */
  onStep?(step: CommittedStep): void;
  /** A hiring moved; it is committed. */
  onTransition?(transition: Transition): void;
  /** A step failed and will be retried. */
  onStepFailed?(lastFailure: {
    readonly hiringId: string;
    readonly state: string;
    readonly code: StepFailureCode;
    readonly problem: string;
  }): void;
  /** A step or the store failed in a way that nobody foresaw. */
  onError?(problem: string, cause: unknown): void;
}

/** Runs a step of a hiring; undefined when the hiring was taken over meanwhile. */
export type StepWrapper = (
  record: HiringRecord,
  run: () => Promise<StepCommit | undefined>,
) => Promise<StepCommit | undefined>;
