import type { AgentId } from '../../hiring/ids.ts';

/** A pause as the operator sees it. */
export interface Pause {
  /** Undefined for all agents. */
  readonly agentId: AgentId | undefined;
  readonly sinceMs: number;
}

/** Which agents take no new hirings. */
export interface Pauses {
  /** Pauses one agent, or all of them. A pause that is there keeps its place; a beginning that is still to come was none. */
  pause(agentId: AgentId | undefined, nowMs: number): Promise<void>;
  /** Ends the pause of one agent, or every pause there is. False when there was none. */
  resume(agentId: AgentId | undefined): Promise<boolean>;
  list(agentIdOf: (text: string) => AgentId): Promise<readonly Pause[]>;
}
