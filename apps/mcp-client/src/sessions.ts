import type { Intake, IntakeParts } from '@agrenting-hiclaw/adapter';
import { startAgentEar, type AgentEar } from './agent-ear.ts';

/** The intake by MCP: a session for each agent, begun as soon as it is known who the agent is. */
export function startSessions(parts: IntakeParts): Intake {
  const ears: AgentEar[] = [];
  parts.agents.onIdentified((agent) => ears.push(startAgentEar(agent, parts)));
  return {
    session: (agentId) => ears.find((ear) => ear.agentId === agentId)?.session(),
    problems: () => ears.flatMap((ear) => ear.problem() ?? []),
    deaf: () => ears.flatMap((ear) => ear.deaf() ?? []),
    async close() {
      await Promise.all(ears.map(async (ear) => await ear.close()));
    },
  };
}
