import {
  nextWaitMs,
  type AgentId,
  type Backoff,
  type HiringId,
  type Random,
  type Secret,
} from '../../domain/index.ts';
import { MalformedOnce, type PendingHiring } from '../pending-hiring.ts';
import type { RestClient } from '../rest-client.ts';
import type { Disconnect } from './disconnect.ts';
import { findHiring } from './find-hiring.ts';
import type { HiringSource, SessionRead } from './hiring-source.ts';
import { keepAlive } from './keep-alive.ts';
import { runPendingLoop } from './pending-loop.ts';
import { McpCredentials } from './mcp-credentials.ts';
import { openMcpSession, type McpSession } from './mcp-session.ts';
import { SessionMonitor } from './session-monitor.ts';
import type { SessionEvent, SessionStatus } from './session-status.ts';
import { DEFAULT_TIMINGS, type SessionTimings } from './session-timings.ts';
import type { ToolOutcome, ToolUse } from './tools.ts';
import { DebouncedSignal } from './debounced-signal.ts';

export interface AgentSessionOptions {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly key: Secret;
  readonly random: Random;
  /**
   * Called with the whole pending list after every read, never twice at once. While it does not
   * resolve, pings are answered but nothing is read; when it rejects, the list is read again soon.
   */
  readonly onPending: (items: readonly PendingHiring[]) => Promise<void>;
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
  readonly timings?: Partial<SessionTimings> | undefined;
}

/** An agent's MCP session, kept up over any number of connections (Agrenting API reference, 7). */
export interface AgentSession extends HiringSource {
  readonly agentId: AgentId;
  /** Connects, and reconnects until `close`. */
  start(): void;
  status(): SessionStatus;
  /** Ends it for good; resolves when no socket or timer of it is left. */
  close(): Promise<void>;
}

/**
 * Makes the session of one agent; nothing is sent before `start`. Every connection is new from the
 * ground up: stream, handshake, subscription, and a read that finds the work of the meantime
 * (Agrenting API reference, 7.3 and 7.10).
 */
export function createAgentSession(options: AgentSessionOptions): AgentSession {
  return new Supervisor(options);
}

class Supervisor implements AgentSession {
  readonly agentId: AgentId;
  readonly #options: AgentSessionOptions;
  readonly #timings: SessionTimings;
  readonly #credentials: McpCredentials;
  readonly #monitor: SessionMonitor;
  readonly #stopping = new AbortController();
  readonly #malformed = new MalformedOnce();
  #running: Promise<void> | undefined;
  #live: McpSession | undefined;

  constructor(options: AgentSessionOptions) {
    const { client, agentId, key, onEvent } = options;
    this.agentId = agentId;
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#credentials = new McpCredentials(client, client.access(key));
    this.#monitor = new SessionMonitor(agentId, client.clock, onEvent);
  }

  start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run();
  }

  status(): SessionStatus {
    return this.#monitor.status(this.#live);
  }

  async readHiring(hiringId: HiringId): Promise<SessionRead> {
    const live = this.#live;
    if (live !== undefined) return findHiring(live, hiringId);
    return { kind: 'unavailable', problem: `agent ${this.agentId} has no live MCP session` };
  }

  async useTool(use: ToolUse): Promise<ToolOutcome> {
    const live = this.#live;
    if (live !== undefined) return await live.useTool(use);
    return { kind: 'unavailable', problem: `agent ${this.agentId} has no live MCP session` };
  }

  async readPrompt(name: string): Promise<string | undefined> {
    return await this.#live?.readPrompt(name);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#monitor.enter('stopped');
  }

  async #run(): Promise<void> {
    const { clock } = this.#options.client;
    const { signal } = this.#stopping;
    let waitMs = 0;
    while (!signal.aborted) {
      const { drop, heldMs } = await this.#connectOnce(signal);
      if (signal.aborted) return;
      const backoff = this.#backoff(drop);
      if (heldMs >= this.#timings.stableMs) waitMs = 0;
      waitMs = nextWaitMs(Math.max(waitMs, backoff.baseMs), backoff, this.#options.random);
      this.#monitor.dropped(drop, waitMs);
      if (drop.cause === 'unauthorized') await this.#untilTakenAgain(waitMs, signal);
      else await clock.sleep(waitMs, signal);
    }
  }

  /** Somebody else may find out earlier that the key is taken again. */
  async #untilTakenAgain(waitMs: number, stop: AbortSignal): Promise<void> {
    const { client, key } = this.#options;
    const known = new AbortController();
    const stopListening = client.access(key).budget.onTakenAgain(() => known.abort());
    await client.clock.sleep(waitMs, AbortSignal.any([stop, known.signal]));
    stopListening();
  }

  /** One connection from its beginning to its end. */
  async #connectOnce(stop: AbortSignal): Promise<{ drop: Disconnect; heldMs: number }> {
    const { client, agentId, key } = this.#options;
    const wake = new DebouncedSignal(client.clock);
    this.#monitor.enter('connecting');
    const opened = await openMcpSession({
      client,
      agentId,
      access: client.access(key),
      credentials: this.#credentials,
      limits: this.#timings,
      requestTimeoutMs: this.#timings.requestTimeoutMs,
      stop,
      onConnected: () => this.#monitor.enter('handshaking'),
      onUpdated: () => wake.request(),
      onAnomaly: (problem) => this.#monitor.anomaly(problem),
    });
    if (opened.kind === 'dropped') return { drop: opened.drop, heldMs: 0 };
    const { session } = opened;
    const openedAtMs = client.clock.nowMs();
    this.#live = session;
    this.#monitor.subscribed(session.updates);
    const ended = new AbortController();
    const tended = this.#tend(session, wake, ended.signal);
    const drop = await session.closed;
    this.#live = undefined;
    this.#monitor.remember(session);
    ended.abort();
    await tended;
    return { drop, heldMs: client.clock.nowMs() - openedAtMs };
  }

  async #tend(session: McpSession, wake: DebouncedSignal, signal: AbortSignal): Promise<void> {
    const { client, onPending } = this.#options;
    const { clock } = client;
    const watch = {
      clock,
      timings: this.#timings,
      onPing: (roundTripMs: number) => this.#monitor.pinged(roundTripMs),
    };
    const reading = {
      clock,
      timings: this.#timings,
      wake,
      malformed: this.#malformed,
      onPending,
      onRead: () => this.#monitor.read(),
      onAnomaly: (problem: string) => this.#monitor.anomaly(problem),
    };
    await Promise.all([runPendingLoop(session, reading, signal), keepAlive(session, watch, signal)]);
  }

  #backoff({ cause }: Disconnect): Backoff {
    switch (cause) {
      case 'unauthorized':
        return this.#timings.unauthorized;
      case 'refused':
      case 'redirected':
      case 'no_endpoint':
      case 'foreign_endpoint':
      case 'handshake_failed':
        return this.#timings.refused;
      case 'ended':
      case 'lost':
      case 'silent':
      case 'unreachable':
      case 'session_gone':
        return this.#timings.lost;
    }
  }
}
