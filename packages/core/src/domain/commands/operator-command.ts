import { wantsNewFolder } from '../attention/attention-reason.ts';
import { withoutAccepted, withoutUntaken } from '../result/accepted-result.ts';
import { NO_SECRETS, type KnownSecrets } from '../credentials/known-secrets.ts';
import {
  NO_CONVERSATION,
  messageKeyOf,
  queueForHirer,
  queueForWorker,
  type Conversation,
} from '../worker-messages/conversation.ts';
import type { CommandAnswer } from './command-approval.ts';
import { holdText } from '../attention/attention-texts.ts';
import type { AttemptProgress, AttemptRecord, Attention, HiringRecord } from '../hiring/hiring-record.ts';
import { versionOf } from '../hiring/hiring-version.ts';
import { LIMITS } from '../limits.ts';
import type { StepCommit } from '../ports/hiring-store.ts';
import { assessShortResult, secretsOf } from '../result/quality-gate.ts';
import { isSafeOutbound } from '../text/outbound-text.ts';
import type { AcceptedResult, WorkFailure } from '../result/result.ts';
import { nextSettlement } from '../hiring/settlement.ts';
import { isEnd, next, type Event } from '../hiring/states.ts';

/** What decides about a hiring. */
export type Decision =
  /** Hand it to its worker once more, under a new number. */
  | { readonly kind: 'restart' }
  /** Approves what awaits approval: the work, a held result, or a hiring that an operator put on hold. */
  | { readonly kind: 'approve' }
  /** Report it as failed, so that the hirer is refunded. */
  | { readonly kind: 'fail'; readonly failure: WorkFailure }
  /** Puts it on hold until the operator decides. */
  | { readonly kind: 'hold' }
  /** Settle this text as the result. */
  | { readonly kind: 'submit'; readonly text: string };

/** Sends a message to the worker or the hirer, once per source. It decides nothing, so it names no version. */
export interface Message {
  readonly kind: 'message';
  readonly to: 'worker' | 'hirer';
  readonly text: string;
  readonly source: string;
}

/**
 * An operator's command on a hiring. No command bypasses the state table, and a decision names the version that the
 * operator saw (`versionOf`).
 */
export type OperatorCommand = (Decision & { readonly version: string }) | Message;

export type CommandKind = OperatorCommand['kind'];

export type CommandStep =
  | { readonly kind: 'step'; readonly step: StepCommit }
  /** The hiring is not as the operator saw it; `version` is the present one. */
  | { readonly kind: 'changed'; readonly version: string }
  /** The hiring has no such transition in its current state. */
  | { readonly kind: 'unfit' }
  /** The command fits, but not with this text. */
  | { readonly kind: 'refused'; readonly why: string };

const UNFIT = { kind: 'unfit' } as const;

/**
 * The step that a command makes of a hiring as it is now, if that is how its operator saw it; no text of it may hold one of
 * the `known` secrets.
 */
export function commandStep(
  record: HiringRecord,
  command: OperatorCommand,
  nowMs: number,
  known: KnownSecrets = NO_SECRETS,
): CommandStep {
  if (command.kind !== 'message') {
    const version = versionOf(record);
    if (command.version !== version) return { kind: 'changed', version };
  }
  return stepOf(record, command, nowMs, known);
}

function stepOf(
  record: HiringRecord,
  command: Decision | Message,
  nowMs: number,
  known: KnownSecrets,
): CommandStep {
  const { attempt, state } = record;
  const step: MakeStep = (event, cause, extras = {}) =>
    next(state, event) === undefined
      ? UNFIT
      : { kind: 'step', step: { event, cause, dueAtMs: nowMs, ...extras } };
  if (command.kind === 'restart') {
    return step('operator_restarted', 'the operator retried it', {
      progress:
        attempt === undefined
          ? undefined
          : {
              ...withoutAccepted(attempt.progress),
              attention: undefined,
              guard: undefined,
              blocked: undefined,
              unclear: undefined,
              wantsNewFolder: wantsNewFolder(attempt.progress.attention?.reason) || undefined,
            },
    });
  }
  if (attempt === undefined) return UNFIT;
  switch (command.kind) {
    case 'approve':
      return approvalOf(attempt, step);
    case 'fail': {
      const verdict = { kind: 'failure', failure: command.failure } as const;
      return step('operator_failed', 'the operator reported it as failed', {
        settlement: nextSettlement(record.hiringId, attempt, verdict),
        progress: { ...attempt.progress, verdict, attention: undefined },
      });
    }
    case 'hold':
      return holdOf(record, attempt, step);
    case 'submit':
      return submissionOf(record, attempt, command.text, known, step);
    case 'message':
      return messageOf(record, attempt, command, nowMs, known);
  }
}

/** The step of a hiring whose worker was told the answer to its guard's question: the work is watched on. */
export function answeredStep(attempt: AttemptRecord, answered: CommandAnswer, nowMs: number): StepCommit {
  return {
    event: 'operator_answered',
    cause: `the operator answered ${answered.answer} to the worker's question`,
    dueAtMs: nowMs,
    progress: { ...attempt.progress, attention: undefined, guard: undefined, answered },
  };
}

/** The commands that fit a hiring in its current state, so that only those are offered. */
export function possibleCommands(record: HiringRecord): readonly CommandKind[] {
  const tried: readonly (Decision | Message)[] = [
    { kind: 'restart' },
    { kind: 'approve' },
    { kind: 'fail', failure: { reason: 'other', text: 'x' } },
    { kind: 'hold' },
    { kind: 'submit', text: '' },
    { kind: 'message', to: 'worker', text: '', source: '' },
    { kind: 'message', to: 'hirer', text: '', source: '' },
  ];
  const kinds = tried
    .filter((command) => stepOf(record, command, 0, NO_SECRETS).kind !== 'unfit')
    .map(({ kind }) => kind);
  return [...new Set(kinds)];
}

