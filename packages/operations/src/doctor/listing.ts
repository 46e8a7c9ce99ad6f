import {
  identifyAgent,
  readAgentProfile,
  type ProfileOutcome,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import type { Configuration } from '@agrenting-hiclaw/runtime';

type Agent = Configuration['agents'][number];

export type ListingOf = (agent: Agent) => Promise<ProfileOutcome>;

/**
 * Reads the listing of an agent, each once: several checks want to know, and whose key it is may be asked ten times a
 * minute (Agrenting API reference, 2.3).
 */
export function createListings(client: RestClient): ListingOf {
  const asked = new Map<Agent, Promise<ProfileOutcome>>();
  return async (agent) => {
    const listing =
      asked.get(agent) ??
      (agent.id === undefined
        ? identifyAgent(client, agent.key)
        : readAgentProfile(client, agent.id, agent.key));
    asked.set(agent, listing);
    return await listing;
  };
}
