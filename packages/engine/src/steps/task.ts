import type { AttemptRecord, HiringRecord, WorkerAddress, WorkerTask } from '@agrenting-hiclaw/core/domain';

/** The attempt as whoever is told of it, or looks after it, knows it. */
export function taskOf(
  { hiringId }: Pick<HiringRecord, 'hiringId'>,
  { number, taskId }: AttemptRecord,
  worker: WorkerAddress,
): WorkerTask {
  return { worker, hiringId, attempt: number, taskId };
}
