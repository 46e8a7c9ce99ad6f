import type {
  AttemptProgress,
  RecentStatement,
  StoredActivity,
  UnclearStatement,
  WorkerStatement,
} from '@agrenting-hiclaw/core/domain';
import { withoutVagueErrors } from './recent-statements.ts';
import { cameAfter, type RoomPosition } from './room-order.ts';

/** When the worker was told again since it is not clear how it stands, by our own clock; undefined when it was not. */
export function askedAtMs({
  unclear,
  messages,
}: Pick<AttemptProgress, 'unclear' | 'messages'>): number | undefined {
  const sentAtMs = messages.at(-1)?.sentAtMs;
  return unclear === undefined || sentAtMs === undefined || sentAtMs <= unclear.sinceMs
    ? undefined
    : sentAtMs;
}

/**
 * Whether nobody can say if something that has been still is meant: a few words that nobody knows, or a BLOCKED with ordinary
 * words behind it, by which the worker may close its turn or go on, or says that it goes on. Said once more by a worker that was told again, it is
 * meant, and what follows at once belongs to it.
 */
export function isUnclear(
  progress: AttemptProgress,
  { statement, placeMs, talkedMs, receivedAtMs }: RecentStatement,
  { stillMs }: { readonly stillMs: number },
): boolean {
  if (statement.kind !== 'blocked' && statement.kind !== 'question') return false;
  if (statement.isVague === true) return true;
  const hasMore = talkedMs !== undefined || (statement.kind === 'blocked' && statement.goesOn === true);
  if (!hasMore) return false;
  const answersUs = (askedAtMs(progress) ?? Infinity) <= receivedAtMs;
  return !answersUs || (talkedMs ?? placeMs) - placeMs >= stillMs;
}

/**
 * What a message means to a worker's progress: a report with an id that is not quite the attempt's is taken for its own when a
 * worker that was asked because of such a one says it again.
 */
export function meant(
  said: WorkerStatement,
  activity: StoredActivity,
  progress: AttemptProgress,
): WorkerStatement {
  if (said.kind !== 'completed_in_doubt' || progress.unclear?.kind !== 'completed') return said;
  const told = progress.messages.at(-1);
  if (askedAtMs(progress) === undefined || told === undefined) return said;
  return cameAfter(activity, told.afterSequence, told.sentAtMs) ? { ...said, kind: 'completed' } : said;
}

/** What is not clear after a report that names an id which is not quite the attempt's; what was not clear before comes first. */
export function reportInDoubt(
  unclear: UnclearStatement | undefined,
  { replacesEventId, eventId, sequence }: StoredActivity,
  said: WorkerStatement,
  { atMs }: RoomPosition,
  nowMs: number,
): UnclearStatement | undefined {
  if (said.kind !== 'completed_in_doubt' || (unclear !== undefined && unclear.kind !== 'completed')) {
    return unclear;
  }
  return {
    kind: 'completed',
    words: said.summary,
    source: replacesEventId ?? eventId ?? String(sequence),
    atMs,
    receivedAtMs: nowMs,
    sinceMs: unclear?.sinceMs ?? nowMs,
    workedAtMs: unclear?.workedAtMs,
  };
}

/** Remembers what is not clear: that lasts from when it first was not. */
export function withUnclear(
  progress: AttemptProgress,
  { statement, source, placeMs, receivedAtMs }: RecentStatement,
  nowMs: number,
): AttemptProgress {
  if (statement.kind !== 'blocked' && statement.kind !== 'question') return progress;
  const unclear = progress.unclear?.kind === 'completed' ? undefined : progress.unclear;
  const words = statement.kind === 'blocked' ? statement.why : statement.what;
  return {
    ...progress,
    unclear: {
      kind: statement.kind,
      words,
      source,
      atMs: placeMs,
      receivedAtMs,
      sinceMs: unclear?.sinceMs ?? nowMs,
      workedAtMs: unclear?.workedAtMs,
    },
  };
}

/** The memory once the worker types, or its folder changes: it is left to work for a while. */
export function workedOn(before: AttemptProgress, nowMs: number): AttemptProgress {
  const progress = withoutVagueErrors(before);
  const { unclear } = progress;
  return unclear === undefined ? progress : { ...progress, unclear: { ...unclear, workedAtMs: nowMs } };
}

/**
 * The memory with a result that lies still: what was made after the worker said that it is blocked shows that it is not. What
 * lay there before waits for a yes, as with every worker that is blocked.
 */
export function withResult(progress: AttemptProgress, spreadMs: number): AttemptProgress {
  const { unclear, listing } = progress;
  if (unclear === undefined) return progress;
  const isNewer = (listing?.sinceMs ?? 0) > unclear.receivedAtMs + spreadMs;
  const isBlocked = unclear.kind === 'blocked' && !isNewer;
  return {
    ...progress,
    unclear: undefined,
    blocked: isBlocked ? { atMs: unclear.atMs } : progress.blocked,
  };
}
