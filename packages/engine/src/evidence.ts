import {
  inTurns,
  isTellable,
  MAX_KEPT_QUESTION_CHARACTERS,
  messageKeyOf,
  NO_CONVERSATION,
  readWorkerMessage,
  sayToHirer,
  type AttemptProgress,
  type AttemptRecord,
  type BlockedWorker,
  type FolderInspection,
  type GuardQuestion,
  type HeardSaying,
  type KnownSecrets,
  type Pieces,
  type StoredSign,
  type TaskId,
  type TellLimit,
  type WorkerStatement,
} from '@agrenting-hiclaw/core/domain';
import { hear, settled } from './heard.ts';
import { withProof } from './outcomes.ts';
import { withPlanted } from './planted.ts';

/** Something in what a worker did that decides more than "it is at work". */
export type Saying =
  | { readonly kind: 'blocked'; readonly why: string }
  | { readonly kind: 'question'; readonly what: string; readonly source: string }
  | { readonly kind: 'error'; readonly what: string };

/** An attempt's memory after looking at new evidence. */
export interface Evidence {
  readonly progress: AttemptProgress;
  /** True once the worker itself gave a sign that it has the task. */
  readonly acknowledged: boolean;
  /** The last thing said that needs an answer. */
  readonly saying?: Saying | undefined;
  /** When it did the earliest of what is news from its room. */
  readonly activeAtMs?: number | undefined;
}

/** Whether the attempt's own worker did anything in its room since it was told: what lies in storage, others may write. */
export function wasActive({ proofs }: Pick<AttemptProgress, 'proofs'>): boolean {
  return proofs.some(({ kind }) => kind === 'acknowledged');
}

/** The homeserver's clock is known to a second or so; who fell silent did so for longer. */
const CLOCK_SPREAD_MS = 2_000;

/** Whether the worker answered the newest assignment: one that was told again after it fell silent has not. */
function hasAnswered({ proofs, messages }: AttemptProgress): boolean {
  const told = messages.at(-1)?.sentAtMs ?? Infinity;
  return proofs.some(({ kind, atMs }) => kind === 'acknowledged' && atMs + CLOCK_SPREAD_MS >= told);
}

/** How signs are read. */
export interface SignReading {
  /** The Matrix id that workers report to. */
  readonly reportTo: string;
  /** Whether reports of progress go to the hirer. */
  readonly tellsProgress: boolean;
  /** How much of them. */
  readonly progressLimit: TellLimit;
  /** None of them goes to the hirer. */
  readonly secrets: KnownSecrets;
  /** By our own clock. */
  readonly nowMs: number;
  /** How long something has to be still before it counts, and how long that a worker is blocked. */
  readonly stillMs: number;
  readonly blockedMs: number;
}

/**
 * Reads what a worker did in its room. Only a sign from the worker counts as having the task: a receipt
 * at our message, or typing or text after it (HiClaw reference, 3.8). A line that names this task
 * counts whenever it came, any other only when it came after we told the worker. What something follows from counts once it
 * has been still for a while (`HeardSaying`). Many long messages do not hold the event loop.
 */
export async function readSigns(
  attempt: AttemptRecord,
  signs: readonly StoredSign[],
  reading: SignReading,
): Promise<Evidence> {
  return await inTurns(readInPieces(attempt, signs, reading));
}

