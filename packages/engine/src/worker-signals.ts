import {
  HANDED_IN_STATUSES,
  inTurns,
  isSafeOutbound,
  JUDGED_STATUSES,
  MAX_KEPT_QUESTION_CHARACTERS,
  messageKeyOf,
  NO_CONVERSATION,
  readWorkerMessage,
  queueForHirer,
  type AttemptProgress,
  type AttemptRecord,
  type BlockedWorker,
  type FolderInspection,
  type CommandQuestion,
  type RecentStatement,
  type KnownSecrets,
  type PendingSaying,
  type Pieces,
  type StoredActivity,
  type TaskId,
  type MessageLimit,
  type WorkerStatement,
} from '@agrenting-hiclaw/core/domain';
import { ingest, settled, waitsForAnswer } from './recent-statements.ts';
import { withMilestone } from './step-results.ts';
import { withPlanted } from './planted.ts';
import {
  cameAfter,
  isBehind,
  pendingAfter,
  positionOf,
  saidAfter,
  unclearAfter,
  type RoomPosition,
} from './room-order.ts';
import { isUnclear, meant, reportInDoubt, withUnclear, workedOn } from './unclear.ts';

/** Something in what a worker did that decides more than "it is at work". */
export type Saying =
  | { readonly kind: 'blocked'; readonly why: string }
  | { readonly kind: 'question'; readonly what: string; readonly source: string }
  | { readonly kind: 'error'; readonly what: string };

/** An attempt's memory after looking at new evidence. */
export interface WorkerSignals {
  readonly progress: AttemptProgress;
  /** True once the worker itself showed activity that proves it has the task. */
  readonly acknowledged: boolean;
  /** When it did the earliest of what is news from its room. */
  readonly activeAtMs?: number | undefined;
}

/** Whether the attempt's own worker did anything in its room since it was told: what lies in storage, others may write. */
export function wasActive({ milestones }: Pick<AttemptProgress, 'milestones'>): boolean {
  return milestones.some(({ kind }) => kind === 'acknowledged');
}

/** The homeserver's clock is known to a second or so; who fell silent did so for longer. */
const CLOCK_SPREAD_MS = 2_000;

/** Whether the worker answered the newest assignment: one that was told again after it fell silent has not. */
function hasAnswered({ milestones, messages }: AttemptProgress): boolean {
  const told = messages.at(-1)?.sentAtMs ?? Infinity;
  return milestones.some(({ kind, atMs }) => kind === 'acknowledged' && atMs + CLOCK_SPREAD_MS >= told);
}

/** How activity is read. */
export interface ActivityReading {
  /** The Matrix id that workers report to. */
  readonly reportTo: string;
  /** Whether reports of progress go to the hirer. */
  readonly forwardsProgress: boolean;
  /** How much of them. */
  readonly progressLimit: MessageLimit;
  /** None of them goes to the hirer. */
  readonly secrets: KnownSecrets;
  /** By our own clock. */
  readonly nowMs: number;
  /** How long something has to be still before it counts, and how long that a worker is blocked. */
  readonly stillMs: number;
  readonly blockedMs: number;
  /** How long a worker that said something of an error has to be silent until it counts as its model's. */
  readonly acknowledgeMs: number;
  /** How long a hirer's answer is waited for. */
  readonly answerWaitMs: number;
}

/**
 * Reads what a worker did in its room. Only activity of the worker counts as having the task: a receipt
 * at our message, or typing or text after it (HiClaw reference, 3.8). A line that names this task
 * counts whenever it came, any other only when it came after we told the worker. What something follows from counts once it
 * has been still for a while (`RecentStatement`). A message that was read late counts in its place in the room, not as the newest.
 * Many long messages do not hold the event loop.
 */
export async function readActivity(
  attempt: AttemptRecord,
  activities: readonly StoredActivity[],
  reading: ActivityReading,
): Promise<WorkerSignals> {
  return await inTurns(readInPieces(attempt, activities, reading));
}

