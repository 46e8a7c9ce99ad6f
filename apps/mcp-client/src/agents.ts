import type { RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, Clock, Marketplace, Random } from '@agrenting-hiclaw/core/domain';
import type { Configuration, Logger } from '@agrenting-hiclaw/runtime';
import type { Store } from '@agrenting-hiclaw/store';
import { startAgent, type RunningAgent } from './agent.ts';

export interface AgentsOptions {
  readonly agents: Configuration['agents'];
  readonly client: RestClient;
  readonly store: Store;
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  readonly log: Logger;
}

/** All agents of this process; the outage of one delays no other. */
export interface RunningAgents {
  /** The marketplace, each call under the key of the agent that it names. */
  readonly marketplace: Marketplace;
  readonly list: readonly RunningAgent[];
  /** Which worker does which agent's work by the configuration; grows as keys are identified. */
  readonly configuredWorkers: ReadonlyMap<AgentId, string>;
  /** The Matrix id of the worker that the agent's listing names, if any. */
  listedWorker(agentId: AgentId): string | undefined;
  close(): Promise<void>;
}

/** Starts a session for each agent. */
export function startAgents({ agents, ...shared }: AgentsOptions): RunningAgents {
  const configuredWorkers = new Map<AgentId, string>();
  const list = agents.map((agent, index) =>
    startAgent({
      ...shared,
      agent,
      name: `agents.${index}`,
      onIdentified: (agentId) => {
        if (agent.worker !== undefined) configuredWorkers.set(agentId, agent.worker);
      },
    }),
  );
  const of = (agentId: AgentId): Marketplace | undefined =>
    list.find((agent) => agent.agentId === agentId)?.marketplace;

  return {
    list,
    configuredWorkers,
    listedWorker: (agentId) => list.find((agent) => agent.agentId === agentId)?.listedWorker,
    marketplace: {
      async readHiring(agentId, hiringId) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'unavailable', problem: unknownAgent(agentId) }
          : await marketplace.readHiring(agentId, hiringId);
      },
      async settle(agentId, hiringId, settlement) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'later', problem: unknownAgent(agentId) }
          : await marketplace.settle(agentId, hiringId, settlement);
      },
      async tell(agentId, hiringId, text, idempotencyKey) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'not_told', problem: unknownAgent(agentId) }
          : await marketplace.tell(agentId, hiringId, text, idempotencyKey);
      },
    },
    async close() {
      await Promise.all(list.map(async (agent) => await agent.close()));
    },
  };
}

/** A key that was not identified yet may turn out to be this agent's, so it is no final no. */
function unknownAgent(agentId: AgentId): string {
  return `no key of agent ${agentId} is known yet: list the agent with its key under agents, or wait until its key was identified`;
}
