import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TrustedProxies } from './client-address.ts';
import { Connections, type Connection, type ConnectionBounds } from './connections.ts';
import { closeServer, hostInUrl, listen, type ListeningAt } from './http-listener.ts';

/** How long a connection may take, and how many there may be. */
export interface HttpBounds extends ConnectionBounds {
  /** Until the headers of a request are there. */
  readonly headersMs: number;
  /** Until the whole request is there. */
  readonly requestMs: number;
  /** How often those two are looked at. */
  readonly checkedEveryMs: number;
  /** A stranger's connection without a request. */
  readonly idleMs: number;
  /** That of somebody who has shown a right key: longer than gateways keep one, so that none sends into one that is just being closed. */
  readonly keptIdleMs: number;
  /** An answer that nobody reads. */
  readonly unreadMs: number;
  /** After this the requests that are still open at the end are cut off. */
  readonly closeWithinMs: number;
}

const BOUNDS: HttpBounds = {
  maxConnections: 2_048,
  maxOfNetwork: 512,
  headersMs: 10_000,
  requestMs: 30_000,
  checkedEveryMs: 2_000,
  idleMs: 5_000,
  keptIdleMs: 75_000,
  unreadMs: 120_000,
  closeWithinMs: 5_000,
};

export type Answering = (request: IncomingMessage, response: ServerResponse, connection: Connection) => void;

export interface HttpServerOptions {
  readonly at: ListeningAt;
  readonly answer: Answering;
  readonly bounds?: Partial<HttpBounds> | undefined;
  /** Proxies that bring requests of many: they are no strangers' network. */
  readonly isTrusted?: TrustedProxies | undefined;
  /** Told of each connection that was closed to make room. */
  readonly onEvicted?: (() => void) | undefined;
}

export interface HttpServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Takes nothing more in, and resolves when what was taken is answered or cut off. */
  close(): Promise<void>;
}

const NO_PROXY: TrustedProxies = () => false;
const STRANGER: Connection = { isKept: false, keep: () => undefined };

/** The frame of every server of ours: the same bounds hold for all. Rejects with `SettingError` where it may not listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { at, answer, isTrusted = NO_PROXY, onEvicted = () => undefined } = options;
  const bounds = { ...BOUNDS, ...options.bounds };
  const connections = new Connections(bounds, isTrusted, onEvicted);
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = connections.of(request.socket) ?? STRANGER;
    if (connection.isKept) connection.keep();
    else {
      response.once('finish', () => {
        if (!connection.isKept) request.socket.setTimeout(bounds.idleMs);
      });
    }
    answer(request, response, connection);
  };
  const server = createServer(
    {
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      connectionsCheckingInterval: bounds.checkedEveryMs,
      keepAliveTimeout: bounds.keptIdleMs,
    },
    take,
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response);
    take(request, response);
  });
  server.timeout = bounds.unreadMs;
  server.on('connection', (socket) => connections.add(socket));
  const port = await listen(server, at);
  return {
    url: `http://${hostInUrl(at.host)}:${port}`,
    close: async () => await closeServer(server, bounds.closeWithinMs),
  };
}

/** Asks for a body that is held back (`Expect: 100-continue`, RFC 9110, 10.1.1) only once somebody reads it: a refusal comes before it. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  // What comes after a refusal may be the body all the same: it is never taken for the next request.
  response.shouldKeepAlive = false;
  request.once('resume', () => {
    if (response.headersSent) return;
    response.shouldKeepAlive = shouldKeepAlive;
    response.writeContinue();
  });
}
