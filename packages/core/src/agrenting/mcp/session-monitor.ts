import type { AgentId, Clock } from '../../domain/index.ts';
import type { Disconnect } from './disconnect.ts';
import type { McpSession } from './mcp-session.ts';
import type { DropCause, SessionEvent, SessionState, SessionStatus } from './session-status.ts';

/** Remembers what health and metrics show of an agent's session, over all its connections. */
export class SessionMonitor {
  readonly #agentId: AgentId;
  readonly #clock: Clock;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #drops: Partial<Record<DropCause, number>> = {};
  #state: SessionState = 'idle';
  #sinceMs: number;
  #updates = true;
  #lastByteAtMs: number | undefined;
  #lastProbeAtMs: number | undefined;
  #lastReadAtMs: number | undefined;
  #lastPing: { readonly atMs: number; readonly roundTripMs: number } | undefined;
  #problem: string | undefined;
  #nextTryAtMs: number | undefined;

  constructor(agentId: AgentId, clock: Clock, onEvent: ((event: SessionEvent) => void) | undefined) {
    this.#agentId = agentId;
    this.#clock = clock;
    this.#onEvent = onEvent ?? (() => undefined);
    this.#sinceMs = clock.nowMs();
  }

  status(live: McpSession | undefined): SessionStatus {
    return {
      agentId: this.#agentId,
      state: this.#state,
      sinceMs: this.#sinceMs,
      lastByteAtMs: live?.lastByteAtMs ?? this.#lastByteAtMs,
      lastReadAtMs: this.#lastReadAtMs,
      lastPing: this.#lastPing,
      lastProbeAtMs: live?.lastProbeAtMs ?? this.#lastProbeAtMs,
      updates: this.#updates,
      drops: { ...this.#drops },
      problem: this.#problem,
      nextTryAtMs: this.#nextTryAtMs,
    };
  }

  enter(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = this.#clock.nowMs();
    if (state !== 'backoff' && state !== 'unauthorized') this.#nextTryAtMs = undefined;
    this.#emit({ kind: 'state', state });
  }

  subscribed(updates: boolean): void {
    this.#updates = updates;
    this.#problem = undefined;
    this.enter('subscribed');
  }

  dropped({ cause, problem }: Disconnect, waitMs: number): void {
    this.#drops[cause] = (this.#drops[cause] ?? 0) + 1;
    this.#problem = problem;
    this.#nextTryAtMs = this.#clock.nowMs() + waitMs;
    this.#emit({ kind: 'dropped', cause, problem, waitMs });
    this.enter(cause === 'unauthorized' ? 'unauthorized' : 'backoff');
  }

  /** Keeps what an ended connection knew. */
  remember(ended: McpSession): void {
    this.#lastByteAtMs = ended.lastByteAtMs ?? this.#lastByteAtMs;
    this.#lastProbeAtMs = ended.lastProbeAtMs ?? this.#lastProbeAtMs;
  }

  read(): void {
    this.#lastReadAtMs = this.#clock.nowMs();
  }

  pinged(roundTripMs: number): void {
    this.#lastPing = { atMs: this.#clock.nowMs(), roundTripMs };
    this.#emit({ kind: 'ping', roundTripMs });
  }

  anomaly(problem: string): void {
    this.#emit({ kind: 'anomaly', problem });
  }

  #emit(event: SessionEvent): void {
    try {
      this.#onEvent(event);
    } catch {
      // Listeners must not be able to end the session.
    }
  }
}
