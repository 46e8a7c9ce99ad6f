import type { NamedAgent } from '@agrenting-hiclaw/operations';
import { identifyAgent, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';

type Agents = Pick<Configuration, 'agents'>;

/** The one agent that somebody named by its id, its worker or its place in the configuration. */
export async function namedAgent(
  configuration: Agents,
  client: RestClient,
  name: string,
): Promise<NamedAgent> {
  const [agent, ...others] = await namedAgents(configuration, client, name);
  if (agent !== undefined && others.length === 0) return agent;
  const ids = [agent, ...others].flatMap((each) => each?.agentId ?? []);
  throw new CommandError(
    EXIT.usage,
    `${name} has ${ids.length} agents: ${ids.join(', ')}`,
    'Use the id of one of them.',
  );
}

/** Every agent that somebody named so: a worker may do the work of several. At least one. */
export async function namedAgents(
  { agents }: Agents,
  client: RestClient,
  name: string,
): Promise<readonly NamedAgent[]> {
  const id = name.toLowerCase();
  const named = agents.filter(
    (agent, index) => agent.id === id || agent.worker === name || String(index) === name,
  );
  // One whose id the configuration leaves out is known only by asking.
  const candidates = named.length > 0 ? named : agents.filter((agent) => agent.id === undefined);
  const found: NamedAgent[] = [];
  let problem: CommandError | undefined;
  for (const agent of candidates) {
    const known = await identified(client, agent, `it is not known which agent is ${name}`);
    if (known instanceof CommandError) problem = known;
    else if (named.length > 0 || known.agentId === id) found.push(known);
  }
  if (problem !== undefined && (named.length > 0 || found.length === 0)) throw problem;
  if (found.length > 0) return found;
  throw new CommandError(
    EXIT.usage,
    `no such agent: ${name}`,
    'List agents with `agrenting-hiclaw agents list`. Use an agent id or a worker name.',
  );
}

/** Every agent of the configuration. */
export async function allAgents({ agents }: Agents, client: RestClient): Promise<readonly NamedAgent[]> {
  const found: NamedAgent[] = [];
  for (const agent of agents) {
    const known = await identified(client, agent, 'it is not known whose key it is');
    if (known instanceof CommandError) throw known;
    found.push(known);
  }
  return found;
}

async function identified(
  client: RestClient,
  { id, key }: Configuration['agents'][number],
  what: string,
): Promise<NamedAgent | CommandError> {
  if (id !== undefined) return { agentId: id, key };
  const outcome = await identifyAgent(client, key);
  if (outcome.kind === 'profile') return { agentId: outcome.profile.agentId, key };
  return new CommandError(
    EXIT.unavailable,
    `${what}: ${outcome.problem}`,
    'Write the id of each agent under agents, or try again later.',
  );
}
