import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { outsideText } from '../outside-text.ts';
import { NotTakenError, type Disconnect } from './disconnect.ts';
import {
  isUnknownTool,
  offeredTools,
  promptText,
  toolCall,
  toolOutcome,
  type OfferedTool,
  type ToolOutcome,
  type ToolUse,
} from './tools.ts';
import { CLOSED, SseTransport, type TransportOptions } from './sse-transport.ts';
import { DebouncedSignal } from './debounced-signal.ts';

const PENDING_URI = 'hiring://pending';

const readResult = z.looseObject({ contents: z.array(z.unknown()).nullish() });
const anyResult = z.looseObject({});
const content = z.object({ text: z.string().optional(), blob: z.string().optional() });

export interface McpSessionOptions extends TransportOptions {
  /** Ends the connection, whatever it is doing. */
  readonly stop: AbortSignal;
  /** For one request and its answer, on whatever channel. */
  readonly requestTimeoutMs: number;
  /** Called when the server says that the pending list changed. */
  readonly onUpdated: () => void;
}

export type OpenedSession =
  | { readonly kind: 'open'; readonly session: McpSession }
  | { readonly kind: 'dropped'; readonly drop: Disconnect };

export type ResourceRead =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** The server answered with an error. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** There was no answer. */
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * Opens one connection and brings it to where updates come: stream, `initialize`, readiness,
 * subscription (Agrenting API reference, 7.3). Nothing of an earlier connection is used again.
 */
export async function openMcpSession(options: McpSessionOptions): Promise<OpenedSession> {
  const transport = new SseTransport(options);
  const session = new McpSession(transport, options);
  const stop = (): void => void transport.close();
  options.stop.addEventListener('abort', stop, { once: true });
  void transport.closed.then(() => options.stop.removeEventListener('abort', stop));
  if (options.stop.aborted) stop();
  const problem = await session.shakeHands();
  if (problem === undefined && transport.drop === undefined) return { kind: 'open', session };
  const failed: Disconnect = { cause: 'handshake_failed', problem: problem ?? 'the handshake failed' };
  const { drop } = transport.end(failed);
  // The SDK closes the transport automatically when its part of the handshake fails.
  return { kind: 'dropped', drop: drop === CLOSED ? failed : drop };
}

/** One connection's life. */
export class McpSession {
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<Disconnect>;
  /** False when the server refused the subscription. */
  updates = true;
  /** Wished for by every read without an answer: the connection may be dead. */
  readonly suspicion: DebouncedSignal;

  readonly #transport: SseTransport;
  readonly #options: McpSessionOptions;
  readonly #client: Client;
  #tools: readonly OfferedTool[] | undefined;

