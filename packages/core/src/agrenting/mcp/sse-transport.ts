import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { inQuotes, type AgentId } from '../../domain/index.ts';
import type { AgentAccess } from '../agent-access.ts';
import type { RestClient } from '../rest-client.ts';
import { DisconnectedError, NotTakenError, type Disconnect } from './disconnect.ts';
import { resolveEndpoint } from './endpoint.ts';
import { readEventStream } from './event-stream.ts';
import { parseJsonRpc, type Incoming } from './json-rpc.ts';
import type { Form, McpCredentials } from './mcp-credentials.ts';
import { openStream } from './open-stream.ts';
import { postMessage, type Posted } from './post-message.ts';
import { PendingRequests } from './pending-requests.ts';

/** Answers to the server that are under way at once; a storm of requests is not answered beyond it. */
const MAX_ANSWERS = 64;

/** The end that nobody but ourselves wanted. */
export const CLOSED: Disconnect = { cause: 'ended', problem: 'closed by the adapter' };

export interface TransportLimits {
  /** Until the server answers the GET. */
  readonly connectTimeoutMs: number;
  /** From there until the first event. */
  readonly endpointTimeoutMs: number;
  /** For one POST and its answer. */
  readonly postTimeoutMs: number;
  /** Bound of one event, and in bytes of one POST's answer. */
  readonly maxEventCharacters: number;
}

export interface TransportOptions {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly credentials: McpCredentials;
  readonly limits: TransportLimits;
  /** Called when the place for messages is known. */
  readonly onConnected: () => void;
  readonly onAnomaly: (problem: string) => void;
}

/**
 * One connection to the MCP server: a stream that is read and messages that are posted, with
 * answers taken from either, whichever comes first (Agrenting API reference, 7.2). Made for the
 * SDK's `Client`, whose own SSE transport discards the bodies of POSTs, refuses a foreign endpoint,
 * and reconnects without a handshake. It serves once: after a drop a new one is made.
 */
