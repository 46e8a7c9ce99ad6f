import type { AgentId } from '../hiring/ids.ts';

/** The lease of the process that runs retention: every app takes part in keeping it. */
export const RETENTION_LEASE = 'retention';

/** The lease of the process that reads ended hirings again. */
export const ENDED_REREADS_LEASE = 'ended-rereads';

/** The lease of the process that keeps an agent's MCP session, for long or for one read. */
export function mcpSessionLease(agentId: AgentId): string {
  return `mcp-session:${agentId}`;
}