function* readInPieces(
  attempt: AttemptRecord,
  activities: readonly StoredActivity[],
  reading: ActivityReading,
): Pieces<WorkerSignals> {
  const { reportTo } = reading;
  const { messages } = attempt.progress;
  const ours = new Set(messages.map((message) => message.eventId));
  const [first] = messages;
  let { progress } = attempt;
  let acknowledged = hasAnswered(attempt.progress);
  let activeAtMs: number | undefined;

  for (const activity of activities) {
    progress = { ...progress, activitySequence: activity.sequence };
    const answersUs = first !== undefined && cameAfter(activity, first.afterSequence, first.sentAtMs);
    const readsUs =
      activity.kind === 'receipt' && activity.eventId !== undefined && ours.has(activity.eventId);
    if (readsUs || answersUs) progress = seen(progress, activity);

    const said = meant(statementOf(activity, attempt, reportTo), activity, progress);
    // A line that names this task counts whenever it came.
    const counts = answersUs || activity.text?.includes(attempt.taskId) === true;
    if (activity.kind === 'message')
      progress = spoken(progress, activity, counts ? said : NOTHING_SAID, reading);
    const answers = counts && activity.kind !== 'receipt' && said.kind !== 'other_task';
    // An activity of another task is none of this one, whatever stood before it.
    if (readsUs || answers) {
      acknowledged = true;
      activeAtMs = Math.min(activeAtMs ?? activity.atMs, activity.atMs);
      progress = noted(activity.kind === 'typing' ? workedOn(progress, reading.nowMs) : progress, activity);
    }
    yield;
  }
  return { progress, acknowledged, activeAtMs };
}

/** The memory with one more message in its place. */
function spoken(
  progress: AttemptProgress,
  activity: StoredActivity,
  said: WorkerStatement,
  reading: ActivityReading,
): AttemptProgress {
  const before = progress.said;
  const place = positionOf(activity, before);
  const isNewest = !place.isLate || before === undefined || place.atMs > before.lastMs;
  return {
    ...(said.kind === 'completed' ? completed(progress, activity, said, place) : progress),
    guard: isNewest ? questionIn(said, activity) : progress.guard,
    blocked: blockedAfter(said, progress.blocked, place),
    pending: pendingAfter(progress.pending, activity, said, place),
    unclear: reportInDoubt(
      unclearAfter(progress.unclear, activity, said, place),
      activity,
      said,
      place,
      reading.nowMs,
    ),
    received: ingest(progress.received ?? [], activity, said, { ...reading, place, said: before }),
    said: saidAfter(before, activity, said, place),
  };
}

/** What a report that the task is completed says: the newest counts that says something of a SHA-256. */
function completed(
  progress: AttemptProgress,
  { atMs }: StoredActivity,
  { digest }: Extract<WorkerStatement, { kind: 'completed' }>,
  place: RoomPosition,
): AttemptProgress {
  const { reported, claimedAtMs, said, messages } = progress;
  const isNewest = !isBehind(place, said?.reportedMs);
  // One from before the worker was told again was answered by that.
  const isClaim = !place.isLate || atMs >= (messages.at(-1)?.sentAtMs ?? Infinity);
  const first = place.isLate ? Math.min(claimedAtMs ?? atMs, atMs) : (claimedAtMs ?? atMs);
  return {
    ...progress,
    reported: isNewest ? (digest ?? reported) : reported,
    claimedAtMs: isClaim ? first : claimedAtMs,
  };
}

/**
 * The same once it counts what was said and has been still, where everything is known that was said within so much of the time
 * listened: to be asked of evidence that something can follow from.
 */
export function withSettled(
  evidence: WorkerSignals,
  taskId: TaskId,
  reading: ActivityReading,
  listenedMs: number,
): WorkerSignals {
  const { still, received } = settled(evidence.progress.received ?? [], listenedMs, reading);
  let progress: AttemptProgress = {
    ...evidence.progress,
    received: received.length === 0 ? undefined : received,
  };
  for (const one of still) {
    progress = isUnclear(progress, one, reading)
      ? withDoubt(progress, one, reading)
      : withProgress(withPending(withBlocked(progress, one, reading), one), taskId, one, reading);
  }
  return { ...evidence, progress };
}

const NOTHING_SAID: WorkerStatement = { kind: 'other' };

