import {
  nextSettlement,
  nextWaitMs,
  attentionWhy,
  stepFailureText,
  traitsOf,
  type AttemptProgress,
  type AttemptRecord,
  type Attention,
  type AttentionReason,
  type Event,
  type HiringRecord,
  type Milestone,
  type MilestoneKind,
  type Settlement,
  type SettlementForm,
  type StepCommit,
  type StepFailureReason,
  type Verdict,
  type WorkFailure,
  type HoldCode,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext, StepContext } from './context.ts';

type Extras = Pick<StepCommit, 'progress' | 'settlement' | 'marker'>;

/** The hiring moved, and is due again at once. */
export function transitioned(
  context: StepContext,
  event: Event,
  cause: string,
  extras: Extras = {},
): StepCommit {
  return { event, cause, dueAtMs: context.nowMs, ...extras };
}

/** The hiring came to an end. */
export function ended(event: Event, cause: string, extras: Extras = {}): StepCommit {
  return { event, cause, ...extras };
}

/** Nothing moved and nothing is wrong: look again after `waitMs`, counted from now, since steps take time. */
export function waits(context: StepContext, cause: string, waitMs: number, extras: Extras = {}): StepCommit {
  return { cause, dueAtMs: context.ports.clock.nowMs() + Math.max(0, waitMs), ...extras };
}

/** The commit, due at `dueAtMs` at the latest where nothing moved and nothing is wrong. */
export function dueBy(commit: StepCommit, dueAtMs: number): StepCommit {
  const isWait =
    commit.event === undefined && commit.lastFailure === undefined && commit.dueAtMs !== undefined;
  return isWait ? { ...commit, dueAtMs: Math.min(commit.dueAtMs, dueAtMs) } : commit;
}

/** The step did not get on: look again after a wait that grows, or as long as the other side asks. */
export function stepFailed(
  context: StepContext,
  reason: StepFailureReason,
  extras: Extras & { readonly retryAfterMs?: number | undefined } = {},
): StepCommit {
  const { retryAfterMs = 0, ...changes } = extras;
  const last = context.record.lastFailure;
  const waitMs = nextWaitMs(last?.waitMs ?? 0, context.settings.backoff, context.ports.random);
  return {
    cause: stepFailureText(reason),
    dueAtMs: context.ports.clock.nowMs() + Math.max(waitMs, retryAfterMs),
    lastFailure: { count: (last?.count ?? 0) + 1, sinceMs: last?.sinceMs ?? context.nowMs, waitMs, reason },
    ...changes,
  };
}

/** A no that ends a hiring is heard until the waits between two tries have grown to this. */
const SURE_WAIT_MS = 2 * 60_000;

/**
 * Whether a no that would end the hiring may still pass on its own: whatever stands before a host may say it for a while, as
 * when it knows nothing behind it. It is taken for sure once the waits between two tries have grown to `sureWaitMs`.
 */
export function mayPass({ record, settings }: StepContext, sureWaitMs = SURE_WAIT_MS): boolean {
  return (record.lastFailure?.waitMs ?? 0) < Math.min(sureWaitMs, settings.backoff.capMs);
}

/**
 * An operator has to decide. What a worker says goes into `quote`; `cause` is for the history, else the reason says it. What is
 * tried again automatically is not before `notBeforeMs`, as where the other side asks for patience.
 */
export function requireOperator(
  context: StepContext,
  reason: AttentionReason,
  {
    cause = attentionWhy(reason, 'anybody'),
    endsWith,
    judged,
    sha256,
    held,
    approves,
    quote,
    notBeforeMs = 0,
    ...extras
  }: Extras &
    Omit<Partial<Attention>, 'reason' | 'from' | 'retryAtMs'> & {
      readonly cause?: string;
      readonly notBeforeMs?: number | undefined;
    } = {},
): StepCommit {
  const { record, attempt } = { attempt: context.record.attempt, ...context };
  const dueAtMs = context.nowMs + context.settings.attentionMs;
  if (record.state === 'attention') return { cause, dueAtMs, ...extras };
  const from = openStateOf(context);
  const { endsBy } = traitsOf(reason);
  const isRetried = endsBy === 'retry' || endsBy === 'notified_again';
  const retryAtMs = isRetried ? Math.max(notBeforeMs, nextRetryAtMs(context, reason)) : undefined;
  const attention: Attention = {
    reason,
    quote,
    from,
    endsWith: endsBy === 'read' ? 'read' : endsWith,
    judged,
    blockedAtMs: (extras.progress ?? attempt?.progress)?.blocked?.atMs,
    sha256,
    held,
    approves,
    retryAtMs,
  };
  const commit = { event: 'operator_required', cause, dueAtMs, ...extras } as const;
  if (attempt === undefined) return { ...commit, attention };
  const progress = { ...attempt.progress, ...extras.progress, attention };
  const standstills = (progress.standstills ?? 0) + (retryAtMs === undefined ? 0 : 1);
  return { ...commit, progress: { ...progress, standstills } };
}

