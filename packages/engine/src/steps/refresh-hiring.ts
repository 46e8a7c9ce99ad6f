import {
  endOfStatus,
  FRESH_PROGRESS,
  isEnd,
  mayWaitForHours,
  moneyChange,
  NO_CONVERSATION,
  resolveAttempt,
  saysDelivery,
  standingAtEnd,
  standingOf,
  statusWord,
  UNNAMED_AGENT,
  type AgentId,
  type AttemptMarker,
  type AttemptProgress,
  type AttemptRecord,
  type Hiring,
  type HiringMessage,
  type HiringRead,
  type HiringRecord,
  type KnownAttempt,
  type ReadPurpose,
  type StepCommit,
  withDelivery,
  withoutFormerTokens,
  withoutToken,
  stepFailureText,
  type StepFailureReason,
} from '@agrenting-hiclaw/core/domain';
import { theirNowMs, type StepContext } from '../context.ts';
import { decidesByClock } from '../deadlines.ts';
import {
  ended,
  MAX_UNFORESEEN,
  transitioned,
  requireOperator,
  stepFailed,
  waits,
  withMilestone,
} from '../step-results.ts';
import { forgetToken } from './forget-token.ts';
import { askWorkerToStop } from './stop.ts';

/** Reads in doubt before a person is asked; each comes after a longer wait. */
const MAX_DOUBTFUL_READS = 4;

/**
 * What a read of the hiring means: `decided` with what to commit, or `active` and the known attempt
 * is still the one that is wanted. `unread` when the marketplace could not say.
 */
