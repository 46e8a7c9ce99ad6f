import { isEnd, type HiringRecord, type TaskId, type WorkerMessage } from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from './context.ts';

/**
 * After an assignment that arrived when its lease was over: tells the worker that it is off, where whoever took over has
 * given up its folder or ended its attempt. That one saw nobody told, so nobody else says so. Where the task is still the
 * attempt's there is nothing to take back: told by another it is the same event, and untold it is looked for.
 */
export async function takeBackIfOff(
  { store, messenger }: Pick<EnginePorts, 'store' | 'messenger'>,
  assignment: WorkerMessage,
): Promise<void> {
  const record = await store.find(assignment.hiringId);
  if (record === undefined || !isOff(record, assignment.taskId)) return;
  // Under the key of every other stop of this task: it is heard once.
  await messenger.send({ ...assignment, purpose: 'stop', number: 1 });
}

function isOff({ state, attempt }: HiringRecord, taskId: TaskId): boolean {
  if (attempt?.taskId !== taskId) return true;
  // Who knows that the worker was told has stopped it, or has its result.
  if (attempt.progress.messages.length > 0) return false;
  return isEnd(state) || state === 'submitted' || state === 'settling';
}