function* readInPieces(
  attempt: AttemptRecord,
  signs: readonly StoredSign[],
  reading: SignReading,
): Pieces<Evidence> {
  const { reportTo } = reading;
  const { messages } = attempt.progress;
  const ours = new Set(messages.map((message) => message.eventId));
  const first = messages[0]?.afterSequence ?? Number.POSITIVE_INFINITY;
  let { progress } = attempt;
  let acknowledged = hasAnswered(attempt.progress);
  let activeAtMs: number | undefined;

  for (const sign of signs) {
    progress = { ...progress, signSequence: sign.sequence };
    const answersUs = sign.sequence > first;
    const readsUs = sign.kind === 'receipt' && sign.eventId !== undefined && ours.has(sign.eventId);
    if (readsUs || answersUs) progress = seen(progress, sign);

    const said = statementOf(sign, attempt, reportTo);
    // A line that names this task counts whenever it came.
    const counts = answersUs || sign.text?.includes(attempt.taskId) === true;
    if (sign.kind === 'message') {
      progress = { ...progress, guard: counts ? questionIn(said, sign) : undefined };
    }
    if (counts && said.kind === 'completed') {
      const reported = said.sha256 ?? progress.reported;
      progress = { ...progress, reported, claimedAtMs: progress.claimedAtMs ?? sign.atMs };
    }
    if (counts) progress = { ...progress, blocked: blockedAfter(said, progress.blocked) };
    if (sign.kind === 'message') {
      const meant = counts ? said : NOTHING_SAID;
      progress = { ...progress, heard: hear(progress.heard ?? [], sign, meant, reading) };
    }
    const answers = counts && sign.kind !== 'receipt' && said.kind !== 'other_task';
    // A sign of another task is none of this one, whatever stood before it.
    if (readsUs || answers) {
      acknowledged = true;
      activeAtMs = Math.min(activeAtMs ?? sign.atMs, sign.atMs);
      progress = noted(progress, sign);
    }
    yield;
  }
  return { progress, acknowledged, activeAtMs };
}

/** The same once it counts what was said and has been still: to be asked of evidence that something can follow from. */
export function withSettled(evidence: Evidence, taskId: TaskId, reading: SignReading): Evidence {
  const { still, heard } = settled(evidence.progress.heard ?? [], reading.nowMs, reading);
  let progress: AttemptProgress = { ...evidence.progress, heard: heard.length === 0 ? undefined : heard };
  let saying: Saying | undefined;
  for (const one of still) {
    saying = sayingOf(one) ?? saying;
    progress = withProgress(withBlocked(progress, one), taskId, one, reading);
  }
  return { ...evidence, progress, saying };
}

const NOTHING_SAID: WorkerStatement = { kind: 'other' };

function statementOf(sign: StoredSign, attempt: AttemptRecord, ourUserId: string): WorkerStatement {
  return readWorkerMessage(sign.text ?? '', { ourUserId, taskId: attempt.taskId });
}

/** Remembers that the worker is blocked, where that is what was said: a result beside it is not paid without a yes. */
function withBlocked(progress: AttemptProgress, { statement, atMs }: HeardSaying): AttemptProgress {
  if (statement.kind !== 'blocked') return progress;
  return { ...progress, blocked: { atMs, why: statement.why } };
}

/** Puts a report of progress on its way to the hirer, where that is what was said. */
function withProgress(
  progress: AttemptProgress,
  taskId: TaskId,
  { statement, source }: HeardSaying,
  { tellsProgress, progressLimit, secrets }: SignReading,
): AttemptProgress {
  if (statement.kind !== 'progress' || !tellsProgress || !isTellable(statement.what, secrets))
    return progress;
  const key = messageKeyOf(taskId, source);
  const said = { kind: 'progress', text: statement.what, key } as const;
  const conversation = sayToHirer(progress.conversation ?? NO_CONVERSATION, said, progressLimit);
  return { ...progress, conversation };
}

function sayingOf({ statement, source }: HeardSaying): Saying | undefined {
  switch (statement.kind) {
    case 'question':
      return { ...statement, source };
    case 'blocked':
    case 'error':
      return statement;
    case 'progress':
    case 'approval_question':
      return undefined;
  }
}

/**
 * Only a report that the task is completed ends it; whoever asks is not reported as failed meanwhile. That it is blocked
 * counts once that has been still.
 */