type MakeStep = (event: Event, cause: string, extras?: Partial<StepCommit>) => CommandStep;

function approvalOf({ progress }: AttemptRecord, step: MakeStep): CommandStep {
  const { attention, approved } = progress;
  switch (attention?.approves) {
    case 'work': {
      const isPrice = attention.reason.code === 'price_unclear';
      return step('operator_allowed', `the operator approved the ${isPrice ? 'price' : 'work'}`, {
        progress: {
          ...progress,
          attention: undefined,
          approved: { ...approved, ...(isPrice ? { price: true } : { work: true }) },
        },
      });
    }
    case 'result':
      // A yes names what was seen.
      if (attention.sha256 === undefined) return UNFIT;
      return step('operator_approved', 'the operator approved the held result', {
        progress: {
          ...progress,
          attention: undefined,
          accepted: acceptedBy(progress, attention),
          approved: { ...approved, sha256: attention.sha256 },
        },
      });
    case 'hold':
      return releaseOf(progress, attention, step);
    case undefined:
      return UNFIT;
  }
}

/**
 * What was shown is what is settled, so it is not read again. What was kept nowhere, because it seems to hold a
 * credential, is read once more, and taken only if it is the same.
 */
function acceptedBy(
  { accepted, source }: AttemptProgress,
  { reason, held, sha256, judged }: Attention,
): AcceptedResult | undefined {
  // It was accepted before, and waited for a yes on its way.
  if (accepted !== undefined) {
    const isWithoutThem = reason.code === 'files_not_taken' || reason.code === 'files_too_large';
    return isWithoutThem ? withoutUntaken(accepted, source !== undefined) : accepted;
  }
  if (held === undefined || sha256 === undefined) return undefined;
  const { files, ...result } = held;
  return { result, files, sha256, digest: judged ?? '' };
}

/** Where it goes on that was held: as near to where it stood as the table leads. */
function releaseOf(progress: AttemptProgress, { from }: Attention, step: MakeStep): CommandStep {
  const cause = 'the operator released it';
  const extras = { progress: { ...progress, attention: undefined } };
  switch (from) {
    case 'settling':
      return step('settling_resumed', cause, extras);
    case 'submitted':
      return step('operator_approved', cause, extras);
    case 'acknowledged':
      return step('operator_released', cause, extras);
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'attention':
      // The folder that is there is found again, and a message that was sent has its number.
      return step('operator_allowed', cause, extras);
  }
}

function holdOf({ state }: HiringRecord, attempt: AttemptRecord, step: MakeStep): CommandStep {
  if (isEnd(state)) return UNFIT;
  const attention: Attention = {
    reason: { code: 'held_by_operator' },
    from: state,
    approves: 'hold',
  };
  return step('operator_held', 'the operator put it on hold', {
    progress: { ...attempt.progress, attention },
  });
}

/** The owner's word counts, but payment is asked for nothing empty, for no placeholder and with no credential in it. */
function submissionOf(
  { hiringId, state }: HiringRecord,
  attempt: AttemptRecord,
  text: string,
  known: KnownSecrets,
  step: MakeStep,
): CommandStep {
  if (next(state, 'operator_submitted') === undefined) return UNFIT;
  if (text.length > LIMITS.resultCharacters) {
    const reason = { code: 'result_too_long', maxCharacters: LIMITS.resultCharacters } as const;
    return { kind: 'refused', why: holdText(reason) };
  }
  const summary = (text.trim().split('\n', 1)[0] ?? '').slice(0, LIMITS.summaryCharacters);
  const result = { text: text.trim(), summary, files: [], notes: [] };
  const gate = assessShortResult(result, attempt.hiring, known);
  if (gate.kind === 'held') return { kind: 'refused', why: holdText(gate.reason) };
  const verdict = { kind: 'result', result } as const;
  return step('operator_submitted', 'the operator submitted the result', {
    settlement: nextSettlement(hiringId, attempt, verdict),
    progress: { ...withoutAccepted(attempt.progress), verdict, attention: undefined },
  });
}

function messageOf(
  { state, lastFailure }: HiringRecord,
  attempt: AttemptRecord,
  { to, text, source }: Message,
  nowMs: number,
  known: KnownSecrets,
): CommandStep {
  const { progress, taskId } = attempt;
  // What is with the marketplace is over for the worker, and what was judged is not begun again.
  if (isEnd(state) || state === 'submitted' || state === 'settling') return UNFIT;
  const before = progress.conversation ?? NO_CONVERSATION;
  if (to === 'worker' && progress.worker === undefined) return UNFIT;
  if (text.trim() === '') return { kind: 'refused', why: 'the message is empty' };
  if (!isSafeOutbound(text, secretsOf(attempt.hiring, known))) {
    return {
      kind: 'refused',
      why: 'the message seems to contain a credential, or a path or address of this machine',
    };
  }
  const conversation: Conversation | undefined =
    to === 'worker'
      ? queueForWorker(before, text)
      : queueForHirer(before, { kind: 'owner', text, key: messageKeyOf(taskId, `owner-${source}`) });
  if (conversation === undefined) {
    return { kind: 'refused', why: 'the attempt has reached its limit of messages to the worker' };
  }
  const cause = `the operator sends a message to the ${to}`;
  return {
    kind: 'step',
    step: { cause, dueAtMs: nowMs, lastFailure, progress: { ...progress, conversation } },
  };
}
