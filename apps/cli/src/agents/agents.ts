import {
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
import { printJson, table } from '../terminal/show.ts';
import { firstPendingPage } from './pending-page.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

interface ShownAgent {
  readonly index: number;
  readonly agentId: string | undefined;
  readonly worker: string | undefined;
  readonly listedWorker: string | undefined;
  readonly problem: string | undefined;
}

/** Every agent of the configuration, as the marketplace knows it by its key. */
export async function listAgents(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const agents = await lookAtAgents(configuration);
  if (options.json === true) {
    printJson(terminal, { agents });
  } else {
    const rows = agents.map(({ agentId, worker, listedWorker, problem }) => [
      agentId ?? '?',
      worker ?? '-',
      listedWorker ?? '-',
      problem ?? 'its key is good',
    ]);
    terminal.print(`${table(terminal, ['AGENT', 'WORKER', 'LISTED WORKER', 'STATE'], rows)}\n`);
  }
  if (agents.some(({ problem }) => problem !== undefined)) {
    throw new CommandError(EXIT.failed, 'not every agent is in order');
  }
}

async function problemOfKey(client: RestClient, key: Secret): Promise<string | undefined> {
  const page = await firstPendingPage(client, key);
  return page.kind === 'page' ? undefined : page.problem;
}

async function lookAtAgents({ agents, marketplace }: Configuration): Promise<readonly ShownAgent[]> {
  const client = createRestClient({ baseUrl: marketplace.baseUrl, clock: systemClock });
  try {
    const shown: ShownAgent[] = [];
    for (const [index, { id, key, worker }] of agents.entries()) {
      const outcome: ProfileOutcome =
        id === undefined ? await identifyAgent(client, key) : await readAgentProfile(client, id, key);
      const profile = outcome.kind === 'profile' ? outcome.profile : undefined;
      shown.push({
        index,
        agentId: profile?.agentId ?? id,
        worker,
        listedWorker: profile?.workerMatrixId,
        problem: outcome.kind === 'profile' ? await problemOfKey(client, key) : outcome.problem,
      });
    }
    return shown;
  } finally {
    client.close();
  }
}
