import { RETENTION_LEASE, type TaskId } from '@agrenting-hiclaw/core/domain';
import type { DeletedTask } from '@agrenting-hiclaw/hiclaw';
import type { Leader } from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';
import { keepSweeping } from './keep-sweeping.ts';
import { sweepRetention, type Swept } from './retention.ts';

export interface RetentionJobOptions extends Pick<
  IntakeParts,
  'configuration' | 'store' | 'holder' | 'leaseMs' | 'clock' | 'log'
> {
  readonly deleteTask: (taskId: TaskId) => Promise<DeletedTask>;
  /** Told of each part that is done. */
  readonly count?: ((part: Partial<Swept>) => void) | undefined;
  /** From one sweep to the next. Default an hour. */
  readonly everyMs?: number | undefined;
}

/** Sweeps once an hour, in one process of a store, and logs what went: counts, and the ids of hirings. */
export function startRetentionJob(options: RetentionJobOptions): Leader {
  const { configuration, store, clock, log, deleteTask, everyMs = 3_600_000 } = options;
  return keepSweeping({
    ...options,
    name: RETENTION_LEASE,
    everyMs,
    sweep: async (signal) =>
      await sweepRetention({
        store,
        deleteTask,
        retention: configuration.retention,
        clock,
        signal,
        report: ({ problems, ...gone }) => {
          options.count?.(gone);
          for (const problem of problems ?? []) log.warn({ problem }, 'retention could not do all of it');
          if (problems === undefined) log.info(gone, 'retention deleted old data');
        },
      }),
  });
}
