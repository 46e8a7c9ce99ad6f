import {
  createAgentPoll,
  createOwnerPoll,
  type AgentPoll,
  type AgentSweep,
  type IdentifiedAgent,
  type Intake,
  type AppParts,
  type PendingList,
  type OwnerPoll,
} from '@agrenting-hiclaw/app';
import type { OfflineAgent } from '@agrenting-hiclaw/core/domain';
import { startLeader } from '@agrenting-hiclaw/runtime';
import { PollInterval } from './poll-interval.ts';
import { createPollMetrics } from './poll-metrics.ts';

/** Many agents begin so far apart, in milliseconds. */
const SPREAD_MS = 20;

/**
 * The intake by polling: each agent's lists are looked at in a loop of its own, so that the outage of one
 * delays no other. One process at a time polls.
 */
export function startPolling(parts: AppParts): Intake {
  const { agents, clock, random, store, log, configuration } = parts;
  const everyMs = configuration.polling.everySeconds * 1000;
  const { userToken } = configuration.marketplace;
  const appMetrics = createPollMetrics(parts.metrics);
  const closing = new AbortController();
  const polls: AgentPoll[] = [];
  /** Why the last look of each gave nothing. */
  const troubles = new Map<string, string>();
  /** The agents of those. */
  const offline = new Map<string, OfflineAgent>();

  const pollOf = (agent: IdentifiedAgent): AgentPoll => {
    const known = polls.find(({ agentId }) => agentId === agent.agentId);
    if (known !== undefined) return known;
    const made = createAgentPoll(agent, parts, closing.signal);
    polls.push(made);
    return made;
  };
  const stopMaking = agents.onIdentified((agent) => void pollOf(agent));

  async function keepSweeping(
    name: string,
    sweep: () => Promise<readonly PendingList[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const pace = new PollInterval({ everyMs, random });
    await clock.sleep(random() * Math.min(everyMs, SPREAD_MS * agents.count), signal);
    while (!signal.aborted) {
      // Nobody waits for an answer that may never come when it is to end.
      const looks = await Promise.race([sweep(), aborted(signal)]);
      if (looks === undefined) return;
      const lastFailure = troubleOf(looks);
      if (lastFailure === undefined) troubles.delete(name);
      else troubles.set(name, lastFailure);
      await clock.sleep(pace.after(looks), signal);
    }
  }

  async function sweepAgent(poll: AgentPoll): Promise<readonly PendingList[]> {
    const found = await appMetrics.timed(async () => await poll.sweep());
    appMetrics.count('rest', found.rest);
    appMetrics.count('mcp', found.mcp);
    const { agentId: agent, rest, mcp } = found;
    if (troubleOf([rest, mcp]) === undefined) offline.delete(agent);
    else offline.set(agent, { agent, reason: isRefused(rest) || isRefused(mcp) ? 'refused' : 'unread' });
    if (!closing.signal.aborted) logSweep(found);
    return [found.rest, found.mcp];
  }

  function logSweep({ agentId, rest, mcp, woken }: AgentSweep): void {
    const looks = { rest: told(rest), mcp: told(mcp), woken };
    const failed = rest.kind === 'failed' || mcp.kind === 'failed';
    if (failed) log.warn({ agentId, ...looks }, 'a list of pending hirings could not be read');
    else log.debug({ agentId, ...looks }, 'looked for pending hirings');
  }

  async function sweepOwner(owner: OwnerPoll): Promise<readonly PendingList[]> {
    const { look } = await appMetrics.timed(async () => await owner.sweep());
    appMetrics.count('owner', look);
    if (look.kind === 'failed' && !closing.signal.aborted) {
      log.warn(told(look), "the owner's pending hirings could not be read");
    }
    return [look];
  }

  const singleton = startLeader({
    name: 'poll-sweep',
    holder: parts.holder,
    leases: store.leases,
    clock,
    leaseMs: parts.leaseMs,
    onError: (what, error) => log.error({ error }, what),
    run: async (signal) => {
      const loops: Promise<void>[] = [];
      const stopBeginning = agents.onIdentified((agent) => {
        const poll = pollOf(agent);
        const name = `agent ${agent.agentId}`;
        loops.push(keepSweeping(name, async () => await sweepAgent(poll), signal));
      });
      if (userToken !== undefined) {
        const owner = createOwnerPoll(userToken, parts);
        loops.push(keepSweeping('the owner of the user token', async () => await sweepOwner(owner), signal));
      }
      await aborted(signal);
      stopBeginning();
      await Promise.all(loops);
      troubles.clear();
      offline.clear();
    },
  });

  return {
    session: (agentId) => polls.find((poll) => poll.agentId === agentId)?.sessions,
    problems: () => [...troubles].map(([name, lastFailure]) => `${name} cannot be polled: ${lastFailure}`),
    offline: () => [...offline.values()],
    async close() {
      closing.abort();
      stopMaking();
      await singleton.close();
    },
  };
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  return await new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** What kept every look from giving anything; undefined when one of them did. */
function troubleOf(looks: readonly PendingList[]): string | undefined {
  const failures = looks.filter((look) => look.kind === 'failed');
  return failures.length < looks.length ? undefined : failures.map(({ problem }) => problem).join('; ');
}

function isRefused(look: PendingList): boolean {
  return look.kind === 'failed' && look.unauthorized;
}

function told(look: PendingList): object {
  return look.kind === 'read' ? { ...look, fresh: look.fresh.length } : look;
}
