import {
  CLOCK_SPREAD_MS,
  HANDED_IN_STATUSES,
  attentionWhy,
  withoutAccepted,
  type AttemptProgress,
  type HoldReason,
  type Expected,
  type StepCommit,
  type StoredActivity,
  type WorkerAddress,
  type FolderInspection,
} from '@agrenting-hiclaw/core/domain';
import { policyOf, secretsIn, type AttemptContext } from '../context.ts';
import {
  readFolder,
  readActivity,
  wasActive,
  withSettled,
  type WorkerSignals,
  type ActivityReading,
} from '../worker-signals.ts';
import { transitioned, requireOperator, waits, withMilestone } from '../step-results.ts';
import { withResult } from '../unclear.ts';

/** Signs looked at in one step; more are looked at in the next. */
const MAX_ACTIVITIES = 200;
/** The same for the text of them all, but for the first: a worker may write longer than a step should take. */
const MAX_ACTIVITY_CHARACTERS = 4_194_304;

/** What a worker was seen to do in its room and its task folder since the last look. */
export type Inspection =
  | {
      readonly kind: 'seen';
      readonly evidence: WorkerSignals;
      /** A result of the worker's own lies there. */
      readonly hasResult: boolean;
      /** Why a result that lies there is not taken for the worker's own. */
      readonly doubt: HoldReason | undefined;
      /** The marker of the folder says that the work is handed in. */
      readonly isHandedIn: boolean;
      /** Names of our own objects that are no longer what we wrote. */
      readonly changed: readonly string[];
      /** How long nothing has moved in the folder. */
      readonly stillForMs: number;
    }
  /** The folder cannot be looked into; `evidence` is the room's alone. */
  | { readonly kind: 'blind'; readonly evidence: WorkerSignals; readonly problem: string };

/** Looks at what the worker does. Looks that agree are counted from when the folder was read, not from when the step began. */
export async function inspectWorker(context: AttemptContext, worker: WorkerAddress): Promise<Inspection> {
  const { attempt, ports } = context;
  const { evidence: received, listenedMs } = await lookIntoRoom(context, worker);
  const askedAtMs = ports.clock.nowMs();
  const folder = await ports.storage.inspect(attempt.taskId, expectedOf(attempt.progress, worker));
  // What it said counts once something can follow from it.
  if (folder.kind === 'unavailable') return { kind: 'blind', evidence: received, problem: folder.problem };
  const lookedAtMs = ports.clock.nowMs();
  const fromRoom = withSettled(received, attempt.taskId, readingOf(context), listenedMs);
  const evidence = readFolder(fromRoom, folder, { askedAtMs, nowMs: lookedAtMs });
  const stillForMs = lookedAtMs - (evidence.progress.listing?.sinceMs ?? lookedAtMs);
  // A question instead of a result is not a result, until something else takes its place; nor is what lies there while it is
  // open whether the worker is blocked.
  const isThere =
    folder.hasResult && attempt.progress.asked !== folder.digest && !mayBeBlocked(evidence.progress);
  const doubt = isThere ? doubtOf(context, evidence.progress, folder.resultVersion) : undefined;
  const hasResult = isThere && doubt === undefined;
  const isHandedIn = folder.metaStatus !== undefined && HANDED_IN_STATUSES.has(folder.metaStatus);
  const { changed } = folder;
  return { kind: 'seen', evidence, hasResult, doubt, isHandedIn, changed, stillForMs };
}

function mayBeBlocked({ received = [] }: AttemptProgress): boolean {
  return received.some(({ statement }) => statement.kind === 'blocked');
}

/** What a worker said, and in how much of the time listened nothing is missing of it. */
interface Room {
  readonly evidence: WorkerSignals;
  readonly listenedMs: number;
}

async function lookIntoRoom(context: AttemptContext, worker: WorkerAddress): Promise<Room> {
  const { attempt, ports, settings } = context;
  const { roomId, userId } = worker;
  // Asked first: what is stored in between is later. Something that is only heard now is not still yet.
  const isFirst = attempt.progress.received === undefined;
  const listenedMs = isFirst ? -Infinity : await ports.activities.listenedMs(settings.reportTo);
  const activities = await ports.activities.since(
    roomId,
    userId,
    attempt.progress.activitySequence,
    MAX_ACTIVITIES,
  );
  const read = shortOf(activities);
  const evidence = await readActivity(attempt, read, readingOf(context));
  const isWhole = read.length === activities.length && activities.length < MAX_ACTIVITIES;
  return {
    evidence,
    listenedMs: isWhole ? listenedMs : Math.min(listenedMs, read.at(-1)?.listenedMs ?? -Infinity),
  };
}

/** Up to when everything that workers say is stored, by our own clock: the past while nobody hears them. */
export async function syncedUntilMs({ ports, settings }: AttemptContext): Promise<number> {
  const untilMs = await ports.activities.syncedUntilMs(settings.reportTo);
  const nowMs = ports.clock.nowMs();
  // By a clock that was ahead: nobody can say when that was.
  if (untilMs === undefined || untilMs > nowMs + CLOCK_SPREAD_MS) return -Infinity;
  return Math.min(nowMs, untilMs);
}

