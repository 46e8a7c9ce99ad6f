import {
  inQuotes,
  type AgentId,
  type WorkerChoice,
  type WorkerDirectory,
} from '@agrenting-hiclaw/core/domain';
import { createRegistry } from './registry.ts';
import { canClear, hasRoomPerAttempt, type RoomPolicyOptions } from './room-policy.ts';
import { mergeWorkers, type MappedWorker, type WorkerMap } from './worker-map.ts';

export interface DirectoryOptions {
  /** The owner's map of workers. */
  readonly workers: readonly MappedWorker[];
  /** Which worker, by name, does which agent's work. */
  readonly agents: ReadonlyMap<AgentId, string>;
  /** Where tasks are said, unless a worker has a setting of its own. */
  readonly rooms: RoomPolicyOptions;
  /** Whether a worker's own room is cleared before each job; not where jobs run in it side by side. Default true. */
  readonly clearRooms?: boolean | undefined;
  /** `workers-registry.json` of the Manager's home, as a second source of the map (HiClaw reference, 6.1). */
  readonly registryPath?: string | undefined;
}

/** A directory that can also be looked at as a whole. */
export interface Directory extends WorkerDirectory {
  /** Every worker that can be addressed. */
  workers(): Promise<readonly MappedWorker[]>;
  /** What is wrong with the map, each with what to set; for start-up. */
  problems(): Promise<readonly string[]>;
}

/** Says who works for whom, from what the owner configured; nothing that a hiring says makes a room. */
export function createDirectory(options: DirectoryOptions): Directory {
  const registry = options.registryPath === undefined ? undefined : createRegistry(options.registryPath);

  async function map(): Promise<WorkerMap & { readonly registryProblem: string | undefined }> {
    const read = await registry?.read();
    const registered = read?.kind === 'workers' ? read.workers : [];
    const registryProblem = read?.kind === 'problem' ? read.problem : undefined;
    return { ...mergeWorkers(options.workers, registered), registryProblem };
  }

  return {
    async choose(agentId, namedUserId): Promise<WorkerChoice> {
      const { byName, conflicts, registryProblem } = await map();
      const hint = registryProblem === undefined ? '' : ` (${registryProblem})`;
      const configured = options.agents.get(agentId);
      const name = configured ?? nameOf(byName, namedUserId?.trim());
      if (name === undefined) {
        const problem =
          namedUserId === undefined
            ? `no worker is configured for agent ${agentId}, and neither the hiring nor the agent's profile names one: set its worker${hint}`
            : `worker ${shown(namedUserId)} of agent ${agentId} is not in the map of workers: add it with its room, or set another worker for the agent${hint}`;
        return { kind: 'nobody', problem };
      }
      const conflict = conflicts.get(name);
      if (conflict !== undefined) return { kind: 'nobody', problem: conflict };
      const worker = byName.get(name);
      if (worker !== undefined) {
        const roomPerAttempt = await hasRoomPerAttempt(worker, options.rooms);
        const { userId, roomId } = worker;
        const clearFirst = (options.clearRooms ?? true) && !roomPerAttempt && canClear(worker);
        return { kind: 'worker', worker: { name, userId, roomId }, roomPerAttempt, clearFirst };
      }
      const problem = `worker ${name} of agent ${agentId} is not in the map of workers: add it with its Matrix id and room${hint}`;
      return { kind: 'nobody', problem };
    },

    async workers() {
      const { byName, conflicts } = await map();
      return [...byName.values()].filter((worker) => !conflicts.has(worker.name));
    },

    async problems() {
      const { byName, conflicts, registryProblem } = await map();
      const unknown = [...options.agents]
        .filter(([, name]) => !byName.has(name))
        .map(([agentId, name]) => `worker ${name} of agent ${agentId} is not in the map of workers: add it`);
      return [
        ...new Set([
          ...conflicts.values(),
          ...unknown,
          ...(registryProblem === undefined ? [] : [registryProblem]),
        ]),
      ];
    },
  };
}

function nameOf(byName: ReadonlyMap<string, MappedWorker>, userId: string | undefined): string | undefined {
  if (userId === undefined) return undefined;
  return [...byName.values()].find((worker) => worker.userId === userId)?.name;
}

/** What a hiring names, as it may stand in a message to the operator. */
function shown(text: string): string {
  return inQuotes(text, 120);
}
