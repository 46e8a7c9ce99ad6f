import {
  type AgentProfile,
  createRestClient,
  identifyAgent,
  readAgentProfile,
  type ProfileOutcome,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { printJson, styled, table } from '../terminal/show.ts';
import { firstPendingPage } from './pending-page.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

interface LookedAt {
  readonly index: number;
  readonly agentId: string | undefined;
  readonly worker: string | undefined;
  readonly profile: AgentProfile | undefined;
  readonly problem: string | undefined;
}

/** Every agent of the configuration, as the marketplace knows it by its key. */
export async function listAgents(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const agents = await lookAtAgents(configuration, configuration.agents);
  if (options.json === true) {
    printJson(terminal, {
      agents: agents.map(({ index, agentId, worker, profile, problem }) => ({
        index,
        agentId,
        worker,
        listedWorker: profile?.workerMatrixId,
        problem,
      })),
    });
  } else {
    const rows = agents.map(({ agentId, worker, profile, problem }) => [
      agentId ?? '?',
      worker ?? '-',
      profile?.workerMatrixId ?? '-',
      problem ?? 'its key is good',
    ]);
    terminal.print(`${table(terminal, ['AGENT', 'WORKER', 'LISTED WORKER', 'STATE'], rows)}\n`);
  }
  if (agents.some(({ problem }) => problem !== undefined)) {
    throw new CommandError(EXIT.failed, 'not every agent is in order');
  }
}

/** One agent, named by its id, its worker or its place in the configuration, with what hirers see of it. */
export async function showAgent(terminal: Terminal, name: string, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const id = name.toLowerCase();
  const named = configuration.agents.filter(
    (agent, index) => agent.id === id || agent.worker === name || String(index) === name,
  );
  // One whose id the configuration leaves out is known only once it was looked at.
  const looked =
    named.length > 0
      ? (await lookAtAgents(configuration, named))[0]
      : (await lookAtAgents(configuration, configuration.agents)).find(({ agentId }) => agentId === id);
  if (looked === undefined) {
    throw new CommandError(
      EXIT.usage,
      `no agent of the configuration is ${name}`,
      'See `agrenting-hiclaw agents list`; name one by its id or its worker.',
    );
  }
  const { agentId, worker, profile, problem } = looked;
  if (options.json === true) {
    const { workerMatrixId, callbackUrl, shown } = profile ?? {};
    printJson(terminal, { agentId, worker, listedWorker: workerMatrixId, callbackUrl, ...shown, problem });
  } else {
    const { shown = {} } = profile ?? {};
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['agent', agentId],
      ['name', shown.name],
      ['status', [shown.status, shown.availability].filter(Boolean).join(', ')],
      ['offers', shown.capabilities?.join(', ')],
      ['category', shown.category],
      ['price', shown.basePrice],
      ['reputation', shown.reputation],
      ['done', shown.completed?.toString()],
      ['earned', shown.earned],
      ['worker', worker],
      ['listed worker', profile?.workerMatrixId],
      ['webhook', profile?.callbackUrl ?? 'none: it is reached over MCP'],
      ['key', problem ?? 'the marketplace takes it'],
    ];
    for (const [label, value] of rows) {
      terminal.print(`${styled(terminal, 'dim', label.padEnd(14))}${value || '-'}\n`);
    }
  }
  if (problem !== undefined) throw new CommandError(EXIT.failed, 'the agent is not in order');
}

async function problemOfKey(client: RestClient, key: Secret): Promise<string | undefined> {
  const page = await firstPendingPage(client, key);
  return page.kind === 'page' ? undefined : page.problem;
}

async function lookAtAgents(
  { agents, marketplace }: Configuration,
  wanted: Configuration['agents'],
): Promise<readonly LookedAt[]> {
  const client = createRestClient({ baseUrl: marketplace.baseUrl, clock: systemClock });
  try {
    const looked: LookedAt[] = [];
    for (const [index, { id, key, worker }] of agents.entries()) {
      if (!wanted.some((agent) => agent.key === key)) continue;
      const outcome: ProfileOutcome =
        id === undefined ? await identifyAgent(client, key) : await readAgentProfile(client, id, key);
      const profile = outcome.kind === 'profile' ? outcome.profile : undefined;
      looked.push({
        index,
        agentId: profile?.agentId ?? id,
        worker,
        profile,
        problem: outcome.kind === 'profile' ? await problemOfKey(client, key) : outcome.problem,
      });
    }
    return looked;
  } finally {
    client.close();
  }
}
