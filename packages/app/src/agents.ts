import type { HiringSource, RestClient } from '@agrenting-hiclaw/core/agrenting';
import {
  UNNAMED_AGENT,
  type AgentId,
  type Clock,
  type OfflineAgent,
  type HiringId,
  type HiringRead,
  type Marketplace,
  type Random,
} from '@agrenting-hiclaw/core/domain';
import type { Configuration, Logger } from '@agrenting-hiclaw/runtime';
import { startAgent, type IdentifiedAgent } from './agent.ts';

export interface AgentsOptions {
  readonly agents: Configuration['agents'];
  /** By which way results, failures and messages go. */
  readonly via: Configuration['settlement']['via'];
  readonly client: RestClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called when the marketplace takes the key of an agent again that it had refused. */
  onTakenAgain?(agentId: AgentId): void;
  /** The marketplace's second source for hirings of an agent, as long as there is one. */
  session(agentId: AgentId): HiringSource | undefined;
}

/** All agents of the configuration; the outage of one delays no other. */
export interface RunningAgents {
  /** The marketplace, each call under the key of the agent that it names. */
  readonly marketplace: Marketplace;
  /** Which worker does which agent's work by the configuration; grows as keys are identified. */
  readonly configuredWorkers: ReadonlyMap<AgentId, string>;
  /** How many the configuration names. */
  readonly count: number;
  /** Those of which it is known who they are. */
  identified(): readonly IdentifiedAgent[];
  /**
   * Calls back for each agent as soon as it is known who it is, now for those that are known already. Gives
   * the function that ends it.
   */
  onIdentified(listener: (agent: IdentifiedAgent) => void): () => void;
  /** Resolves once the marketplace has answered for every agent, whatever it said. */
  asked(): Promise<void>;
  /** Where an agent is in the configuration; undefined while its key is not identified. */
  configured(agentId: AgentId): Configuration['agents'][number] | undefined;
  /** The Matrix id of the worker that the agent's listing names, if any. */
  listedWorker(agentId: AgentId): string | undefined;
  /** Of which agents it is not known who they are, or who works for them. */
  problems(): readonly string[];
  /** Those that no intake can hear, by id or place in the configuration. */
  offline(): readonly OfflineAgent[];
  close(): Promise<void>;
}

/** Identifies each agent. */
export function startAgents({ agents, ...shared }: AgentsOptions): RunningAgents {
  const configuredWorkers = new Map<AgentId, string>();
  const known: IdentifiedAgent[] = [];
  const listeners = new Set<(agent: IdentifiedAgent) => void>();
  const list = agents.map((agent, index) =>
    startAgent({
      ...shared,
      agent,
      name: `agents.${index}`,
      onIdentified: (identified) => {
        if (agent.worker !== undefined) configuredWorkers.set(identified.agentId, agent.worker);
        known.push(identified);
        for (const listener of listeners) listener(identified);
      },
    }),
  );
  const of = (agentId: AgentId): Marketplace | undefined =>
    known.find((agent) => agent.agentId === agentId)?.marketplace;

  return {
    configuredWorkers,
    count: agents.length,
    identified: () => known,
    onIdentified(listener) {
      listeners.add(listener);
      for (const agent of known) listener(agent);
      return () => void listeners.delete(listener);
    },
    async asked() {
      await Promise.all(list.map(async (agent) => await agent.asked));
    },
    configured(agentId) {
      const index = list.findIndex(({ identified }) => identified?.agentId === agentId);
      return index === -1 ? undefined : agents[index];
    },
    listedWorker: (agentId) => list.find(({ identified }) => identified?.agentId === agentId)?.listedWorker,
    problems: () =>
      list.flatMap((agent) => {
        const problem = agent.problem();
        return problem === undefined
          ? []
          : [`agent ${agent.identified?.agentId ?? agent.name} is not fully known: ${problem}`];
      }),
    offline: () =>
      list.flatMap((one): OfflineAgent[] => {
        const agent = one.identified?.agentId ?? one.name;
        if (one.isRefused()) return [{ agent, reason: 'refused' }];
        const isUnknown = one.identified === undefined && one.problem() !== undefined;
        return isUnknown ? [{ agent, reason: 'unread' }] : [];
      }),
    marketplace: {
      async readHiring(agentId, hiringId, ask) {
        if (agentId === UNNAMED_AGENT) return await readOfAny(known, agents.length, hiringId);
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'unavailable', problem: unknownAgent(agentId) }
          : await marketplace.readHiring(agentId, hiringId, ask);
      },
      async settle(agentId, hiringId, settlement) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'later', problem: unknownAgent(agentId) }
          : await marketplace.settle(agentId, hiringId, settlement);
      },
      async upload(agentId, hiringId, artifacts) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'later', problem: unknownAgent(agentId) }
          : await marketplace.upload(agentId, hiringId, artifacts);
      },
      async artifacts(agentId, hiringId) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'unavailable', problem: unknownAgent(agentId) }
          : await marketplace.artifacts(agentId, hiringId);
      },
      async artifactDigest(agentId, hiringId, artifactId, maxBytes) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'unavailable', problem: unknownAgent(agentId) }
          : await marketplace.artifactDigest(agentId, hiringId, artifactId, maxBytes);
      },
      context: async (agentId) => await of(agentId)?.context(agentId),
      async sendMessage(agentId, hiringId, message) {
        const marketplace = of(agentId);
        return marketplace === undefined
          ? { kind: 'not_delivered', problem: unknownAgent(agentId) }
          : await marketplace.sendMessage(agentId, hiringId, message);
      },
    },
    async close() {
      await Promise.all(list.map(async (agent) => await agent.close()));
    },
  };
}

/** Under whose key the hiring is found, it is; each of them has to deny it before it is nobody's. */
async function readOfAny(
  known: readonly IdentifiedAgent[],
  count: number,
  hiringId: HiringId,
): Promise<HiringRead> {
  const doubts: string[] = [];
  for (const { agentId, marketplace } of known) {
    const read = await marketplace.readHiring(agentId, hiringId);
    if (read.kind === 'found') return { ...read, hiring: { ...read.hiring, agentId } };
    if (read.kind !== 'absent') doubts.push(`${agentId}: ${read.problem}`);
  }
  if (known.length < count) doubts.push(`of ${count - known.length} agents it is not known yet who they are`);
  if (doubts.length === 0) return { kind: 'absent' };
  return {
    kind: 'unavailable',
    problem: `it was received without its agent, and no agent has it: ${doubts.join('; ')}`,
  };
}

/** A key that was not identified yet may turn out to be this agent's, so it is no final no. */
function unknownAgent(agentId: AgentId): string {
  return `no key of agent ${agentId} is known yet: add the agent with its key under agents, or wait until its key is identified`;
}
