/**
 * Temporary rights of one process: to keep an agent's MCP session, to read the rooms. A process that dies
 * loses them when they run out.
 */
export interface Leases {
  /** Takes or renews the lease until `nowMs + leaseMs`; false while somebody else has it. */
  take(name: string, holder: string, nowMs: number, leaseMs: number): Promise<boolean>;
  /** True while anybody has it. */
  held(name: string, nowMs: number): Promise<boolean>;
  /** Gives it back; nothing happens when it is not ours. */
  release(name: string, holder: string): Promise<void>;
}