function statementOf(activity: StoredActivity, attempt: AttemptRecord, ourUserId: string): WorkerStatement {
  const text = activity.text ?? '';
  const hasOwnRoom = attempt.progress.room !== undefined;
  const said = readWorkerMessage(text, { ourUserId, taskId: attempt.taskId, hasOwnRoom });
  if (said.kind !== 'blocked' || hasOwnRoom) return said;
  // In a room that hirings share it may be a late word about another one, and it would end this.
  return text.toLowerCase().includes(attempt.hiring.hiringId) ? said : { ...said, isVague: true };
}

/** Remembers that the worker is blocked, where that is what was said: a result beside it is not paid without a yes. */
function withBlocked(
  progress: AttemptProgress,
  one: RecentStatement,
  reading: ActivityReading,
): AttemptProgress {
  const { statement, placeMs } = one;
  if (statement.kind !== 'blocked') return progress;
  // It may be blocked by nothing but its question: what it says once it was told of the answer is acted on.
  const why = isSaidWhileAsking(progress, one, reading) ? undefined : statement.why;
  return { ...progress, blocked: { atMs: placeMs, why }, unclear: undefined };
}

/** Remembers what is not clear, but for what a worker says of being blocked while it waits for an answer. */
function withDoubt(
  progress: AttemptProgress,
  one: RecentStatement,
  reading: ActivityReading,
): AttemptProgress {
  const isWaiting = one.statement.kind === 'blocked' && isSaidWhileAsking(progress, one, reading);
  return isWaiting ? progress : withUnclear(progress, one, reading.nowMs);
}

/** Whether a worker said something before it was told of the answer to its question, or that none came in time. */
function isSaidWhileAsking(
  progress: AttemptProgress,
  { receivedAtMs }: RecentStatement,
  { answerWaitMs }: ActivityReading,
): boolean {
  return (
    waitsForAnswer(progress, receivedAtMs, answerWaitMs) ||
    receivedAtMs <= (progress.conversation?.relayedAtMs ?? -Infinity)
  );
}

/** Puts a report of progress on its way to the hirer, where that is what was said. */
function withProgress(
  progress: AttemptProgress,
  taskId: TaskId,
  { statement, source }: RecentStatement,
  { forwardsProgress, progressLimit, secrets }: ActivityReading,
): AttemptProgress {
  if (statement.kind !== 'progress' || !forwardsProgress || !isSafeOutbound(statement.what, secrets))
    return progress;
  const key = messageKeyOf(taskId, source);
  const said = { kind: 'progress', text: statement.what, key } as const;
  const conversation = queueForHirer(progress.conversation ?? NO_CONVERSATION, said, progressLimit);
  return { ...progress, conversation };
}

/** Remembers what is to be acted on, where that is what was said: a look may have something else to do. */
function withPending(
  progress: AttemptProgress,
  { statement, source, placeMs }: RecentStatement,
): AttemptProgress {
  if (statement.kind !== 'question' && statement.kind !== 'error') return progress;
  const pending: PendingSaying = { kind: statement.kind, what: statement.what, source, atMs: placeMs };
  return { ...progress, pending };
}

/** What an answer is still due to: that the worker is blocked comes before all. */
export function sayingIn({ blocked, pending }: AttemptProgress): Saying | undefined {
  return blocked?.why === undefined ? pending : { kind: 'blocked', why: blocked.why };
}

/**
 * Only a report that the task is completed ends it; a worker that asks is not reported as failed meanwhile. That it is blocked
 * counts once that has been still.
 */
function blockedAfter(
  said: WorkerStatement,
  blocked: BlockedWorker | undefined,
  place: RoomPosition,
): BlockedWorker | undefined {
  if (isBehind(place, blocked?.atMs)) return blocked;
  switch (said.kind) {
    case 'completed':
      return undefined;
    case 'question':
      return said.isVague === true ? blocked : whileAsking(blocked);
    case 'approval_question':
      return whileAsking(blocked);
    case 'blocked':
    case 'completed_in_doubt':
    case 'error':
    case 'progress':
    case 'other_task':
    case 'other':
      return blocked;
  }
}

function whileAsking(blocked: BlockedWorker | undefined): BlockedWorker | undefined {
  return blocked === undefined ? undefined : { ...blocked, why: undefined };
}

