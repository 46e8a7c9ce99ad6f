import type { AttemptRecord, HiringRecord } from './hiring-record.ts';
import type { StepCommit } from './ports/hiring-store.ts';
import type { WorkFailure } from './result.ts';
import { nextSettlement } from './settlement.ts';
import { next, type Event } from './states.ts';

/** What an operator has a hiring do. None goes round the table of states. */
export type OperatorCommand =
  /** Hand it to its worker once more, under a new number. */
  | { readonly kind: 'restart' }
  /** Yes to what waits for it: the work, or a held result. */
  | { readonly kind: 'approve' }
  /** Report it as failed, so that the hirer is refunded. */
  | { readonly kind: 'fail'; readonly failure: WorkFailure };

/** The step that a command makes of a hiring as it is now; undefined when it has no such move. */
export function commandStep(
  record: HiringRecord,
  command: OperatorCommand,
  nowMs: number,
): StepCommit | undefined {
  const { attempt, state } = record;
  const step = (event: Event, cause: string, extras: Partial<StepCommit> = {}): StepCommit | undefined =>
    next(state, event) === undefined ? undefined : { event, cause, dueAtMs: nowMs, ...extras };
  switch (command.kind) {
    case 'restart':
      return step('operator_restarted', 'the operator had it handed over again', {
        progress:
          attempt === undefined
            ? undefined
            : { ...attempt.progress, attention: undefined, accepted: undefined },
      });
    case 'approve':
      return attempt === undefined ? undefined : approvalOf(attempt, step);
    case 'fail': {
      if (attempt === undefined) return undefined;
      const verdict = { kind: 'failure', failure: command.failure } as const;
      return step('operator_failed', 'the operator had it reported as failed', {
        settlement: nextSettlement(record.hiringId, attempt, verdict),
        progress: { ...attempt.progress, verdict, attention: undefined },
      });
    }
  }
}

function approvalOf(
  { progress }: AttemptRecord,
  step: (event: Event, cause: string, extras: Partial<StepCommit>) => StepCommit | undefined,
): StepCommit | undefined {
  const { attention, approved } = progress;
  switch (attention?.approves) {
    case 'work':
      return step('operator_allowed', 'the operator said yes to the work', {
        progress: { ...progress, attention: undefined, approved: { ...approved, work: true } },
      });
    case 'result': {
      const accepted =
        progress.accepted === undefined ? undefined : { ...progress.accepted, withoutFiles: true };
      return step('operator_approved', 'the operator said yes to the held result', {
        progress: {
          ...progress,
          attention: undefined,
          accepted,
          approved: { ...approved, digest: attention.judged },
        },
      });
    }
    case undefined:
      return undefined;
  }
}
