import type { ServerResponse } from 'node:http';

import type { Clock } from '../clock.ts';
import type { Fault, Operation } from '../fault.ts';
import { EventStream, type FrameOrigin } from './event-stream.ts';
import type { RpcId } from './json-rpc.ts';

interface SessionOptions {
  id: string;
  agentId: string;
  clock: Clock;
  stream: ServerResponse;
  maxBacklogBytes: number;
  keepaliveMs: number;
  nextProbeId: () => RpcId;
  /** The fault that strikes a frame of the stream, if any. */
  strike: (origin: FrameOrigin) => Fault | undefined;
}

/** One agent's MCP session: its event stream and what it has asked for (Agrenting API reference, 7.1). */
export class McpSession {
  readonly id: string;
  readonly agentId: string;
  readonly openedAtMs: number;
  readonly subscriptions = new Set<string>();
  /** How far the handshake is (Agrenting API reference, 7.3). */
  phase: 'new' | 'initializing' | 'ready' = 'new';
  readonly #clock: Clock;
  readonly #stream: EventStream;
  readonly #keepaliveMs: number;
  readonly #nextProbeId: () => RpcId;
  readonly #probes = new Map<RpcId, (answered: boolean) => void>();
  #closedAtMs: number | undefined;
  #cancelKeepalive: () => void = () => {};

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.agentId = options.agentId;
    this.openedAtMs = options.clock.now();
    this.#clock = options.clock;
    this.#keepaliveMs = options.keepaliveMs;
    this.#nextProbeId = options.nextProbeId;
    this.#stream = new EventStream({ ...options, onDropped: () => this.#onClosed() });
    options.stream.on('close', () => this.#onClosed());
    this.#scheduleKeepalive();
  }

  /** When the stream ended, ms since the epoch; `undefined` while it is open. */
  get closedAtMs(): number | undefined {
    return this.#closedAtMs;
  }

  /** Says where messages go. */
  endpoint(url: string): void {
    this.#stream.event('endpoint', url, { frame: 'endpoint' });
  }

  /** Answers a request, the text being that of the answer. */
  answer(text: string, operation: Operation): void {
    this.#stream.event('message', text, { frame: 'answer', operation });
  }

  /** Says that a resource has changed (Agrenting API reference, 7.7). */
  update(uri: string): void {
    const message = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } };
    this.#stream.event('message', JSON.stringify(message), { frame: 'update' });
  }

  /** Asks the client for a sign of life; true if an empty-result answer came within the budget (6.3). */
  ping(budgetMs: number): Promise<boolean> {
    const id = this.#nextProbeId();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(budgetMs, () => settle(false));
      const settle = (answered: boolean): void => {
        cancel();
        this.#probes.delete(id);
        resolve(answered);
      };
      this.#probes.set(id, settle);
      const message = { jsonrpc: '2.0', id, method: 'ping' };
      this.#stream.event('message', JSON.stringify(message), { frame: 'probe' });
    });
  }

  /** Takes the client's answer to a ping; the id must come back with its JSON type. False if nothing waits for it. */
  answered(id: RpcId, isResult: boolean): boolean {
    const settle = this.#probes.get(id);
    settle?.(isResult);
    return settle !== undefined;
  }

  /** Ends the stream at once, without a goodbye. */
  drop(): void {
    this.#stream.drop();
  }

  #scheduleKeepalive(): void {
    if (this.#keepaliveMs === 0) return;
    this.#cancelKeepalive = this.#clock.after(this.#keepaliveMs, () => {
      this.#stream.comment('keep-alive');
      if (this.#closedAtMs === undefined) this.#scheduleKeepalive();
    });
  }

  #onClosed(): void {
    if (this.#closedAtMs !== undefined) return;
    this.#closedAtMs = this.#clock.now();
    this.#cancelKeepalive();
    for (const settle of this.#probes.values()) settle(false);
  }
}
