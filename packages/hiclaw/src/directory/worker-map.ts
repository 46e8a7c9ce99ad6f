import type { WorkerAddress } from '@agrenting-hiclaw/core/domain';

export interface WorkerMap {
  readonly byName: ReadonlyMap<string, WorkerAddress>;
  /** Workers that must not be used, by name, each with what is wrong and what to set. */
  readonly conflicts: ReadonlyMap<string, string>;
}

/**
 * Puts the two sources of the map together. Where they contradict each other or themselves nobody is
 * chosen: a task in the wrong room is one hirer's work told to another's worker.
 */
export function mergeWorkers(
  configured: readonly WorkerAddress[],
  registered: readonly WorkerAddress[],
): WorkerMap {
  const byName = new Map<string, WorkerAddress>();
  const conflicts = new Map<string, string>();
  for (const worker of [...configured, ...registered]) {
    const known = byName.get(worker.name);
    if (known === undefined) {
      byName.set(worker.name, worker);
    } else if (known.userId !== worker.userId || known.roomId !== worker.roomId) {
      const problem = `worker ${worker.name} is in the map twice, as ${known.userId} in ${known.roomId} and as ${worker.userId} in ${worker.roomId}: correct one of them`;
      conflicts.set(worker.name, problem);
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
