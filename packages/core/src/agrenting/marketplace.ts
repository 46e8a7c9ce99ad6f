import { z } from 'zod';
import type {
  AgentId,
  ArtifactDigest,
  ArtifactList,
  HiringId,
  HiringRead,
  Marketplace,
  Secret,
  SettleOutcome,
  Settlement,
  MessageOutcome,
  UploadOutcome,
} from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import type { HiringSource } from './mcp/hiring-source.ts';
import { otherReads, readHiring } from './read-hiring.ts';
import { RecentPending } from './recent-pending.ts';
import { UNCONFIRMED_MORE_RESERVE, type RestClient } from './rest-client.ts';
import { digestArtifact, listArtifacts, uploadArtifacts } from './artifacts.ts';
import { SparingReads } from './mcp/sparing-source.ts';
import type { ToolUse } from './mcp/tools.ts';
import { settleByOneWay } from './settle-by-one-way.ts';
import { settleOutcome, settleOutcomeByTool } from './settle-outcome.ts';
import { sendMessage } from './send-message.ts';
import { Ways, type Via } from './ways.ts';

/** How long a prompt is taken as it was read, so that no hire waits for it again. */
const CONTEXT_MS = 10 * 60_000;
const WITHOUT_CONTEXT_MS = 60_000;

export interface MarketplaceAgent {
  readonly agentId: AgentId;
  readonly key: Secret;
  /** The agent's live session, asked for at each read, because sessions come and go with their lease. */
  readonly session?: (() => HiringSource | undefined) | undefined;
}

export interface MarketplaceOptions {
  readonly client: RestClient;
  readonly agents: readonly MarketplaceAgent[];
  /** By which way results, failures and messages go; `auto` unless given. */
  readonly via?: Via | undefined;
}

/**
 * The marketplace as the engine sees it, for these agents. Every call is one try: the engine's
 * stored rows do the repeating (Agrenting API reference, 5 and 13.3).
 */
export function createMarketplace({ client, agents, via = 'auto' }: MarketplaceOptions): Marketplace {
  const known = new Map(agents.map((agent) => [agent.agentId, agent]));
  const recents = new Map<AgentId, RecentPending>();
  const sparing = new Map<AgentId, SparingReads>();
  const waysByAgent = new Map<AgentId, Ways>();
  const contexts = new Map<AgentId, { readonly text: string | undefined; readonly untilMs: number }>();

  function accessOf(agentId: AgentId): AgentAccess | undefined {
    const agent = known.get(agentId);
    return agent === undefined ? undefined : client.access(agent.key);
  }

  function sourceOf(agentId: AgentId): HiringSource | undefined {
    return known.get(agentId)?.session?.();
  }

  function waysOf(agentId: AgentId): Ways {
    const ways = waysByAgent.get(agentId) ?? new Ways(client.clock, via);
    waysByAgent.set(agentId, ways);
    return ways;
  }

  function sparingSourceOf(agentId: AgentId, { budget }: AgentAccess) {
    const source = sourceOf(agentId);
    if (source === undefined) return undefined;
    const reads = sparing.get(agentId) ?? new SparingReads();
    sparing.set(agentId, reads);
    return reads.of(source, budget, UNCONFIRMED_MORE_RESERVE);
  }

  function recentOf(agentId: AgentId, access: AgentAccess): RecentPending {
    const recent = recents.get(agentId) ?? new RecentPending(client, access);
    recents.set(agentId, recent);
    return recent;
  }

  return {
    async readHiring(agentId, hiringId, ask): Promise<HiringRead> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unauthorized', problem: unknownAgent(agentId) };
      const unconfirmed = ask === 'unconfirmed';
      const session = unconfirmed ? sparingSourceOf(agentId, access) : sourceOf(agentId);
      const recent = unconfirmed ? recentOf(agentId, access) : undefined;
      // Strangers make us ask about what is unconfirmed: nothing is learned from that.
      const ways = unconfirmed ? undefined : waysOf(agentId);
      const purpose = { settles: ask === 'settling', confirms: ask === 'new', ended: ask === 'ended' };
      const request = { client, agentId, access, session, ways, hiringId, unconfirmed, recent, ...purpose };
      const read = await readHiring(request);
      if (read.kind !== 'found' || ask !== 'every_source') return read;
      return { ...read, others: await otherReads(request) };
    },

    async settle(agentId, hiringId, settlement): Promise<SettleOutcome> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unauthorized', problem: unknownAgent(agentId) };
      const source = sourceOf(agentId);
      return await settleByOneWay({
        ways: waysOf(agentId),
        hasSession: source !== undefined,
        settlement,
        send: async (way) => {
          const asked = { agentId, hiringId, endpoint: settlement.endpoint };
          if (way === 'mcp' && source !== undefined) {
            return settleOutcomeByTool(await source.useTool(toolUseOf(hiringId, settlement)), asked);
          }
          const answer = await client.send({
            method: 'POST',
            path: `/hirings/${hiringId}/${settlement.endpoint}`,
            access,
            schemes: 'both',
            body: settlement.body,
            idempotencyKey: settlement.idempotencyKey,
            settles: true,
          });
          return settleOutcome(answer, asked);
        },
      });
    },

    async upload(agentId, hiringId, artifacts): Promise<UploadOutcome> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unauthorized', problem: unknownAgent(agentId) };
      return await uploadArtifacts(client, { agentId, access, hiringId, artifacts });
    },

    async artifacts(agentId, hiringId): Promise<ArtifactList> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unavailable', problem: unknownAgent(agentId) };
      return await listArtifacts(client, access, hiringId);
    },

    async artifactDigest(agentId, _hiringId, artifactId, maxBytes): Promise<ArtifactDigest> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'unavailable', problem: unknownAgent(agentId) };
      return await digestArtifact(client, access, artifactId, maxBytes);
    },

    async sendMessage(agentId, hiringId, message): Promise<MessageOutcome> {
      const access = accessOf(agentId);
      if (access === undefined) return { kind: 'not_delivered', problem: unknownAgent(agentId) };
      const source = sourceOf(agentId);
      return await sendMessage({ client, agentId, access, source, ways: waysOf(agentId), hiringId, message });
    },

    async context(agentId) {
      const known = contexts.get(agentId);
      if (known !== undefined && client.clock.nowMs() < known.untilMs) return known.text;
      const text = await sourceOf(agentId)?.readPrompt('system-prompt');
      const keptMs = text === undefined ? WITHOUT_CONTEXT_MS : CONTEXT_MS;
      contexts.set(agentId, { text, untilMs: client.clock.nowMs() + keptMs });
      return text;
    },
  };
}

/** What the stored bytes of a settlement say, for the tool that says the same. */
function toolUseOf(hiringId: HiringId, { endpoint, body }: Settlement): ToolUse {
  const said = settlementBody.parse(JSON.parse(body));
  if (endpoint === 'result') return { kind: 'result', hiringId, output: said.output ?? said.result ?? {} };
  const { reason = 'other', error = reason } = said;
  return { kind: 'failure', hiringId, error, reason };
}

const output = z.record(z.string(), z.unknown());
const settlementBody = z.object({
  output: output.optional(),
  result: output.optional(),
  error: z.string().optional(),
  reason: z.string().optional(),
});

function unknownAgent(agentId: AgentId): string {
  return `no key is configured for agent ${agentId}: add it to agents`;
}
