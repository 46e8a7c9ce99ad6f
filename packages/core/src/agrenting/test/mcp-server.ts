import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { BaseUrl } from '../base-url.ts';
import { sendJson, startHttpServer, type Received } from './http-server.ts';

/** Which channel brings answers (Agrenting API reference, 7.2). */
export const RPC_CHANNELS = ['stream', 'body', 'both', 'empty object', 'text', 'list in body'] as const;
export type RpcChannel = (typeof RPC_CHANNELS)[number];

const rpc = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({ uri: z.string().optional() }).optional(),
});

/** A message that a client posted, with the session it was posted to. */
export type Posted = z.infer<typeof rpc> & { readonly session: string };

export interface McpServerOptions {
  readonly channel?: RpcChannel;
  /** Text of the `endpoint` event; undefined sends none. */
  readonly endpoint?: (session: string, baseUrl: BaseUrl) => string | undefined;
  /** Takes an HTTP request in the server's place; true when it did. */
  readonly intercept?: (request: Received, response: ServerResponse) => boolean;
  /** Gives what to answer a JSON-RPC request with, in the server's place; `silence` answers nothing. */
  readonly answer?: (message: Posted) => { result: unknown } | { error: unknown } | 'silence' | undefined;
}

export interface McpServer {
  readonly baseUrl: BaseUrl;
  readonly received: readonly Received[];
  /** Every JSON-RPC message that was posted, in order. */
  readonly posted: readonly Posted[];
  /** The documents of `hiring://pending`. */
  pending: unknown[];
  /** How many streams are open. */
  openStreams(): number;
  /** Writes to every stream as it is. */
  write(text: string | Uint8Array): void;
  /** Sends a JSON-RPC message on every stream. */
  push(message: unknown): void;
  /** Says that the pending list changed. */
  notify(): void;
  /** Ends every stream: in order, or by cutting the connection. */
  drop(how: 'end' | 'cut'): void;
  close(): Promise<void>;
}

/** A small MCP server over HTTP+SSE, 2024-11-05, with the hirings of one agent. */
export async function startMcpServer(options: McpServerOptions = {}): Promise<McpServer> {
  const { channel = 'stream', endpoint = (session) => `/mcp/messages/${session}` } = options;
  const streams = new Map<string, ServerResponse>();
  const posted: Posted[] = [];
  const server = await startHttpServer((request, response) => {
    if (options.intercept?.(request, response) === true) return;
    if (request.method === 'GET' && request.path === '/mcp/sse') return open(response);
    const session = request.path.replace('/mcp/messages/', '');
    if (!streams.has(session)) return sendJson(response, 404, { errors: [{ code: 'NOT_FOUND' }] });
    receive(session, rpc.parse(JSON.parse(request.body)), response);
  });

  function open(response: ServerResponse): void {
    const session = randomUUID();
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    streams.set(session, response);
    response.on('close', () => streams.delete(session));
    const place = endpoint(session, server.baseUrl);
    response.write(place === undefined ? ': opened\n\n' : `event: endpoint\ndata: ${place}\n\n`);
  }

  function receive(session: string, message: z.infer<typeof rpc>, response: ServerResponse): void {
    posted.push({ ...message, session });
    if (message.id === undefined || message.method === undefined) {
      response.writeHead(202).end();
      return;
    }
    const outcome = options.answer?.({ ...message, session }) ?? standardAnswer(message);
    const answer = outcome === 'silence' ? undefined : { jsonrpc: '2.0', id: message.id, ...outcome };
    if (answer !== undefined && channel !== 'body' && channel !== 'list in body') {
      streams.get(session)?.write(event(answer));
    }
    if (answer === undefined || channel === 'stream') response.writeHead(202).end();
    else if (channel === 'empty object') sendJson(response, 200, {});
    else if (channel === 'text') response.end('Accepted');
    else sendJson(response, 200, channel === 'list in body' ? [answer] : answer);
  }

  function standardAnswer({ method, params }: z.infer<typeof rpc>): { result: unknown } | { error: unknown } {
    switch (method ?? '') {
      case 'initialize': {
        const capabilities = { tools: {}, resources: { subscribe: true }, prompts: {} };
        const serverInfo = { name: 'test', version: '0' };
        return { result: { protocolVersion: '2024-11-05', capabilities, serverInfo } };
      }
      case 'resources/subscribe':
      case 'ping':
        return { result: {} };
      case 'resources/read': {
        if (params?.uri !== 'hiring://pending')
          return { error: { code: -32_002, message: 'Resource not found' } };
        const text = JSON.stringify(mcp.pending);
        return { result: { contents: [{ uri: params.uri, mimeType: 'application/json', text }] } };
      }
      default:
        return { error: { code: -32_601, message: 'Method not found' } };
    }
  }

  const mcp: McpServer = {
    baseUrl: server.baseUrl,
    received: server.received,
    posted,
    pending: [],
    openStreams: () => streams.size,
    write: (text) => streams.forEach((stream) => stream.write(text)),
    push: (message) => mcp.write(event(message)),
    notify: () =>
      mcp.push({
        jsonrpc: '2.0',
        method: 'notifications/resources/updated',
        params: { uri: 'hiring://pending' },
      }),
    drop: (how) => streams.forEach((stream) => (how === 'end' ? stream.end() : stream.destroy())),
    close: async () => server.close(),
  };
  return mcp;
}

function event(message: unknown): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
