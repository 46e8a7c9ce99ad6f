import type { Store } from '../ports/store/store.ts';
import type { AttemptRecord, HiringRecord } from '../hiring/hiring-record.ts';
import type { WorkerAddress } from './worker.ts';

/** A hiring whose worker was told of it and is not done. */
export interface TaskAtWorker {
  readonly record: HiringRecord;
  readonly attempt: AttemptRecord;
  readonly worker: WorkerAddress;
}

const AT_WORKERS = ['sent', 'acknowledged', 'attention'] as const;
const MAX_TASKS = 1_000;

/** What workers have before them now, at most 1,000 of each state. */
export async function tasksAtWorkers(store: Pick<Store, 'list'>): Promise<readonly TaskAtWorker[]> {
  const lists = await Promise.all(
    AT_WORKERS.map(async (state) => await store.list({ state, limit: MAX_TASKS })),
  );
  return lists.flat().flatMap((record): readonly TaskAtWorker[] => {
    const { attempt } = record;
    const { worker, messages = [] } = attempt?.progress ?? {};
    return attempt === undefined || worker === undefined || messages.length === 0
      ? []
      : [{ record, attempt, worker }];
  });
}