  constructor(transport: SseTransport, options: McpSessionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#client = new Client({ name: 'agrenting-hiclaw', version: '1' }, { capabilities: {} });
    this.closed = transport.closed;
    this.suspicion = new DebouncedSignal(options.client.clock);
    this.#client.fallbackNotificationHandler = async ({ method }) => {
      if (method === 'notifications/resources/updated') options.onUpdated();
      return Promise.resolve();
    };
  }

  get lastByteAtMs(): number | undefined {
    return this.#transport.lastByteAtMs;
  }

  get lastProbeAtMs(): number | undefined {
    return this.#transport.lastProbeAtMs;
  }

  /** When the server last showed life on either channel. */
  get lastLifeAtMs(): number {
    return Math.max(this.#transport.lastByteAtMs ?? 0, this.#transport.lastAnswerAtMs ?? 0);
  }

  /** True when the connection has ended. */
  get ended(): boolean {
    return this.#transport.drop !== undefined;
  }

  /** Connects, initializes, subscribes; gives what went wrong, if it did. */
  async shakeHands(): Promise<string | undefined> {
    const timeout = this.#options.requestTimeoutMs;
    let step = 'initialize';
    try {
      await this.#client.connect(this.#transport, { timeout });
      step = 'resources/subscribe';
      if (this.#transport.initializedRefused) await this.#sayInitialized();
      let refusal = await this.#subscribe();
      if (refusal !== undefined && /not (?:yet )?initiali[sz]ed|uninitiali[sz]ed/i.test(refusal)) {
        await this.#sayInitialized();
        refusal = await this.#subscribe();
      }
      this.updates = refusal === undefined;
      if (!this.updates) {
        this.#options.onAnomaly(
          `the server refuses to announce new work, so the list is read more often: ${refusal}`,
        );
      }
      return undefined;
    } catch (error) {
      return `unexpected answer of the server to "${step}": ${words(error)}`;
    }
  }

  async readPending(): Promise<ResourceRead> {
    return this.read(PENDING_URI);
  }

  /** Reads a resource; the texts are documents with repository tokens: never logged. */
  async read(uri: string): Promise<ResourceRead> {
    try {
      const { contents } = await this.#client.request(
        { method: 'resources/read', params: { uri } },
        readResult,
        { timeout: this.#options.requestTimeoutMs },
      );
      return { kind: 'texts', texts: (contents ?? []).map((item) => textOf(item)) };
    } catch (error) {
      if (isAnswer(error)) return { kind: 'refused', problem: words(error) };
      this.suspicion.request();
      return { kind: 'failed', problem: words(error) };
    }
  }

  /** Uses one of the agent's tools; the list of tools is asked for once in a session (Agrenting API reference, 7.5). */
  async useTool(use: ToolUse): Promise<ToolOutcome> {
    const timeout = this.#options.requestTimeoutMs;
    try {
      this.#tools ??= offeredTools(
        await this.#client.request({ method: 'tools/list', params: {} }, anyResult, { timeout }),
      );
    } catch (error) {
      if (isAnswer(error)) return { kind: 'missing' };
      this.suspicion.request();
      return { kind: 'unavailable', problem: words(error) };
    }
    const call = toolCall(use, this.#tools);
    if (call === undefined) return { kind: 'missing' };
    try {
      const params = { name: call.name, arguments: call.arguments };
      return toolOutcome(
        await this.#client.request({ method: 'tools/call', params }, anyResult, { timeout }),
      );
    } catch (error) {
      if (error instanceof McpError && isAnswer(error) && isUnknownTool(error.code, error.message)) {
        // What was listed before is no longer so.
        this.#tools = undefined;
        return { kind: 'missing' };
      }
      if (isAnswer(error)) return { kind: 'refused', problem: words(error) };
      this.suspicion.request();
      return { kind: 'unknown', problem: words(error) };
    }
  }

  /** The text of a prompt; undefined when the server does not give it. */
  async readPrompt(name: string): Promise<string | undefined> {
    try {
      const request = { method: 'prompts/get', params: { name } };
      return promptText(
        await this.#client.request(request, anyResult, { timeout: this.#options.requestTimeoutMs }),
      );
    } catch {
      return undefined;
    }
  }

  /** Asks for a sign of life; any answer is one. */
  async ping(timeout: number): Promise<boolean> {
    try {
      await this.#client.request({ method: 'ping' }, ResultSchema, { timeout });
      return true;
    } catch (error) {
      return isAnswer(error);
    }
  }

  end(drop: Disconnect): void {
    this.#transport.end(drop);
  }

  /** The subscription; gives the server's refusal, if there is one, and rejects without an answer. */
  async #subscribe(): Promise<string | undefined> {
    try {
      const request = { method: 'resources/subscribe', params: { uri: PENDING_URI } };
      await this.#client.request(request, ResultSchema, { timeout: this.#options.requestTimeoutMs });
      return undefined;
    } catch (error) {
      if (isAnswer(error)) return words(error);
      throw error;
    }
  }

  /** The name that the marketplace's page uses for it (Agrenting API reference, 15 #8). */
  async #sayInitialized(): Promise<void> {
    await this.#client.notification({ method: 'initialized', params: {} });
  }
}

/** True for an error that the server sent, as opposed to one about its silence. */
function isAnswer(error: unknown): boolean {
  // To be limited is to be known: a new connection would only add to what was too much.
  if (error instanceof NotTakenError) return error.status === 429;
  if (!(error instanceof McpError)) return false;
  const { code, message } = error;
  // theirs: of the MCP SDK, which gives servers' errors the same codes
  if (code === ErrorCode.ConnectionClosed.valueOf()) return !message.includes('Connection closed');
  // theirs: of the MCP SDK
  return code !== ErrorCode.RequestTimeout.valueOf() || !message.includes('Request timed out');
}

/** What is there but is no text is given as it came, so that it is seen to be malformed and not lost. */
function textOf(item: unknown): string {
  const parsed = content.safeParse(item);
  if (parsed.success && parsed.data.blob === undefined) return parsed.data.text ?? '';
  return JSON.stringify(item) ?? '';
}

function words(error: unknown): string {
  if (error instanceof z.ZodError) return 'the answer has an unexpected form';
  return error instanceof Error ? outsideText(error.message) : 'an unknown error';
}
