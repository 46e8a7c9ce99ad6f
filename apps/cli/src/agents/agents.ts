import { existsSync } from 'node:fs';
import {
  agentStatus,
  hireableNow,
  fetchProfiles,
  mapOf,
  type Hireable,
  type FetchedProfiles,
} from '@agrenting-hiclaw/operations';
import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { openExistingStore } from '@agrenting-hiclaw/operations/open-store';
import { printJson, styled, table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Every agent of the configuration, as the marketplace knows it by its key. */
export async function listAgents(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const agents = await fetchProfiles(configuration, configuration.agents);
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
      listed(profile?.workerMatrixId) ?? '-',
      problem ?? 'its key is good',
    ]);
    terminal.print(`${table(terminal, ['AGENT', 'WORKER', 'LISTED WORKER', 'STATE'], rows)}\n`);
  }
  if (agents.some(({ problem }) => problem !== undefined)) {
    throw new CommandError(EXIT.failed, 'some agents have problems');
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
      ? (await fetchProfiles(configuration, named))[0]
      : (await fetchProfiles(configuration, configuration.agents)).find(({ agentId }) => agentId === id);
  if (looked === undefined) {
    throw new CommandError(
      EXIT.usage,
      `no such agent: ${name}`,
      'List agents with `agrenting-hiclaw agents list`. Use an agent id or a worker name.',
    );
  }
  const { agentId, worker, profile, problem } = looked;
  const hireable = await hireableOf(configuration, looked);
  if (options.json === true) {
    const { workerMatrixId, callbackUrl, shown } = profile ?? {};
    printJson(terminal, {
      agentId,
      worker,
      listedWorker: workerMatrixId,
      callbackUrl,
      ...shown,
      problem,
      hireable,
    });
  } else {
    const { shown = {} } = profile ?? {};
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['agent', agentId],
      ['name', listed(shown.name)],
      ['status', listed([shown.status, shown.availability].filter(Boolean).join(', '))],
      ['offers', listed(shown.capabilities?.join(', '))],
      ['category', listed(shown.category)],
      ['price', figure(shown.basePrice)],
      ['reputation', figure(shown.reputation)],
      ['done', shown.completed?.toString()],
      ['earned', figure(shown.earned)],
      ['worker', worker],
      ['listed worker', listed(profile?.workerMatrixId)],
      ['webhook', listed(profile?.callbackUrl) ?? 'none: it is reached over MCP'],
      ['key', problem ?? 'the marketplace takes it'],
      ['hireable now', hireable === undefined ? 'no: nothing runs yet' : reasonsOf(hireable)],
    ];
    for (const [label, value] of rows) {
      terminal.print(`${styled(terminal, 'dim', label.padEnd(14))}${value || '-'}\n`);
    }
  }
  if (problem !== undefined) throw new CommandError(EXIT.failed, 'the agent has problems');
}

/** Whether it could be hired now; undefined before the first `up`, which makes the store. */
async function hireableOf(
  configuration: Configuration,
  looked: FetchedProfiles,
): Promise<Hireable | undefined> {
  if (!existsSync(configuration.store.file)) return undefined;
  const { workers } = await mapOf(configuration);
  const store = await openExistingStore(configuration);
  try {
    return hireableNow(looked, await agentStatus(store, workers, systemClock.nowMs()));
  } finally {
    await store.close();
  }
}

function reasonsOf({ ok, reasons }: Hireable): string {
  return ok ? 'yes' : `no: ${reasons.join('; ')}`;
}

/** What the marketplace says of an agent: quoted. */
function listed(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : inQuotes(text);
}

/** A number as it is, and anything else in its place quoted. */
function figure(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? text : listed(text);
}
