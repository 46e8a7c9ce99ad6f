import type { WorkerAddress } from '@agrenting-hiclaw/core/domain';

/** A worker as the owner's map has it. */
/**
 * Where tasks are said: each attempt in a room of its own, all of them in the worker's room, or as the
 * worker's runtime was seen to bear it and its settings let it hear us there.
 */
export type RoomPolicy = 'auto' | 'per-hiring' | 'worker';

export interface MappedWorker extends WorkerAddress {
  /** What it runs on, such as `copaw`, where that is known (HiClaw reference, 4). */
  readonly runtime?: string | undefined;
  /** Replaces the general setting. */
  readonly rooms?: RoomPolicy | undefined;
}

export interface WorkerMap {
  readonly byName: ReadonlyMap<string, MappedWorker>;
  /** Workers that must not be used, by name, each with what is wrong and what to set. */
  readonly conflicts: ReadonlyMap<string, string>;
}

/**
 * Puts the two sources of the map together. Where they contradict each other or themselves nobody is
 * chosen: a task in the wrong room is one hirer's work told to another's worker.
 */
export function mergeWorkers(
  configured: readonly MappedWorker[],
  registered: readonly MappedWorker[],
): WorkerMap {
  const byName = new Map<string, MappedWorker>();
  const conflicts = new Map<string, string>();
  for (const worker of [...configured, ...registered]) {
    const known = byName.get(worker.name);
    if (known === undefined) {
      byName.set(worker.name, worker);
    } else if (known.userId !== worker.userId || known.roomId !== worker.roomId) {
      const problem = `worker ${worker.name} is in the map of workers twice, as ${known.userId} in ${known.roomId} and as ${worker.userId} in ${worker.roomId}: correct one of them`;
      conflicts.set(worker.name, problem);
    } else {
      // What the first leaves open the second may know.
      byName.set(worker.name, { ...known, runtime: known.runtime ?? worker.runtime });
    }
  }
  for (const field of ['userId', 'roomId'] as const) {
    for (const [value, workers] of groupBy([...byName.values()], field)) {
      if (workers.length < 2) continue;
      const names = workers.map((worker) => worker.name);
      const problem = `workers ${names.join(' and ')} share ${value}: every worker needs its own Matrix id and its own room`;
      for (const name of names) conflicts.set(name, problem);
    }
  }
  return { byName, conflicts };
}

function groupBy(
  workers: readonly WorkerAddress[],
  field: 'userId' | 'roomId',
): Map<string, WorkerAddress[]> {
  return Map.groupBy(workers, (worker) => worker[field]);
}
