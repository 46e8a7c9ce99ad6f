import { IncomingMessage, type ServerResponse } from 'node:http';
import {
  Bodies,
  createClientAddress,
  createTrustedProxies,
  startHttpServer,
  type Configuration,
  type Connection,
  type HttpBounds,
} from '@agrenting-hiclaw/runtime';
import { getRequestListener } from '@hono/node-server';
import type { Evictions } from './evictions.ts';
import type { Answer, Receive } from '../webhook/receiver.ts';
import type { Exchange } from './exchange.ts';
import type { OtherRoutes } from './other-routes.ts';

export interface ServerOptions {
  readonly settings: Configuration['webhook'];
  readonly receive: Receive;
  /** Answers what is no webhook. */
  readonly others: OtherRoutes;
  readonly evictions: Evictions;
  readonly bounds?: Partial<HttpBounds> | undefined;
}

export interface WebhookServer {
  /** Where hirings are posted. */
  readonly webhookUrl: string;
  /** Takes nothing more in, and resolves when what was taken is answered. */
  close(): Promise<void>;
}

const LISTENS_AT = { section: 'webhook', hostVariable: 'ADAPTER_WEBHOOK_HOST', portVariable: 'WEBHOOK_PORT' };

const MEGABYTE = 1_024 * 1_024;
/** Of bodies whose sender has shown a key. */
const KEYED_BYTES = 64 * MEGABYTE;
/** Of bodies that are read before it is known who sent them, and of those that workers hand in. */
const OTHERS_BYTES = 16 * MEGABYTE;
/** As many of the largest bodies have room in any case. */
const LARGEST_AT_ONCE = 4;

/**
 * The bridge's server. The one route that hirings come by is answered by Node's own server, because every layer
 * before the answer is time in which a restart loses more; hono answers the others.
 */
export async function startServer(options: ServerOptions): Promise<WebhookServer> {
  const { settings, receive, others, evictions, bounds } = options;
  const { host, path, port, trustedProxies, maxBodyBytes } = settings;
  const clientOf = createClientAddress(trustedProxies, 'webhook.trustedProxies');
  const isTrusted = createTrustedProxies(trustedProxies, 'webhook.trustedProxies');
  const keyed = new Bodies({
    maxBodyBytes,
    ...shares(KEYED_BYTES, maxBodyBytes, 1),
    onEvicted: evictions.body,
  });
  const unproven = new Bodies({
    maxBodyBytes,
    ...shares(OTHERS_BYTES, maxBodyBytes, 4),
    onEvicted: evictions.body,
  });
  const handedIn = new Bodies({
    maxBodyBytes,
    ...shares(OTHERS_BYTES, maxBodyBytes, 4),
    onEvicted: evictions.body,
  });
  const senderOf = ({ socket, headers }: IncomingMessage): string =>
    clientOf(socket.remoteAddress, headerText(headers['x-forwarded-for']));
  const answerOthers = getRequestListener(async (request, { incoming }) => {
    // Of HTTP/2 there is none here.
    if (!(incoming instanceof IncomingMessage)) return new Response(null, { status: 505 });
    const client = senderOf(incoming);
    const exchange: Exchange = { client, readBody: async () => await handedIn.read(incoming, client) };
    return await others.fetch(request, exchange);
  });

  async function post(
    request: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
  ): Promise<void> {
    const client = senderOf(request);
    const answer = await receive({
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      client,
      async readBody(isKeyed) {
        // An authenticated client is never disconnected in favor of a stranger.
        if (isKeyed) connection.keep();
        return await (isKeyed ? keyed : unproven).read(request, client);
      },
    });
    if (answer.status === 200) connection.keep();
    send(request, response, answer);
    answer.afterwards?.();
  }

  const server = await startHttpServer({
    at: { ...LISTENS_AT, host, port },
    bounds,
    isTrusted,
    onEvicted: evictions.connection,
    answer(request, response, connection) {
      if (pathOf(request.url) === path) {
        // Whether anybody is there is asked without a key (Agrenting API reference, 6.3).
        if (request.method === 'HEAD') return void response.writeHead(200).end();
        if (request.method === 'POST') return void post(request, response, connection);
      }
      return void answerOthers(request, response);
    },
  });
  return { webhookUrl: `${server.url}${path}`, close: async () => await server.close() };
}

/** A network's share is a part of what there is, and each has room for some of the largest bodies. */
function shares(maxBytes: number, maxBodyBytes: number, networks: number) {
  const whole = Math.max(maxBytes, LARGEST_AT_ONCE * maxBodyBytes);
  return { maxBytes: whole, maxBytesOfNetwork: Math.max(whole / networks, maxBodyBytes) };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, retryAfterSeconds, headers: more }: Answer,
): void {
  if (response.destroyed || response.writableEnded) return;
  const text = JSON.stringify(body);
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...more,
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
