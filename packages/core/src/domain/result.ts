/** Why an attempt is reported as failed, in the marketplace's words (Agrenting API reference, 5.5). */
export const FAILURE_REASONS = ['timeout', 'capability_mismatch', 'agent_unresponsive', 'other'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A file that the worker delivered, by its name inside the task folder. */
export interface DeliveredFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What the worker delivered. */
export interface WorkerResult {
  readonly text: string;
  /** One line. */
  readonly summary: string;
  readonly files: readonly DeliveredFile[];
}

/** Why the work failed, for the hirer to read. */
export interface WorkFailure {
  readonly reason: FailureReason;
  readonly text: string;
}

/** What a settlement tells the marketplace. */
export type Verdict =
  | { readonly kind: 'result'; readonly result: WorkerResult }
  | { readonly kind: 'failure'; readonly failure: WorkFailure };