function readingOf(context: AttemptContext): ActivityReading {
  const { settings, ports } = context;
  const { progress, progressLimit } = policyOf(context);
  return {
    reportTo: settings.reportTo,
    forwardsProgress: progress,
    progressLimit,
    secrets: secretsIn(context),
    nowMs: ports.clock.nowMs(),
    stillMs: settings.stillMs,
    blockedMs: settings.blockedMs,
    acknowledgeMs: settings.acknowledgeMs,
    answerWaitMs: settings.answerWaitMs,
  };
}

function shortOf(activities: readonly StoredActivity[]): readonly StoredActivity[] {
  let characters = 0;
  const end = activities.findIndex(({ text = '' }, index) => {
    characters += text.length;
    return index > 0 && characters > MAX_ACTIVITY_CHARACTERS;
  });
  return end === -1 ? activities : activities.slice(0, end);
}

/** Whether the worker waits for a yes this moment; what it said counts as looked at by a later look. */
export async function waitsForYes(context: AttemptContext, worker: WorkerAddress): Promise<boolean> {
  const { evidence } = await lookIntoRoom(context, worker);
  return evidence.progress.guard !== undefined;
}

/** What an inspection of the task folder is compared with. */
export function expectedOf(progress: AttemptProgress, worker: WorkerAddress): Expected {
  const incoming = progress.conversation?.incoming ?? [];
  return {
    worker,
    hasOwnRoom: progress.room !== undefined,
    written: progress.written,
    pendingMessages: incoming.map(({ number }) => number),
  };
}

/**
 * Which of our own objects in a folder that its worker was told of are no longer what we wrote, by their contents as
 * well: before it is written again, and while it is held, since either would lose the proof.
 */
export async function meddledNames(
  { attempt, ports }: AttemptContext,
  worker: WorkerAddress,
): Promise<readonly string[] | { readonly problem: string }> {
  if (attempt.progress.written === undefined) return [];
  const inspected = await inspectOwn({ attempt, ports }, worker);
  return inspected.kind === 'unavailable' ? inspected : inspected.meddled;
}

/** A look into the folder, with the names of our own objects in it that are no longer what we wrote, by their contents as well. */
export async function inspectOwn(
  { attempt, ports }: Pick<AttemptContext, 'attempt' | 'ports'>,
  worker: WorkerAddress | undefined,
): Promise<
  | {
      readonly kind: 'inspected';
      readonly folder: Extract<FolderInspection, { kind: 'folder' }>;
      readonly meddled: readonly string[];
    }
  | { readonly kind: 'unavailable'; readonly problem: string }
> {
  const { progress, taskId } = attempt;
  const expected = worker === undefined ? undefined : expectedOf(progress, worker);
  const folder = await ports.storage.inspect(taskId, expected);
  if (folder.kind === 'unavailable') return folder;
  if (folder.changed.length > 0) return { kind: 'inspected', folder, meddled: folder.changed };
  // By content, since two contents may share version and size.
  const verified = await ports.storage.verify(taskId, progress.written ?? []);
  if (verified.kind === 'unavailable') return verified;
  return { kind: 'inspected', folder, meddled: verified.kind === 'changed' ? verified.names : [] };
}

/** Only what the attempt's own worker made, after it showed activity in its room, can be paid (design rule 12). */
function doubtOf(context: AttemptContext, progress: AttemptProgress, version = ''): HoldReason | undefined {
  if (!wasActive(progress) || progress.unproven?.version === version)
    return { code: 'result_without_activity' };
  const { sha256s = [], unread } = progress.reported ?? {};
  if (policyOf(context).resultDigest !== 'required' || sha256s.length > 0) return undefined;
  return unread === undefined ? { code: 'result_not_reported' } : { code: 'result_not_reported', unread };
}

/** The result lies still: what needed a person meanwhile is over. With a doubt it is read and then held. */
export function submitted(context: AttemptContext, evidence: WorkerSignals, doubt?: HoldReason): StepCommit {
  // A look may come as late as that after what it sees.
  const progress = withResult(evidence.progress, context.settings.inspectMs);
  const milestones = withMilestone(
    progress.milestones,
    'submitted',
    context.nowMs,
    progress.listing?.digest ?? '',
  );
  return transitioned(context, 'submitted', 'the result in the task folder is stable', {
    progress: { ...withoutAccepted(progress), milestones, doubt, attention: undefined },
  });
}

/** Somebody else changed what we wrote: nothing of this folder is taken, and its worker is not told of it again. */
export function meddledWith(context: AttemptContext, names: readonly string[]): StepCommit {
  const { record, attempt, settings } = context;
  const reason = { code: 'own_objects_changed', names } as const;
  if (record.state !== 'attention') return requireOperator(context, reason, { progress: attempt.progress });
  const before = attempt.progress.attention;
  return waits(context, attentionWhy(reason, 'anybody'), settings.attentionMs, {
    progress: { ...attempt.progress, attention: { from: before?.from ?? 'sent', reason } },
  });
}
