import type {
  AgentId,
  HiringId,
  HiringRead,
  Marketplace,
  Secret,
  SettleOutcome,
  Settlement,
  TellOutcome,
} from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import type { HiringSource } from './mcp/hiring-source.ts';
import { readHiring } from './read-hiring.ts';
import type { RestClient } from './rest-client.ts';
import { settleOutcome } from './settle-outcome.ts';
import { truncate } from './truncate.ts';
import { unauthorizedProblem } from './unauthorized.ts';

/** The marketplace's limit for one message (Agrenting API reference, 5). */
const MAX_MESSAGE_CHARACTERS = 5000;
const CUT_MARK = '\n[cut: longer than the marketplace allows]';

export interface MarketplaceAgent {
  readonly agentId: AgentId;
  readonly key: Secret;
  /** The agent's live session, asked for at each read, because sessions come and go with their lease. */
  readonly session?: (() => HiringSource | undefined) | undefined;
}

export interface MarketplaceOptions {
  readonly client: RestClient;
  readonly agents: readonly MarketplaceAgent[];
}

/**
 * The marketplace as the engine sees it, for these agents. Every call is one try: the engine's
 * stored rows do the repeating (Agrenting API reference, 5 and 13.3).
 */
export function createMarketplace({ client, agents }: MarketplaceOptions): Marketplace {
  const known = new Map(agents.map((agent) => [agent.agentId, agent]));

  function accessOf(agentId: AgentId): AgentAccess | undefined {
    const agent = known.get(agentId);
    return agent === undefined ? undefined : client.access(agent.key);
  }

  return {
    async readHiring(agentId, hiringId): Promise<HiringRead> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unauthorized', problem: unknownAgent(agentId) };
      return readHiring({ client, agentId, access, session: known.get(agentId)?.session?.(), hiringId });
    },

    async settle(agentId: AgentId, hiringId: HiringId, settlement: Settlement): Promise<SettleOutcome> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unauthorized', problem: unknownAgent(agentId) };
      const answer = await client.send({
        method: 'POST',
        path: `/hirings/${hiringId}/${settlement.endpoint}`,
        access,
        schemes: 'both',
        body: settlement.body,
        idempotencyKey: settlement.idempotencyKey,
        settles: true,
      });
      return settleOutcome(answer, agentId, settlement.endpoint);
    },

    async tell(agentId, hiringId, text, idempotencyKey): Promise<TellOutcome> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'not_told', problem: unknownAgent(agentId) };
      const content = truncate(text, MAX_MESSAGE_CHARACTERS, CUT_MARK);
      const answer = await client.send({
        method: 'POST',
        path: `/hirings/${hiringId}/messages`,
        access,
        schemes: 'both',
        body: JSON.stringify({ content }),
        idempotencyKey,
      });
      if (answer.kind === 'success') return { kind: 'told' };
      if (answer.kind !== 'failure') return { kind: 'not_told', problem: answer.problem };
      const { error } = answer;
      const rejected = error.status === 401 || error.status === 403;
      const problem = rejected
        ? unauthorizedProblem(agentId, error)
        : `HTTP ${error.status}, ${error.message}`;
      return { kind: 'not_told', problem };
    },
  };
}

function unknownAgent(agentId: AgentId): string {
  return `no key is configured for agent ${agentId}: add it to agents`;
}
