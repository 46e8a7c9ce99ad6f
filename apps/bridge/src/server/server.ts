import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  closeServer,
  createClientAddress,
  hostInUrl,
  listen,
  type Configuration,
} from '@agrenting-hiclaw/runtime';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Answer, Receive } from '../webhook/receiver.ts';
import { Bodies } from './body.ts';

export interface ServerOptions {
  readonly settings: Configuration['webhook'];
  readonly receive: Receive;
  /** Answers what is no webhook. */
  readonly others: Hono;
  readonly patience?: Patience | undefined;
}

export interface WebhookServer {
  /** Where hirings are posted. */
  readonly webhookUrl: string;
  /** Takes nothing more in, and resolves when what was taken is answered. */
  close(): Promise<void>;
}

const LISTENS_AT = { section: 'webhook', hostVariable: 'ADAPTER_WEBHOOK_HOST', portVariable: 'WEBHOOK_PORT' };

/** How long slow senders may hold a connection. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkedEveryMs: number;
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, checkedEveryMs: 2_000 };
/** Longer than gateways keep an idle connection, so that none of them sends into one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;
const MAX_CONNECTIONS = 4_096;
/** After this the requests that are still open at the end are cut off. */
const CLOSE_WITHIN_MS = 5_000;

/**
 * The bridge's server. The one route that hirings come by is answered by Node's own server, because every layer
 * before the answer is time in which a restart loses more; hono answers the others.
 */
export async function startServer({
  settings,
  receive,
  others,
  patience = PATIENCE,
}: ServerOptions): Promise<WebhookServer> {
  const clientOf = createClientAddress(settings.trustedProxies, 'webhook.trustedProxies');
  const bodies = new Bodies(settings.maxBodyBytes);
  const answerOthers = getRequestListener(others.fetch);

  async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = clientOf(request.socket.remoteAddress, headerText(request.headers['x-forwarded-for']));
    const answer = await receive({
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      client,
      readBody: async () => await bodies.read(request),
    });
    send(request, response, answer);
    answer.afterwards?.();
  }

  const server = createServer(
    {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.checkedEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      if (pathOf(request.url) === settings.path) {
        // Whether anybody is there is asked without a key (Agrenting API reference, 6.3).
        if (request.method === 'HEAD') return void response.writeHead(200).end();
        if (request.method === 'POST') return void post(request, response);
      }
      return void answerOthers(request, response);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  const { host, path } = settings;
  const port = await listen(server, { ...LISTENS_AT, host, port: settings.port });
  return {
    webhookUrl: `http://${hostInUrl(host)}:${port}${path}`,
    close: async () => await closeServer(server, CLOSE_WITHIN_MS),
  };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, retryAfterSeconds }: Answer,
): void {
  if (response.destroyed || response.writableEnded) return;
  const text = JSON.stringify(body);
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = retryAfterSeconds;
  // What was not read of a request must not be taken for the next one.
  if (!request.complete) headers['connection'] = 'close';
  response.writeHead(status, headers).end(text);
}

/** Without its query and a slash at its end. */
function pathOf(url = ''): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