/** Failures in a row that nobody foresaw, before an operator is asked. */
export const MAX_UNFORESEEN = 5;

/** The first wait before what brought the attempt to a standstill is tried again; what the outside caused may be over soon. */
const RETRIES_MS = {
  outside: { firstMs: 60_000, longestMs: 15 * 60_000 },
  otherwise: { firstMs: 5 * 60_000, longestMs: 60 * 60_000 },
};

/** When a step that brought the attempt to a standstill is retried automatically: later each time, but not seldom. */
function nextRetryAtMs({ record, ports }: StepContext, reason: AttentionReason): number {
  const before = record.attempt?.progress.standstills ?? 0;
  const { firstMs, longestMs } = RETRIES_MS[traitsOf(reason).cause === 'outside' ? 'outside' : 'otherwise'];
  return ports.clock.nowMs() + Math.min(longestMs, firstMs * 3 ** Math.min(before, 5));
}

/** Whether the marketplace may have a settlement of the attempt: then another one is nothing to decide without a person. */
export function mayBeSettled({ state, attempt }: HiringRecord): boolean {
  return state === 'settling' || (state === 'attention' && attempt?.progress.attention?.from === 'settling');
}

function openStateOf(context: StepContext) {
  const { state } = context.record;
  switch (state) {
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'rejected':
      throw new Error(`hiring ${context.record.hiringId} is ${state}: an end state never changes`);
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'acknowledged':
    case 'submitted':
    case 'settling':
    case 'attention':
      return state;
  }
}

/** Looks for a result before a failure is sent that was decided because none came. */
const LOOKS_FOR_RESULT = 10;

/**
 * The attempt is to be reported as failed, so that the hirer is refunded. The failure's text is for the
 * hirer; where it quotes the worker, `cause` says it in our words. With `unlessDelivered` a result that comes before it is
 * sent takes its place.
 */
export function failureDecided(
  context: AttemptContext,
  failure: WorkFailure,
  {
    cause = failure.text,
    unlessDelivered = false,
    held,
    ...extras
  }: Extras & {
    readonly cause?: string;
    readonly unlessDelivered?: boolean;
    readonly held?: HoldCode;
  } = {},
): StepCommit {
  const { attention } = context.attempt.progress;
  const { state } = context.record;
  const stood = state === 'attention' ? attention?.from : state;
  // What lies there was judged, or is.
  const looksLeft = unlessDelivered && stood !== 'submitted' ? LOOKS_FOR_RESULT : undefined;
  const verdict: Verdict = { kind: 'failure', failure, looksLeft, held };
  return transitioned(context, 'failure_decided', cause, {
    settlement: settlementOf(context, verdict),
    progress: { ...context.attempt.progress, ...extras.progress, verdict },
  });
}

/** The exact request for a verdict, as the attempt's next generation. */
export function settlementOf(
  { record, attempt }: AttemptContext,
  verdict: Verdict,
  form?: SettlementForm,
): Settlement {
  return nextSettlement(record.hiringId, attempt, verdict, form);
}

/** The proofs with one more, unless one of its kind is there: the first sight counts. */
export function withMilestone(
  milestones: readonly Milestone[],
  kind: MilestoneKind,
  atMs: number,
  evidence: string,
): readonly Milestone[] {
  return milestones.some((milestone) => milestone.kind === kind)
    ? milestones
    : [...milestones, { kind, atMs, evidence }];
}

/** The memory once something was done about an error of the worker's model. */
export function withoutError(progress: AttemptProgress): AttemptProgress {
  return progress.pending?.kind === 'error' ? { ...progress, pending: undefined } : progress;
}

/** The attempt with its memory replaced, for a step that goes on after learning something. */
export function remembering(attempt: AttemptRecord, progress: AttemptProgress): AttemptRecord {
  return { ...attempt, progress };
}
