import {
  createAgentPoll,
  createOwnerPoll,
  type AgentPoll,
  type AgentSweep,
  type IdentifiedAgent,
  type Intake,
  type AppParts,
  type ListLook,
  type OwnerPoll,
} from '@agrenting-hiclaw/app';
import type { DeafAgent } from '@agrenting-hiclaw/core/domain';
import { startSingleton } from '@agrenting-hiclaw/runtime';
import { Pace } from './poll-interval.ts';
import { createPollFigures } from './poll-metrics.ts';

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
  const figures = createPollFigures(parts.metrics);
  const closing = new AbortController();
  const polls: AgentPoll[] = [];
  /** Why the last look of each gave nothing. */
  const troubles = new Map<string, string>();
  /** The agents of those. */
  const deaf = new Map<string, DeafAgent>();

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
    sweep: () => Promise<readonly ListLook[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const pace = new Pace({ everyMs, random });
    await clock.sleep(random() * Math.min(everyMs, SPREAD_MS * agents.count), signal);
    while (!signal.aborted) {
      // Nobody waits for an answer that may never come when it is to end.
      const looks = await Promise.race([sweep(), aborted(signal)]);
      if (looks === undefined) return;
      const trouble = troubleOf(looks);
      if (trouble === undefined) troubles.delete(name);
      else troubles.set(name, trouble);
      await clock.sleep(pace.after(looks), signal);
    }
  }

  async function sweepAgent(poll: AgentPoll): Promise<readonly ListLook[]> {
    const found = await figures.timed(async () => await poll.sweep());
    figures.count('rest', found.rest);
    figures.count('mcp', found.mcp);
    const { agentId: agent, rest, mcp } = found;
    if (troubleOf([rest, mcp]) === undefined) deaf.delete(agent);
    else deaf.set(agent, { agent, reason: isRefused(rest) || isRefused(mcp) ? 'refused' : 'unread' });
    if (!closing.signal.aborted) logSweep(found);
    return [found.rest, found.mcp];
  }

  function logSweep({ agentId, rest, mcp, woken }: AgentSweep): void {
    const looks = { rest: told(rest), mcp: told(mcp), woken };
    const failed = rest.kind === 'failed' || mcp.kind === 'failed';
    if (failed) log.warn({ agentId, ...looks }, 'a list of pending hirings could not be read');
    else log.debug({ agentId, ...looks }, 'looked for pending hirings');
  }

  async function sweepOwner(owner: OwnerPoll): Promise<readonly ListLook[]> {
    const { look } = await figures.timed(async () => await owner.sweep());
    figures.count('owner', look);
    if (look.kind === 'failed' && !closing.signal.aborted) {
      log.warn(told(look), "the owner's pending hirings could not be read");
    }
    return [look];
  }

  const singleton = startSingleton({
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
      deaf.clear();
    },
  });

  return {
    session: (agentId) => polls.find((poll) => poll.agentId === agentId)?.sessions,
    problems: () => [...troubles].map(([name, trouble]) => `${name} cannot be polled: ${trouble}`),
    deaf: () => [...deaf.values()],
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
function troubleOf(looks: readonly ListLook[]): string | undefined {
  const failures = looks.filter((look) => look.kind === 'failed');
  return failures.length < looks.length ? undefined : failures.map(({ problem }) => problem).join('; ');
}

function isRefused(look: ListLook): boolean {
  return look.kind === 'failed' && look.unauthorized;
}

function told(look: ListLook): object {
  return look.kind === 'read' ? { ...look, fresh: look.fresh.length } : look;
}
