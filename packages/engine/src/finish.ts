import type { AttemptProgress } from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from './context.ts';
import { waitsForAnswer } from './recent-statements.ts';
import type { Inspection } from './steps/inspect-worker.ts';

/** What is known of whether the worker has finished the result that lies in its folder. */
export interface Finish {
  /** Whether it said so, or its result is held in any case: then the folder alone has to lie still, and for a short time. */
  readonly isReported: boolean;
  /** Since when nothing moved that speaks of more to come. */
  readonly stillSinceMs: number;
  /** How long until it counts as finished, in milliseconds: not more than 0 once it does. Infinite while an answer is waited for. */
  readonly leftMs: number;
}

/**
 * Runtimes push after each part of their work, so what lies there may be a draft. It counts as finished once the worker
 * said so and its folder lies still; or, for workers that forget to say it, once folder and room have been still for long.
 */
export function finishOf(context: AttemptContext, seen: Extract<Inspection, { kind: 'seen' }>): Finish {
  const { settings, ports } = context;
  const { progress } = seen.evidence;
  const nowMs = ports.clock.nowMs();
  const folderSinceMs = nowMs - seen.stillForMs;
  const isHeld = seen.doubt !== undefined || progress.blocked !== undefined;
  const isReported = isHeld || seen.isHandedIn || saysDone(progress);
  if (isReported) {
    return { isReported, stillSinceMs: folderSinceMs, leftMs: settings.quietMs - seen.stillForMs };
  }
  const stillSinceMs = Math.max(folderSinceMs, lastReceivedMs(progress));
  const leftMs = waitsForAnswer(progress, context.nowMs, settings.answerWaitMs)
    ? Infinity
    : stillSinceMs + quietForMs(context) - nowMs;
  return { isReported, stillSinceMs, leftMs };
}

/** Whether what comes in is waited for beyond a moment: it came before, and will count. */
export function isWaitedFor({ stillSinceMs, leftMs }: Finish, momentMs: number): boolean {
  return stillSinceMs <= momentMs && Number.isFinite(leftMs);
}

/** How long a folder has to lie still, as far as its worker's words alone say. */
export function quietForMs({ settings, attempt: { progress } }: AttemptContext): number {
  return saysDone(progress) ? settings.quietMs : Math.max(settings.quietMs, settings.unreportedQuietMs);
}

/** Whether the newest line of the worker that has a marker says that the task is completed. */
function saysDone({ claimedAtMs, said }: AttemptProgress): boolean {
  const { completedMs = -Infinity, markerMs = -Infinity } = said ?? {};
  return claimedAtMs !== undefined && completedMs >= markerMs;
}

/** When worker or adapter last did something in the room; what the worker is notified of may change its result. */
function lastReceivedMs({ lastActivityAtMs = 0, messages, conversation }: AttemptProgress): number {
  return Math.max(lastActivityAtMs, messages.at(-1)?.sentAtMs ?? 0, conversation?.relayedAtMs ?? 0);
}