export type Refreshed =
  | { readonly kind: 'decided'; readonly commit: StepCommit }
  | {
      readonly kind: 'active';
      readonly marker: AttemptMarker;
      readonly status: string;
      /** By the marketplace's clock, where the read states one. */
      readonly deadlineAtMs?: number | undefined;
      /** What was said about it lately, where the read showed that. */
      readonly messages?: readonly HiringMessage[] | undefined;
    }
  | { readonly kind: 'unread'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/**
 * True when the hiring was heard again, its last read is too old to say how it stands, or something may be decided by the
 * clock.
 */
export function isRereadDue(context: StepContext): boolean {
  const { record, settings, nowMs } = context;
  if (record.rereadWanted || nowMs - (record.lastReadAtMs ?? 0) >= settings.rereadMs) return true;
  return record.attempt !== undefined && decidesByClock({ ...context, attempt: record.attempt });
}

/**
 * Reads the hiring under the agent's key, and decides what follows for its attempts: so a forged
 * webhook never reaches a worker, a hirer's retry is never swallowed, and a cancellation is seen
 * (design, section 4; Agrenting API reference, 6.2 and 21 #1).
 */
export async function refreshHiring(context: StepContext): Promise<Refreshed> {
  const read = await readOnce(context);
  if (read.kind === 'active') context.reading.succeeded();
  if (read.kind === 'unread') context.reading.failed(read.problem);
  return read;
}

async function readOnce(context: StepContext): Promise<Refreshed> {
  const { record, ports } = context;
  const read = await ports.marketplace.readHiring(record.agentId, record.hiringId, purposeOf(record));
  if (read.kind === 'found') {
    // The token of the attempt too: this document may not hold it, or hold another one.
    const hiring = withoutToken(clean(context, read.hiring), record.attempt?.hiring.repoToken);
    return await judgeFound(context, hiring, read.source);
  }
  return judgeMissing(context, read);
}

/** Without the token that a document holds, and without those that the hirer gave before. */
function clean({ record }: StepContext, hiring: Hiring): Hiring {
  return withoutFormerTokens(withoutToken(hiring), record.formerTokens);
}

/** What the read is for, which decides who goes first when requests are few. */
function purposeOf({ attempt, received, state }: HiringRecord): ReadPurpose | undefined {
  if (attempt === undefined) return received.intake === 'webhook' ? 'unconfirmed' : 'new';
  return state === 'settling' ? 'settling' : undefined;
}

function judgeMissing(context: StepContext, read: Exclude<HiringRead, { kind: 'found' }>): Refreshed {
  const { record } = context;
  switch (read.kind) {
    case 'absent':
      if (isEnd(record.state)) return decided(endedAsBefore('the marketplace no longer knows this hiring'));
      return decided(
        record.attempt === undefined
          ? { ...ended('absent', 'the marketplace does not know this hiring'), reread: true }
          : doubtful(context, { code: 'hiring_gone' }),
      );
    case 'unauthorized':
      return decided(doubtful(context, { code: 'read_in_doubt', problem: read.problem }));
    case 'malformed':
      // What came is kept with the hiring, in trouble or attention and in the history.
      return decided(
        doubtful(context, { code: 'read_in_doubt', problem: `${read.problem}: ${read.evidence}` }),
      );
    case 'unavailable':
      return { kind: 'unread', problem: read.problem, retryAfterMs: read.retryAfterMs };
  }
}

function decided(commit: StepCommit): Refreshed {
  return { kind: 'decided', commit };
}

type DoubtfulRead = Extract<StepFailureReason, { readonly code: 'read_in_doubt' | 'hiring_gone' }>;

/** A paid hiring is never dropped for a doubt: it waits, then a person is asked. */
function doubtful(context: StepContext, reason: DoubtfulRead): StepCommit {
  const { state, lastFailure } = context.record;
  const doubts = lastFailure?.count ?? 0;
  // An end was woken by what may be the hirer's retry: it is read again until that is known. What is being settled goes on.
  const goesOn = state === 'attention' || state === 'settling' || isEnd(state);
  if (doubts < MAX_DOUBTFUL_READS || goesOn) return stepFailed(context, reason);
  // What came is kept in the history, too.
  const problem = stepFailureText(reason);
  return requireOperator(context, { code: 'read_in_doubt', problem }, { cause: problem });
}

function endedAsBefore(cause: string): StepCommit {
  return { cause, reread: true };
}

/** An end stays as it is, whatever a read shows; what became of its money is noted beside it. */
function endedButForMoney({ record }: StepContext, hiring: Hiring): StepCommit {
  const commit = endedAsBefore(`the marketplace reports it as ${statusWord(hiring)}`);
  const change = record.money === undefined ? undefined : moneyChange(record.money, hiring);
  return change === undefined ? commit : { ...commit, money: { standing: change.to, event: change.event } };
}

/** What is disputed when it ends is known to be. */
function moneyOf({ status }: Hiring): Pick<StepCommit, 'money'> {
  return endOfStatus({ status }) === 'disputed'
    ? { money: { standing: standingAtEnd('cancelled', status) } }
    : {};
}

async function judgeFound(context: StepContext, hiring: Hiring, source: string): Promise<Refreshed> {
  const { record } = context;
  const resolution = resolveAttempt(knownAttempt(context), hiring);
  const standing = standingOf(hiring);
  switch (resolution.kind) {
    case 'stale':
      return isEnd(record.state)
        ? decided(endedAsBefore(resolution.why))
        : { kind: 'active', marker: knownMarker(context), status: hiring.status };
    case 'next':
      return decided(await openNext(context, hiring, resolution.number, source));
    case 'same': {
      if (isEnd(record.state)) return decided(endedButForMoney(context, hiring));
      if (standing === 'over') return decided(await overElsewhere(context, hiring));
      return {
        kind: 'active',
        marker: { ...knownMarker(context), ...given(hiring.marker) },
        status: hiring.status,
        deadlineAtMs: hiring.deadlineAtMs,
        messages: hiring.messages,
      };
    }
  }
}

function knownMarker({ record }: StepContext): AttemptMarker {
  return record.attempt?.marker ?? {};
}

/** Only what the read says: a read that does not name the attempt takes nothing away. */
function given(marker: AttemptMarker): AttemptMarker {
  return {
    ...(marker.traceAttempt === undefined ? {} : { traceAttempt: marker.traceAttempt }),
    ...(marker.dispatchId === undefined ? {} : { dispatchId: marker.dispatchId }),
  };
}

function knownAttempt({ record }: StepContext): KnownAttempt | undefined {
  if (record.attempt === undefined) return undefined;
  return { number: record.attempt.number, marker: record.attempt.marker, state: record.state };
}

async function openNext(
  context: StepContext,
  hiring: Hiring,
  number: number,
  source: string,
): Promise<StepCommit> {
  const { record } = context;
  switch (standingOf(hiring)) {
    case 'waiting':
      return notYetOurs(context, hiring);
    case 'over': {
      if (record.attempt === undefined) {
        if (isEnd(record.state)) return endedButForMoney(context, hiring);
        return await overElsewhere(context, hiring);
      }
      // The retry came and went while nobody looked: it is on record with what became of it.
      const unstopped = await cleanUpAttempt(context);
      if (unstopped !== undefined) return unstopped;
      const cause = `the marketplace reports attempt ${number} as ${statusWord(hiring)}`;
      return {
        ...ended(`over_${endOfStatus(hiring)}`, cause),
        ...moneyOf(hiring),
        ...opened(context, hiring, number),
        reread: true,
      };
    }
    case 'active': {
      const unstopped = await cleanUpAttempt(context);
      if (unstopped !== undefined) return unstopped;
      return {
        ...transitioned(
          context,
          'confirmed',
          `the marketplace reports it as ${statusWord(hiring)} (${source})`,
        ),
        ...opened(context, clean(context, await delivered(context, hiring)), number),
        reread: true,
      };
    }
  }
}

/** The hiring with all of its delivery from one authenticated document (design, section 4; Agrenting API reference, 21 #16). */
async function delivered({ record, ports }: StepContext, hiring: Hiring): Promise<Hiring> {
  if (saysDelivery(hiring)) return hiring;
  const { received, attempt, agentId, hiringId } = record;
  const byWebhook = received.intake === 'webhook';
  // What was heard before the attempt that is over now is of that one.
  const isFresh = attempt === undefined || received.atMs >= attempt.openedAtMs;
  const authenticated = byWebhook || !isFresh ? [] : [received.hiring];
  const hinted = byWebhook && isFresh ? received.hiring : undefined;
  const known = withDelivery(hiring, authenticated, hinted);
  if (saysDelivery(known) || known.deliveryMode === 'output') return known;
  const read = await ports.marketplace.readHiring(agentId, hiringId, 'every_source');
  const others = read.kind === 'found' ? [read.hiring, ...(read.others ?? [])] : [];
  return withDelivery(hiring, [...authenticated, ...others], hinted);
}

/** A hiring that has been so for this long is not about to become ours. */
const ABOUT_TO_BE_OURS_MS = 10 * 60_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** It is read again until it becomes ours; where that takes long for no reason that we know, an operator is alerted as well. */
function notYetOurs(context: StepContext, hiring: Hiring): StepCommit {
  const { record, nowMs } = context;
  const cause = `the marketplace reports it as ${statusWord(hiring)}`;
  const waiting = { ...waits(context, cause, waitingMs(context)), reread: true };
  const { receivedAtMs, lastReadAtMs = -Infinity } = record;
  // Behind an outage its status may be one that is about to change.
  const wasReadLately = nowMs - lastReadAtMs < 2 * LONGEST_WAIT_MS;
  const isLong = wasReadLately && nowMs - receivedAtMs >= ABOUT_TO_BE_OURS_MS;
  if (record.state !== 'received' || !isLong || mayWaitForHours(hiring)) return waiting;
  const asked = requireOperator(context, { code: 'not_confirmed', status: statusWord(hiring) });
  return { ...asked, dueAtMs: waiting.dueAtMs, reread: true };
}

/** One that has waited for long is looked at less often: it may never become ours. */
function waitingMs({ record, settings, nowMs }: StepContext): number {
  return Math.max(
    settings.waitingMs,
    Math.min(LONGEST_WAIT_MS, Math.round((nowMs - record.receivedAtMs) / 10)),
  );
}

function opened(
  { record, ports }: StepContext,
  hiring: Hiring,
  number: number,
): Pick<StepCommit, 'open' | 'progress'> {
  const milestones = withMilestone(
    [],
    'stored',
    record.received.atMs,
    `received by ${record.received.intake}`,
  );
  return {
    open: {
      number,
      taskId: ports.taskIds(record.hiringId, number, 0),
      marker: hiring.marker,
      hiring: { ...hiring, agentId: agentOf(record, hiring) },
    },
    progress: {
      ...FRESH_PROGRESS,
      milestones,
      openedTheirMs: theirNowMs(ports),
      ...assignedBefore(record.attempt),
    },
  };
}

/** What a hirer was told in the attempts before counts in the next one: it is one piece of work, for one price. */
function assignedBefore(before: AttemptRecord | undefined): Pick<AttemptProgress, 'conversation'> {
  const { conversation, verdict } = before?.progress ?? {};
  const sentCharacters =
    (conversation?.sentCharacters ?? 0) + (verdict?.kind === 'failure' ? verdict.failure.text.length : 0);
  return sentCharacters === 0 ? {} : { conversation: { ...NO_CONVERSATION, sentCharacters } };
}

/** Not every form names the agent, but it was read under one's key; which one, where it was heard without, the read says. */
function agentOf({ agentId }: StepContext['record'], hiring: Hiring): AgentId {
  return agentId === UNNAMED_AGENT ? (hiring.agentId ?? agentId) : agentId;
}

/** The marketplace says that it is over: the worker is notified once, and nothing is ever settled. */
async function overElsewhere(context: StepContext, hiring: Hiring): Promise<StepCommit> {
  const unstopped = await cleanUpAttempt(context);
  if (unstopped !== undefined) return unstopped;
  return {
    ...ended(`over_${endOfStatus(hiring)}`, `the marketplace reports it as ${statusWord(hiring)}`),
    ...moneyOf(hiring),
    reread: true,
  };
}

/** What is left to do for an attempt that is over: its worker is notified, and keeps no token. */
async function cleanUpAttempt(context: StepContext): Promise<StepCommit | undefined> {
  // What fails unexpectedly, again and again, does not keep an attempt that is over from its end.
  if ((context.record.lastFailure?.unforeseen ?? 0) >= MAX_UNFORESEEN) return undefined;
  return (await askWorkerToStop(context)) ?? (await forgetToken(context));
}
