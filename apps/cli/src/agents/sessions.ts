import { sessionStatus, sessionOf } from '@agrenting-hiclaw/operations';
import { createRestClient, identifyAgent } from '@agrenting-hiclaw/core/agrenting';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { withStore } from '../hirings/hirings.ts';
import { printJson, shortTime, table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

interface SessionShown {
  readonly agentId: string | undefined;
  readonly worker: string | undefined;
  /** Whether a process that is alive keeps it; undefined where nobody says whose key it is. */
  readonly held: boolean | undefined;
  readonly problem?: string | undefined;
  /** When a ping was last answered, by either side, as its process notes once a minute. */
  readonly lastPingAt: string | undefined;
  /** Connections that ended since its process began to keep it. */
  readonly drops: number | undefined;
  /** Why the agent hears nothing over it; undefined while it does. */
  readonly lastFailure: string | undefined;
}

/** Says of each agent whether a process keeps its MCP session, as the store has it: by the lease, which a dead process loses. */
export async function listSessions(terminal: Terminal, options: CommonOptions): Promise<void> {
  const { agents, marketplace } = await loadedConfiguration(terminal, options);
  const client = createRestClient({ baseUrl: marketplace.baseUrl, clock: systemClock });
  const sessions: SessionShown[] = [];
  try {
    await withStore(terminal, options, async (store) => {
      const facts = await sessionStatus(store, systemClock.nowMs());
      for (const { id, key, worker } of agents) {
        const outcome = id === undefined ? await identifyAgent(client, key) : undefined;
        const agentId = outcome?.kind === 'profile' ? outcome.profile.agentId : id;
        const problem = outcome === undefined || outcome.kind === 'profile' ? undefined : outcome.problem;
        const session = agentId === undefined ? undefined : sessionOf(agentId, facts);
        sessions.push({
          agentId,
          worker,
          held: agentId === undefined ? undefined : session?.holder !== undefined,
          problem,
          lastPingAt:
            session?.lastPingAtMs === undefined ? undefined : new Date(session.lastPingAtMs).toISOString(),
          drops: session?.drops,
          lastFailure: session === undefined || session.state === 'held' ? undefined : session.state,
        });
      }
    });
  } finally {
    client.close();
  }
  if (options.json === true) return printJson(terminal, { sessions });
  const rows = sessions.map((session) => [
    session.agentId ?? '?',
    session.worker ?? '-',
    describeSession(session),
    session.lastPingAt === undefined ? '-' : shortTime(session.lastPingAt),
    session.drops === undefined ? '-' : String(session.drops),
  ]);
  return terminal.print(
    `${table(terminal, ['AGENT', 'WORKER', 'MCP SESSION', 'LAST PING (UTC)', 'DROPS'], rows)}\n`,
  );
}

function describeSession({ problem, held, lastFailure }: SessionShown): string {
  if (problem !== undefined) return problem;
  if (held !== true) return 'none: hires are found by the poller or the bridge';
  return lastFailure === undefined ? 'kept by a process' : `kept by a process, and ${lastFailure}`;
}
