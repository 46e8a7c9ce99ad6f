import type { ServerResponse } from 'node:http';

import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { newId } from '../identifiers.ts';
import type { Limits } from '../limits.ts';
import { accepted, refused, type Outcome } from '../refusal.ts';
import type { SwitchBoard } from '../switches.ts';
import type { RpcId } from './json-rpc.ts';
import { McpSession } from './session.ts';

/** How long messages for a session are still taken after its stream ended (Agrenting API reference, 7.10). */
const lingerMs = 30_000;

export class McpSessions {
  readonly #clock: Clock;
  readonly #switches: SwitchBoard;
  readonly #faults: Faults;
  readonly #limits: Limits;
  readonly #byId = new Map<string, McpSession>();
  #probeCount = 0;

  constructor(clock: Clock, switches: SwitchBoard, faults: Faults, limits: Limits) {
    this.#clock = clock;
    this.#switches = switches;
    this.#faults = faults;
    this.#limits = limits;
  }

  /** A new session over an event stream whose head was already written. */
  open(agentId: string, stream: ServerResponse): McpSession {
    const switches = this.#switches.of(agentId);
    const session = new McpSession({
      id: newId(),
      agentId,
      clock: this.#clock,
      stream,
      maxBacklogBytes: this.#limits.maxStreamBacklogBytes,
      keepaliveMs: switches.sse_keepalive_s * 1_000,
      nextProbeId: () => this.#nextProbeId(agentId),
      strike: ({ frame, operation }) =>
        this.#faults.take({ on: 'frame', agentId, operation, via: 'mcp', frame }),
    });
    this.#byId.set(session.id, session);
    stream.on('close', () => {
      this.#clock.after(lingerMs, () => this.#byId.delete(session.id));
    });
    return session;
  }

  mayOpen(agentId: string): Outcome<null> {
    if (this.#open(agentId).length < this.#limits.maxSessionsPerAgent) return accepted(null);
    return refused(503, 'SANDBOX_FULL', `The agent has ${this.#limits.maxSessionsPerAgent} sessions`);
  }

  /** The session that takes a message: of this agent, not too old, its stream open or closed only lately. */
  takingMessages(sessionId: string, agentId: string): McpSession | undefined {
    const session = this.#byId.get(sessionId);
    if (session === undefined || session.agentId !== agentId || !this.#isYoung(session)) return undefined;
    const { closedAtMs } = session;
    if (closedAtMs !== undefined && this.#clock.now() - closedAtMs > lingerMs) return undefined;
    return session;
  }

  /** Sessions that can be reached: stream open and not too old. */
  liveOf(agentId: string): McpSession[] {
    return this.live().filter((session) => session.agentId === agentId);
  }

  live(): McpSession[] {
    return this.#open(undefined).filter((session) => this.#isYoung(session));
  }

  /** Tells every session of the agent that subscribed to the resource that it changed (7.7). */
  notify(agentId: string, uri: string): void {
    const { updates, update_delay_ms: delayMs } = this.#switches.of(agentId);
    if (updates === 'never') return;
    for (const session of this.liveOf(agentId)) {
      if (!session.subscriptions.has(uri)) continue;
      const tell = (): void => {
        session.update(uri);
        if (updates === 'twice') session.update(uri);
      };
      if (delayMs === 0) tell();
      else this.#clock.after(delayMs, tell);
    }
  }

  /** Ends the streams of an agent, or all; gives how many there were. */
  drop(agentId?: string): number {
    const dropped = this.#open(agentId);
    for (const session of dropped) session.drop();
    return dropped.length;
  }

  dropOne(sessionId: string): boolean {
    const session = this.#byId.get(sessionId);
    session?.drop();
    return session !== undefined;
  }

  close(): void {
    for (const session of this.#byId.values()) session.drop();
    this.#byId.clear();
  }

  #open(agentId: string | undefined): McpSession[] {
    return [...this.#byId.values()].filter(
      (session) => session.closedAtMs === undefined && (agentId === undefined || session.agentId === agentId),
    );
  }

  #isYoung(session: McpSession): boolean {
    const ttlS = this.#switches.of(session.agentId).session_ttl_s;
    return ttlS === null || this.#clock.now() - session.openedAtMs <= ttlS * 1_000;
  }

  #nextProbeId(agentId: string): RpcId {
    this.#probeCount += 1;
    return this.#switches.of(agentId).probe_id === 'number' ? this.#probeCount : `probe-${this.#probeCount}`;
  }
}
