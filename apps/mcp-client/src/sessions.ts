import type { AppParts, Intake } from '@agrenting-hiclaw/app';
import { startAgentConnection, type AgentConnection } from './agent-connection.ts';
import { createSessionMetrics } from './session-metrics.ts';

/** The intake by MCP: a session for each agent, begun as soon as it is known who the agent is. */
export function startSessions(parts: AppParts): Intake {
  const ears: AgentConnection[] = [];
  const appMetrics = createSessionMetrics(parts.metrics, () => ears.flatMap((ear) => ear.state() ?? []));
  parts.agents.onIdentified((agent) => ears.push(startAgentConnection(agent, parts, appMetrics)));
  return {
    session: (agentId) => ears.find((ear) => ear.agentId === agentId)?.session(),
    problems: () => ears.flatMap((ear) => ear.problem() ?? []),
    offline: () => ears.flatMap((ear) => ear.offline() ?? []),
    async close() {
      await Promise.all(ears.map(async (ear) => await ear.close()));
    },
  };
}