export class SseTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;

  /** When the stream last gave a byte. */
  lastByteAtMs: number | undefined;
  /** When the server last answered a POST. */
  lastAnswerAtMs: number | undefined;
  /** When the server last asked whether we are there. */
  lastProbeAtMs: number | undefined;
  /** True when the server turned the standard notification of readiness down. */
  initializedRefused = false;
  /** Why the connection ended; undefined while it lives. */
  drop: Disconnect | undefined;
  /** Resolves with that reason. */
  readonly closed: Promise<Disconnect>;

  readonly #options: TransportOptions;
  readonly #ledger = new PendingRequests();
  readonly #closing = new AbortController();
  readonly #endpoint = Promise.withResolvers<string>();
  readonly #ended = Promise.withResolvers<Disconnect>();
  #endpointUrl: string | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #form: Form | undefined;
  #answersUnderWay = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.closed = this.#ended.promise;
    // Nobody may be waiting for it when it fails.
    this.#endpoint.promise.catch(() => undefined);
  }

  /** Opens the stream and resolves when the place for messages is known; rejects with a `DroppedError`. */
  async start(): Promise<void> {
    const { client, agentId, access, credentials, limits } = this.#options;
    const connected = this.#dropAfter(limits.connectTimeoutMs, {
      cause: 'unreachable',
      problem: `${client.baseUrl} did not open the event stream within ${limits.connectTimeoutMs / 1000} s`,
    });
    const { signal } = this.#closing;
    const opened = await openStream({ client, agentId, access, credentials, signal });
    connected();
    if (this.drop !== undefined) throw new DisconnectedError(this.drop);
    if (opened.kind === 'dropped') throw this.end(opened.drop);
    this.#headers = opened.headers;
    this.#form = opened.form;
    const named = this.#dropAfter(limits.endpointTimeoutMs, {
      cause: 'no_endpoint',
      problem:
        `${client.baseUrl} opened the event stream but named no place for messages within ` +
        `${limits.endpointTimeoutMs / 1000} s: if there is a proxy in front of it, switch off its response buffering`,
    });
    void this.#read(opened.body);
    try {
      await this.#endpoint.promise;
    } finally {
      named();
    }
    this.#options.onConnected();
  }

  /** Posts one message on its own; rejects when it was a request that no answer can be expected for. */
  async send(message: JSONRPCMessage): Promise<void> {
    const url = await this.#endpoint.promise;
    if (!('method' in message)) return this.#answer(url, message);
    const outgoing = this.#ledger.outgoing(message);
    if (outgoing === undefined) return;
    const { wire, key } = outgoing;
    const objection = this.#take(await this.#post(url, wire), key);
    // After the end of the connection nothing is the fault of the message.
    if (objection === undefined || this.drop !== undefined) return;
    if (key === undefined) {
      this.initializedRefused ||= message.method === 'notifications/initialized';
      this.#anomaly(`the server did not take ${message.method}: ${inQuotes(objection.message)}`);
    } else if (this.#ledger.waits(key)) {
      this.#ledger.forget(key);
      throw objection;
    }
  }

  async close(): Promise<void> {
    this.end(CLOSED);
    return Promise.resolve();
  }

  /** Ends the connection for this reason, unless it has ended already; gives the error that says why. */
  end(drop: Disconnect): DisconnectedError {
    if (this.drop !== undefined) return new DisconnectedError(this.drop);
    this.drop = drop;
    const error = new DisconnectedError(drop);
    this.#closing.abort();
    this.#endpoint.reject(error);
    this.#ended.resolve(drop);
    this.onclose?.();
    return error;
  }

  async #answer(url: string, message: JSONRPCMessage): Promise<void> {
    if (this.#answersUnderWay >= MAX_ANSWERS) {
      this.#anomaly(`${MAX_ANSWERS} requests of the server are being answered: the next one is not`);
      return;
    }
    this.#answersUnderWay += 1;
    try {
      const objection = this.#take(await this.#post(url, message), undefined);
      if (objection !== undefined)
        this.#anomaly(`the server did not take our answer: ${inQuotes(objection.message)}`);
    } finally {
      this.#answersUnderWay -= 1;
    }
  }

  #anomaly(problem: string): void {
    if (this.drop === undefined) this.#options.onAnomaly(problem);
  }

  #dropAfter(waitMs: number, drop: Disconnect): () => void {
    const done = new AbortController();
    void this.#options.client.clock.sleep(waitMs, done.signal).then(() => {
      if (!done.signal.aborted) this.end(drop);
    });
    return () => done.abort();
  }

  async #read(body: ReadableStream): Promise<void> {
    const { client, limits } = this.#options;
    const sink = {
      onBytes: () => {
        this.lastByteAtMs = client.clock.nowMs();
      },
      onEvent: (name: string, data: string) => this.#takeEvent(name, data),
      onOversized: () =>
        this.#anomaly(`an event of more than ${limits.maxEventCharacters} characters was left out`),
    };
    const cause = await readEventStream(body, sink, limits.maxEventCharacters);
    const problem = cause === 'ended' ? 'the server closed the event stream' : 'the event stream was cut off';
    this.end({ cause, problem });
  }

  #takeEvent(name: string, data: string): void {
    if (name === 'endpoint') return this.#takeEndpoint(data);
    if (name !== 'message') return;
    for (const incoming of parseJsonRpc(data)) {
      if (incoming.kind === 'alien') this.#anomaly('something that is no JSON-RPC came on the event stream');
      else this.#deliver(incoming);
    }
  }

  #takeEndpoint(data: string): void {
    const { client } = this.#options;
    const endpoint = resolveEndpoint(data, client.baseUrl);
    if (endpoint.kind === 'foreign') {
      this.end({ cause: 'foreign_endpoint', problem: endpoint.problem });
      return;
    }
    if (this.#endpointUrl !== undefined && this.#endpointUrl !== endpoint.url) {
      this.end({ cause: 'session_gone', problem: 'the server started another session on the same stream' });
      return;
    }
    if (endpoint.rewrittenFrom !== undefined) {
      this.#anomaly(`the server names ${endpoint.rewrittenFrom} for messages; they go to ${client.baseUrl}`);
    }
    this.#endpointUrl = endpoint.url;
    this.#endpoint.resolve(endpoint.url);
  }

  #deliver(incoming: Exclude<Incoming, { kind: 'alien' }>, postedKey?: string): void {
    if (this.drop !== undefined) return;
    if (incoming.kind === 'request' && incoming.message.method === 'ping') {
      this.lastProbeAtMs = this.#options.client.clock.nowMs();
    }
    if (incoming.kind !== 'response') {
      this.onmessage?.(incoming.message);
      return;
    }
    if ('error' in incoming.outcome && namesLostSession(incoming.outcome.error.message)) {
      this.end({ cause: 'session_gone', problem: 'the server no longer knows the session' });
      return;
    }
    const message = this.#ledger.incoming(incoming, postedKey);
    if (message !== undefined) this.onmessage?.(message);
  }

  async #post(url: string, wire: JSONRPCMessage): Promise<Posted> {
    const { client, agentId, access, limits } = this.#options;
    return postMessage({
      client,
      agentId,
      access,
      url,
      headers: this.#headers,
      wire,
      timeoutMs: limits.postTimeoutMs,
      maxAnswerBytes: limits.maxEventCharacters,
      signal: this.#closing.signal,
    });
  }

  /** Takes what a POST brought; gives the server's objection, if there is one. */
  #take(posted: Posted, key: string | undefined): Error | undefined {
    if (posted.kind === 'failed') return new NotTakenError(posted.problem);
    if (posted.kind === 'limited')
      return new NotTakenError('the request budget of the agent is used up', 429);
    if (posted.kind === 'dropped') {
      if (posted.status !== 401) return this.end(posted.drop);
      // Some servers say so of a session that is over: opening the stream again shows which it is.
      if (this.lastAnswerAtMs !== undefined) {
        const problem = 'the server accepts no more messages of this session (HTTP 401)';
        return this.end({ cause: 'session_gone', problem });
      }
      if (this.#form !== undefined) this.#options.credentials.refuse(this.#form);
      return this.end(posted.drop);
    }
    this.lastAnswerAtMs = this.#options.client.clock.nowMs();
    if (posted.text === undefined) this.#anomaly('the answer to a message was too large or broke off');
    let errors = false;
    for (const incoming of parseJsonRpc(posted.text ?? '')) {
      // "{}", "Accepted" and nothing say that the answer comes on the stream.
      if (incoming.kind === 'alien') continue;
      errors ||= incoming.kind === 'response' && 'error' in incoming.outcome;
      this.#deliver(incoming, key);
    }
    if (!posted.ok) return new NotTakenError(`HTTP ${posted.status}`, posted.status);
    return errors && key === undefined ? new NotTakenError('an error') : undefined;
  }
}

function namesLostSession(message: string): boolean {
  return (
    // theirs: of the marketplace
    /\bsession\b/i.test(message) &&
    // theirs: of the marketplace
    /\b(?:not found|unknown|expired|invalid|gone|closed|no such)\b/i.test(message)
  );
}
