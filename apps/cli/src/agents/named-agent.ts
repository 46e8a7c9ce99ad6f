import { identifyAgent, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, Secret } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';

export interface NamedAgent {
  readonly agentId: AgentId;
  readonly key: Secret;
}

/** The one agent that somebody named by its id, its worker or its place in the configuration. */
export async function namedAgent(
  { agents }: Pick<Configuration, 'agents'>,
  client: RestClient,
  name: string,
): Promise<NamedAgent> {
  const id = name.toLowerCase();
  const named = agents.findIndex(
    (agent, index) => agent.id === id || agent.worker === name || String(index) === name,
  );
  let problem: string | undefined;
  for (const [index, { id: configured, key }] of agents.entries()) {
    // One whose id the configuration leaves out is known only by asking.
    if (named === -1 ? configured !== undefined : index !== named) continue;
    if (configured !== undefined) return { agentId: configured, key };
    const outcome = await identifyAgent(client, key);
    if (outcome.kind !== 'profile') problem = outcome.problem;
    else if (named !== -1 || outcome.profile.agentId === id) return { agentId: outcome.profile.agentId, key };
  }
  if (problem !== undefined) {
    throw new CommandError(
      EXIT.unavailable,
      `it is not known which agent is ${name}: ${problem}`,
      'Write the id of each agent under agents, or try again later.',
    );
  }
  throw new CommandError(
    EXIT.usage,
    `no agent of the configuration is ${name}`,
    'See `agrenting-hiclaw agents list`; name one by its id or its worker.',
  );
}