function blockedAfter(said: WorkerStatement, blocked: BlockedWorker | undefined): BlockedWorker | undefined {
  switch (said.kind) {
    case 'completed':
      return undefined;
    case 'question':
    case 'approval_question':
      return blocked === undefined ? undefined : { ...blocked, why: undefined };
    case 'blocked':
    case 'error':
    case 'progress':
    case 'other_task':
    case 'other':
      return blocked;
  }
}

/** The question that a worker waits with after a message of it: any other message shows that it waits no more. */
function questionIn(
  said: WorkerStatement,
  { eventId, replacesEventId, atMs }: StoredSign,
): GuardQuestion | undefined {
  if (said.kind !== 'approval_question' || eventId === undefined) return undefined;
  return {
    eventId,
    firstEventId: replacesEventId ?? eventId,
    text: said.text.slice(0, MAX_KEPT_QUESTION_CHARACTERS),
    characters: said.text.length,
    atMs,
  };
}

function seen(progress: AttemptProgress, sign: StoredSign): AttemptProgress {
  return { ...progress, proofs: withProof(progress.proofs, 'seen', sign.atMs, evidenceOf(sign)) };
}

function noted(progress: AttemptProgress, sign: StoredSign): AttemptProgress {
  return {
    ...progress,
    lastSignAtMs: Math.max(progress.lastSignAtMs ?? 0, sign.atMs),
    proofs: withProof(progress.proofs, 'acknowledged', sign.atMs, evidenceOf(sign)),
  };
}

function evidenceOf(sign: StoredSign): string {
  return sign.eventId === undefined ? sign.kind : `${sign.kind} ${sign.eventId}`;
}

const WORKING_STATUSES: ReadonlySet<string> = new Set(['in_progress', 'submitted', 'completed']);

/**
 * Reads what a worker left in the task folder (HiClaw reference, 2.1 and 3.8). Other workers may write there, too: it
 * shows how the work goes, once the worker itself has shown in its room that it is at it, and never that it is.
 */
export function readFolder(
  evidence: Evidence,
  folder: Extract<FolderInspection, { kind: 'folder' }>,
  nowMs: number,
): Evidence {
  const moved = folder.metaStatus !== undefined && WORKING_STATUSES.has(folder.metaStatus);
  const shown = folder.workerObjects[0];
  let progress = withPlanted(withUnproven(evidence, folder, nowMs), evidence.activeAtMs, folder, nowMs);
  if (folder.session !== undefined) {
    progress = { ...progress, proofs: withProof(progress.proofs, 'seen', nowMs, folder.session) };
  }
  if (!moved && shown === undefined) return { ...evidence, progress: { ...progress, listing: undefined } };

  const changed = progress.listing?.digest !== folder.digest;
  const listing = changed ? { digest: folder.digest, sinceMs: nowMs } : progress.listing;
  progress = { ...progress, listing };
  if (!wasActive(progress)) return { ...evidence, progress };
  const { proofs } = progress;
  progress = {
    ...progress,
    proofs: shown === undefined ? proofs : withProof(proofs, 'progressing', nowMs, shown),
    lastSignAtMs: changed ? nowMs : progress.lastSignAtMs,
  };
  return { ...evidence, progress };
}

/** Remembers a result that lay there before the worker did anything, unless it turns out to have done something before. */
function withUnproven(
  { progress, activeAtMs }: Evidence,
  { hasResult, resultVersion = '' }: Extract<FolderInspection, { kind: 'folder' }>,
  nowMs: number,
): AttemptProgress {
  const { unproven } = progress;
  if (wasActive(progress)) {
    const wasBefore = unproven !== undefined && (activeAtMs ?? Infinity) <= unproven.seenAtMs;
    return wasBefore ? { ...progress, unproven: undefined } : progress;
  }
  if (!hasResult || unproven?.version === resultVersion) return progress;
  return { ...progress, unproven: { version: resultVersion, seenAtMs: nowMs } };
}
