import type { AgentId } from '../../hiring/ids.ts';

/** How the MCP session of an agent fares; times are in milliseconds since 1970. */
export interface AgentSessionNote {
  readonly agentId: AgentId;
  /** The process that keeps it, or did last, as it appears in its lease. */
  readonly holder: string;
  /** When that began to keep it. */
  readonly sinceMs: number;
  /** When its last ping was answered; undefined before the first. */
  readonly lastPingAtMs: number | undefined;
  /** Connections that ended since `sinceMs`. */
  readonly drops: number;
}

/** What processes note of the sessions that they keep. */
export interface AgentSessionNotes {
  /** Replaces the last note of that agent. */
  note(session: AgentSessionNote): Promise<void>;
  /** The last note of each agent. */
  list(agentIdOf: (text: string) => AgentId): Promise<readonly AgentSessionNote[]>;
}
