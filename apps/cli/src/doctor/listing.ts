import {
  identifyAgent,
  readAgentProfile,
  type ProfileOutcome,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import type { Configuration } from '@agrenting-hiclaw/runtime';

type Agent = Configuration['agents'][number];

/** Whose key it is may be asked ten times a minute (Agrenting API reference, 2.3), and several checks want to know. */
const read = new WeakMap<RestClient, Map<Agent, Promise<ProfileOutcome>>>();

/** The listing of an agent, read once for each client. */
export async function profileOf(client: RestClient, agent: Agent): Promise<ProfileOutcome> {
  const known = read.get(client) ?? new Map<Agent, Promise<ProfileOutcome>>();
  read.set(client, known);
  const asked =
    known.get(agent) ??
    (agent.id === undefined
      ? identifyAgent(client, agent.key)
      : readAgentProfile(client, agent.id, agent.key));
  known.set(agent, asked);
  return await asked;
}
