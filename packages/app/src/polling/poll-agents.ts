import type { HiringId } from '@agrenting-hiclaw/core/domain';
import type { IntakeParts } from '../intake.ts';
import { createAgentPoll, type AgentSweep } from './agent-poll.ts';
import type { PendingList } from './pending-list.ts';
import { createOwnerPoll, type OwnerSweep } from './owner-poll.ts';

/** What one sweep over all agents found. */
export interface Poll {
  readonly agents: readonly AgentSweep[];
  readonly owner: OwnerSweep | undefined;
  /** Agents of which the marketplace did not say who they are. */
  readonly problems: readonly string[];
}

/** One look at every list, all agents at once. */
export async function pollAgents(side: IntakeParts, stop: AbortSignal): Promise<Poll> {
  await side.agents.asked();
  const identified = side.agents.identified();
  const agents = await Promise.all(
    identified.map(async (agent) => await createAgentPoll(agent, side, stop).sweep()),
  );
  const { userToken } = side.configuration.marketplace;
  const owner = userToken === undefined ? undefined : await createOwnerPoll(userToken, side).sweep();
  return { agents, owner, problems: side.agents.problems() };
}

/** True when every list was read. */
export function isComplete({ agents, owner, problems }: Poll): boolean {
  return problems.length === 0 && looksOf({ agents, owner }).every(({ kind }) => kind !== 'failed');
}

/** The hirings of a sweep that nobody had heard of before. */
export function freshOf(sweep: Pick<Poll, 'agents' | 'owner'>): readonly HiringId[] {
  return looksOf(sweep).flatMap((look) => (look.kind === 'read' ? look.fresh : []));
}

function looksOf({ agents, owner }: Pick<Poll, 'agents' | 'owner'>): readonly PendingList[] {
  return [...agents.flatMap(({ rest, mcp }) => [rest, mcp]), ...(owner === undefined ? [] : [owner.look])];
}

/** A sweep for a person to read. */
export function pollTable({ agents, owner, problems }: Poll): string {
  const lines = agents.flatMap(({ agentId, rest, mcp, woken }) => [
    `agent ${agentId}`,
    `  REST  ${described(rest)}`,
    `  MCP   ${described(mcp)}`,
    ...(woken === 0 ? [] : [`  ${woken} open hirings are read again`]),
  ]);
  const fresh = freshOf({ agents, owner });
  return [
    ...lines,
    ...(owner === undefined ? [] : ['user token', `  REST  ${described(owner.look)}`]),
    ...(owner?.foreign ?? []).map((id) => `  ${id} belongs to none of the agents that are configured here`),
    ...problems,
    fresh.length === 0 ? 'Nothing new.' : `New: ${fresh.join(', ')}`,
    '',
  ].join('\n');
}

function described(look: PendingList): string {
  switch (look.kind) {
    case 'read': {
      const malformed = look.malformed === 0 ? '' : `, ${look.malformed} malformed`;
      return `${look.listed} pending, ${look.fresh.length} new${malformed}`;
    }
    case 'failed':
      return `could not be read: ${look.problem}`;
    case 'received_elsewhere':
      return 'received by a live session';
  }
}
