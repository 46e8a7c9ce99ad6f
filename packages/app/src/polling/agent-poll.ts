import { createOneShotSessions, MalformedOnce, type OneShotSessions } from '@agrenting-hiclaw/core/agrenting';
import { type AgentId, mcpSessionLease } from '@agrenting-hiclaw/core/domain';
import type { IdentifiedAgent } from '../agent.ts';
import type { IntakeParts } from '../intake.ts';
import { fetchList, keepList, type FetchedList, type PendingList } from './pending-list.ts';

/** What one sweep found for one agent. */
export interface AgentSweep {
  readonly agentId: AgentId;
  /** `GET /hirings/pending` under the agent's key. */
  readonly rest: PendingList;
  /** `hiring://pending` by a short session. */
  readonly mcp: PendingList;
  /** Open hirings that are read again because no read has seen them for a while. */
  readonly woken: number;
}

/** One agent, as the poller asks for it. */
export interface AgentPoll {
  readonly agentId: AgentId;
  /** Reads hirings for callers that have no other second source. */
  readonly sessions: OneShotSessions;
  /** Looks at both lists of the agent and wakes what was not read of late. Never rejects. */
  sweep(): Promise<AgentSweep>;
}

/** Open hirings that were read within this time are left alone; the engine reads them again in the same time. */
const READ_WITHIN_MS = 60_000;

export function createAgentPoll(
  { agentId, key }: IdentifiedAgent,
  parts: IntakeParts,
  stop: AbortSignal,
): AgentPoll {
  const { client, store, clock, log } = parts;
  const malformedOnce = { rest: new MalformedOnce(), mcp: new MalformedOnce() };
  const sessions = createOneShotSessions({
    client,
    agentId,
    key,
    stop,
    onAnomaly: (problem) => log.debug({ agentId, problem }, 'the marketplace said something odd'),
  });

  async function lookByRest(): Promise<PendingList> {
    return await keepList(await fetchList(parts, key, 'key'), agentId, parts, malformedOnce.rest);
  }

  async function lookByMcp(): Promise<PendingList> {
    if (await isReceivedElsewhere()) return { kind: 'received_elsewhere' };
    const read = await sessions.readPending();
    const list: FetchedList =
      read.kind === 'read'
        ? { kind: 'fetched', items: read.items }
        : { kind: 'failed', problem: read.problem, unauthorized: read.cause === 'unauthorized' };
    return await keepList(list, agentId, parts, malformedOnce.mcp);
  }

  async function isReceivedElsewhere(): Promise<boolean> {
    return await stored(
      'whether the agent has a session',
      async () => await store.leases.held(mcpSessionLease(agentId), clock.nowMs()),
      false,
    );
  }

  async function wakeUnread(): Promise<number> {
    return await stored(
      'which open hirings were not read recently',
      async () => await store.hirings.wakeUnread(agentId, clock.nowMs() - READ_WITHIN_MS),
      0,
    );
  }

  /** What the store says, or `otherwise` when it cannot say. */
  async function stored<T>(what: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      // A sweep that was left behind at the end finds the store closed.
      if (!stop.aborted) log.error({ agentId, error }, `the store does not say ${what}`);
      return otherwise;
    }
  }

  return {
    agentId,
    sessions,
    async sweep() {
      // One list that hangs does not keep the other waiting.
      const [rest, mcp] = await Promise.all([lookByRest(), lookByMcp()]);
      return { agentId, rest, mcp, woken: await wakeUnread() };
    },
  };
}
