import type { AgentId } from '../../hiring/ids.ts';

export interface EarningsRequest {
  /** From this moment on. */
  readonly fromMs: number;
  /** Before this moment. */
  readonly toMs: number;
  /** All agents when left out. */
  readonly agentId?: AgentId | undefined;
}

/** Hirings of one agent that were paid, or whose payment was taken back, on one day, and that had the same price. */
export interface PaidHirings {
  readonly agentId: AgentId;
  /** The beginning of the day in UTC. */
  readonly dayMs: number;
  /** The decimal string of the marketplace; undefined when the hiring had none. */
  readonly price: string | undefined;
  readonly count: number;
  /** True when the marketplace took the payment back that day. */
  readonly takenBack: boolean;
}
