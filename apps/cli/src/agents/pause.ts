import { changeListingStatus, type NamedAgent } from '@agrenting-hiclaw/operations';
import { createRestClient, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import { counted, type AgentId } from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { withStore } from '../hirings/hirings.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { allAgents, namedAgents } from './named-agent.ts';

export interface PauseOptions extends CommonOptions {
  /** Every agent of the configuration. */
  readonly all?: boolean | undefined;
  /** Wait until what they had is done. */
  readonly drain?: boolean | undefined;
}

const DRAIN_EVERY_MS = 1_000;

/** Takes agents out of the market, hirings that they have but still to be done. The listing first, so that nobody hires what is refused. */
export async function pauseAgents(terminal: Terminal, name: string, options: PauseOptions): Promise<void> {
  const agents = await change(terminal, name, options, 'inactive');
  if (options.drain === true) await drain(terminal, agents, options);
}

/** Puts them back. */
export async function resumeAgents(terminal: Terminal, name: string, options: PauseOptions): Promise<void> {
  await change(terminal, name, options, 'active');
}

async function change(
  terminal: Terminal,
  name: string,
  options: PauseOptions,
  status: 'active' | 'inactive',
): Promise<readonly NamedAgent[]> {
  const configuration = await loadedConfiguration(terminal, options);
  const client = createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock });
  try {
    const agents = await chosenAgents(configuration, client, name, options);
    await withStore(terminal, options, async (store) => {
      const all = options.all === true;
      const lines = await changeListingStatus({ store, client, agents, all, status, nowMs: Date.now() });
      if (options.json === true) printJson(terminal, { agents: lines, paused: status === 'inactive' });
      else for (const line of lines) terminal.print(`${describeLine(terminal, line, status)}\n`);
      if (lines.some(({ problem }) => problem !== undefined)) {
        throw new CommandError(
          EXIT.failed,
          'some listings were not changed',
          status === 'inactive'
            ? 'New hires are refused all the same. Set the listing on the marketplace by hand.'
            : 'Set the listing on the marketplace by hand.',
        );
      }
    });
    return agents;
  } finally {
    client.close();
  }
}

function describeLine(
  terminal: Terminal,
  { agentId, problem }: { readonly agentId: AgentId; readonly problem?: string },
  status: 'active' | 'inactive',
): string {
  const what = status === 'inactive' ? 'takes no new hirings' : 'takes hirings again';
  const listing = problem === undefined ? `its listing is ${status}` : problem;
  return `${mark(terminal, problem === undefined ? 'ok' : 'failed')} ${agentId} ${what}; ${listing}`;
}

async function chosenAgents(
  configuration: Configuration,
  client: RestClient,
  name: string,
  { all }: PauseOptions,
): Promise<readonly NamedAgent[]> {
  if ((name === '') !== (all === true)) {
    throw new CommandError(EXIT.usage, 'give an agent id, a worker name, or --all');
  }
  return all === true
    ? await allAgents(configuration, client)
    : await namedAgents(configuration, client, name);
}

/** Waits until nothing that they had is open any more. */
async function drain(
  terminal: Terminal,
  agents: readonly NamedAgent[],
  options: PauseOptions,
): Promise<void> {
  const ids = new Set<string>(agents.map(({ agentId }) => agentId));
  await withStore(terminal, options, async (store) => {
    let last = -1;
    for (;;) {
      terminal.stop.throwIfAborted();
      const open = (await store.overview.open())
        .filter(({ agentId }) => options.all === true || ids.has(agentId))
        .reduce((sum, { count }) => sum + count, 0);
      if (open !== last && options.json !== true)
        terminal.print(`${counted(open, 'hiring is', 'hirings are')} open\n`);
      last = open;
      if (open === 0) return;
      await systemClock.sleep(DRAIN_EVERY_MS, terminal.stop);
    }
  });
}
