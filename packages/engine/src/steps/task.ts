import type { AttemptRecord, HiringRecord, WorkerAddress, WorkerTask } from '@agrenting-hiclaw/core/domain';

/** The attempt as its worker and the operators know it. */
export function taskOf(
  { hiringId }: Pick<HiringRecord, 'hiringId'>,
  { number, taskId }: AttemptRecord,
  worker: WorkerAddress,
): WorkerTask {
  return { worker, hiringId, attempt: number, taskId };
}
