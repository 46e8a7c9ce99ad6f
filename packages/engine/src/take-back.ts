import {
  isEnd,
  type HiringRecord,
  type LateAssignment,
  type StepCommit,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import type { StepContext } from './context.ts';

/** A worker that cannot be told is notified again after a quarter of the time that it could not be, but within these. */
const SOONEST_MS = 30_000;
const LATEST_MS = 10 * 60_000;
/** After this long a notified worker has done what it was told, or is gone. */
const LONGEST_MS = 24 * 3_600_000;

/** True when a step of an ended hiring has nothing to do but to take back what arrived late. */
export function isForLateAlone({ state, late = [], rereadWanted }: HiringRecord): boolean {
  return late.length > 0 && isEnd(state) && !rereadWanted;
}

/**
 * The commit, with what became of the assignments that arrived after their lease was over, when another process had the
 * hiring already: where that one has given up their folder or ended their attempt, it saw nobody told, so nobody else told
 * the worker to stop. A worker that cannot be notified keeps the hiring due, in whatever state it is.
 */
export async function takeBackLate(context: StepContext, commit: StepCommit): Promise<StepCommit> {
  const { record, ports } = context;
  const { late = [] } = record;
  if (late.length === 0) return commit;
  const done: TaskId[] = [];
  let waitMs = Infinity;
  for (const assignment of late) {
    const sinceMs = Math.abs(ports.clock.nowMs() - assignment.notedAtMs);
    if (sinceMs >= LONGEST_MS || (await isSettled(context, assignment))) done.push(assignment.taskId);
    else if (isOff(record, assignment.taskId))
      waitMs = Math.min(waitMs, Math.max(SOONEST_MS, Math.min(LATEST_MS, sinceMs / 4)));
  }
  const againAtMs = waitMs === Infinity ? undefined : ports.clock.nowMs() + Math.round(waitMs);
  const dueAtMs = againAtMs === undefined ? commit.dueAtMs : Math.min(againAtMs, commit.dueAtMs ?? Infinity);
  return { ...commit, dueAtMs, takenBack: done };
}

/** Whether nothing more is to be done about it: its worker was told to stop, or is stopped by the step that ends the attempt. */
async function isSettled({ record, ports }: StepContext, late: LateAssignment): Promise<boolean> {
  const { taskId, attempt, worker } = late;
  if (!isOff(record, taskId)) return (record.attempt?.progress.messages.length ?? 0) > 0;
  // Under the key of every other stop of this task: it is heard once.
  const task = { hiringId: record.hiringId, attempt, taskId, worker };
  const outcome = await ports.messenger.send({ ...task, purpose: 'stop', number: 1 });
  return outcome.kind === 'sent';
}

function isOff({ state, attempt }: HiringRecord, taskId: TaskId): boolean {
  if (attempt?.taskId !== taskId) return true;
  // Who knows that the worker was told has stopped it, or has its result.
  if (attempt.progress.messages.length > 0) return false;
  return isEnd(state) || state === 'submitted' || state === 'settling';
}
