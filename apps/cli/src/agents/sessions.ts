import { mcpSessionLease } from '@agrenting-hiclaw/adapter';
import { createRestClient, identifyAgent } from '@agrenting-hiclaw/core/agrenting';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { withStore } from '../hirings/hirings.ts';
import { printJson, table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

interface SessionShown {
  readonly agentId: string | undefined;
  readonly worker: string | undefined;
  /** Whether a process that is alive keeps it; undefined where nobody says whose key it is. */
  readonly held: boolean | undefined;
  readonly problem?: string | undefined;
}

/** Says of each agent whether a process keeps its MCP session, as the store has it: by the lease, which a dead process loses. */
export async function listSessions(terminal: Terminal, options: CommonOptions): Promise<void> {
  const { agents, marketplace } = await loadedConfiguration(terminal, options);
  const client = createRestClient({ baseUrl: marketplace.baseUrl, clock: systemClock });
  const sessions: SessionShown[] = [];
  try {
    await withStore(terminal, options, async ({ leases }) => {
      for (const { id, key, worker } of agents) {
        const outcome = id === undefined ? await identifyAgent(client, key) : undefined;
        const agentId = outcome?.kind === 'profile' ? outcome.profile.agentId : id;
        const problem = outcome === undefined || outcome.kind === 'profile' ? undefined : outcome.problem;
        const held =
          agentId === undefined
            ? undefined
            : await leases.held(mcpSessionLease(agentId), systemClock.nowMs());
        sessions.push({ agentId, worker, held, problem });
      }
    });
  } finally {
    client.close();
  }
  if (options.json === true) return printJson(terminal, { sessions });
  const rows = sessions.map(({ agentId, worker, held, problem }) => [
    agentId ?? '?',
    worker ?? '-',
    problem ?? (held === true ? 'kept by a process' : 'none: hires are found by the poller or the bridge'),
  ]);
  return terminal.print(`${table(terminal, ['AGENT', 'WORKER', 'MCP SESSION'], rows)}\n`);
}