/** The question that a worker waits with after a message of it: any other message shows that it waits no more. */
function questionIn(
  said: WorkerStatement,
  { eventId, replacesEventId, atMs }: StoredActivity,
): CommandQuestion | undefined {
  if (said.kind !== 'approval_question' || eventId === undefined) return undefined;
  return {
    eventId,
    firstEventId: replacesEventId ?? eventId,
    text: said.text.slice(0, MAX_KEPT_QUESTION_CHARACTERS),
    characters: said.text.length,
    atMs,
  };
}

function seen(progress: AttemptProgress, activity: StoredActivity): AttemptProgress {
  return {
    ...progress,
    milestones: withMilestone(progress.milestones, 'seen', activity.atMs, evidenceOf(activity)),
  };
}

function noted(progress: AttemptProgress, activity: StoredActivity): AttemptProgress {
  return {
    ...progress,
    lastActivityAtMs: Math.max(progress.lastActivityAtMs ?? 0, activity.atMs),
    milestones: withMilestone(progress.milestones, 'acknowledged', activity.atMs, evidenceOf(activity)),
  };
}

function evidenceOf(activity: StoredActivity): string {
  return activity.eventId === undefined ? activity.kind : `${activity.kind} ${activity.eventId}`;
}

const WORKING_STATUSES: ReadonlySet<string> = new Set([
  'in_progress',
  ...HANDED_IN_STATUSES,
  ...JUDGED_STATUSES,
]);

/**
 * Reads what a worker left in the task folder (HiClaw reference, 2.1 and 3.8). Other workers may write there, too: it
 * shows how the work goes, once the worker itself has shown in its room that it is at it, and never that it is.
 */
export function readFolder(
  evidence: WorkerSignals,
  folder: Extract<FolderInspection, { kind: 'folder' }>,
  { askedAtMs, nowMs }: { readonly askedAtMs: number; readonly nowMs: number },
): WorkerSignals {
  const transitioned = folder.metaStatus !== undefined && WORKING_STATUSES.has(folder.metaStatus);
  const shown = folder.workerObjects[0];
  // It lay there when it was asked for: what the worker did while the storage thought about it came after.
  const unproven = withUnproven(evidence, folder, askedAtMs);
  let progress = withPlanted(unproven, evidence.activeAtMs, folder, askedAtMs);
  if (folder.session !== undefined) {
    progress = withSession(progress, folder.session, nowMs);
  }
  if (!transitioned && shown === undefined)
    return { ...evidence, progress: { ...progress, listing: undefined } };

  const changed = progress.listing?.digest !== folder.digest;
  const listing = changed ? { digest: folder.digest, sinceMs: nowMs } : progress.listing;
  progress = { ...progress, listing };
  if (!wasActive(progress)) return { ...evidence, progress };
  if (changed) progress = workedOn(progress, nowMs);
  const { milestones } = progress;
  progress = {
    ...progress,
    milestones: shown === undefined ? milestones : withMilestone(milestones, 'progressing', nowMs, shown),
    lastActivityAtMs: changed ? nowMs : progress.lastActivityAtMs,
  };
  return { ...evidence, progress };
}

/** Remembers what shows that the worker took up or went on with the conversation in the attempt's own room. */
function withSession(progress: AttemptProgress, session: string, nowMs: number): AttemptProgress {
  const wentOn = progress.session !== session && wasActive(progress);
  return {
    ...progress,
    session,
    milestones: withMilestone(progress.milestones, 'seen', nowMs, session),
    lastActivityAtMs: wentOn ? nowMs : progress.lastActivityAtMs,
  };
}

/** Remembers a result that lay there before the worker did anything, unless it turns out to have done something before. */
function withUnproven(
  { progress, activeAtMs }: WorkerSignals,
  { hasResult, resultVersion = '' }: Extract<FolderInspection, { kind: 'folder' }>,
  seenAtMs: number,
): AttemptProgress {
  const { unproven } = progress;
  if (wasActive(progress)) {
    const wasBefore = unproven !== undefined && (activeAtMs ?? Infinity) <= unproven.seenAtMs;
    return wasBefore ? { ...progress, unproven: undefined } : progress;
  }
  if (!hasResult || unproven?.version === resultVersion) return progress;
  return { ...progress, unproven: { version: resultVersion, seenAtMs } };
}
