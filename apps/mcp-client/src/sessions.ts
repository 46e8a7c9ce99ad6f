import type { AppParts, Intake } from '@agrenting-hiclaw/app';
import { startAgentEar, type AgentEar } from './agent-connection.ts';
import { createSessionFigures } from './session-metrics.ts';

/** The intake by MCP: a session for each agent, begun as soon as it is known who the agent is. */
export function startSessions(parts: AppParts): Intake {
  const ears: AgentEar[] = [];
  const figures = createSessionFigures(parts.metrics, () => ears.flatMap((ear) => ear.state() ?? []));
  parts.agents.onIdentified((agent) => ears.push(startAgentEar(agent, parts, figures)));
  return {
    session: (agentId) => ears.find((ear) => ear.agentId === agentId)?.session(),
    problems: () => ears.flatMap((ear) => ear.problem() ?? []),
    deaf: () => ears.flatMap((ear) => ear.deaf() ?? []),
    async close() {
      await Promise.all(ears.map(async (ear) => await ear.close()));
    },
  };
}
