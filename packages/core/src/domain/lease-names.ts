import type { AgentId } from './ids.ts';

/** The lease of whoever sweeps what is kept too long: every app takes part in keeping it. */
export const RETENTION_LEASE = 'retention';

/** The lease of whoever reads ended hirings again. */
export const ENDED_REREADS_LEASE = 'ended-rereads';

/** The lease of whoever keeps an agent's MCP session, for long or for one read. */
export function mcpSessionLease(agentId: AgentId): string {
  return `mcp-session:${agentId}`;
}
