import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import {
  createTrustedProxies,
  startHttpServer,
  type Configuration,
  type HttpServer,
} from '@agrenting-hiclaw/runtime';
import { getRequestListener } from '@hono/node-server';
import type { Incoming } from '../access/guard.ts';

/** Answers requests as they came in. */
export interface Answering {
  readonly fetch: (request: Request, incoming: Incoming) => Response | Promise<Response>;
}

const LISTENS_AT = {
  section: 'admin',
  hostVariable: 'ADAPTER_ADMIN_HOST',
  portVariable: 'ADAPTER_ADMIN_PORT',
};
const BOUNDS = { maxConnections: 512, maxOfNetwork: 128, closeWithinMs: 2_000 };

/** Listens for operators. */
export async function startServer(
  { host, port, trustedProxies }: Pick<Configuration['admin'], 'host' | 'port' | 'trustedProxies'>,
  api: Answering,
): Promise<HttpServer> {
  const kept = new WeakMap<IncomingMessage | Http2ServerRequest, () => void>();
  const answer = getRequestListener(
    async (request, { incoming, outgoing }) =>
      await api.fetch(request, {
        peer: incoming.socket.remoteAddress,
        keep: () => kept.get(incoming)?.(),
        isBrokenOff: () => incoming.readableAborted,
        breakOff: () => outgoing.destroy(),
      }),
  );
  return await startHttpServer({
    at: { ...LISTENS_AT, host, port },
    bounds: BOUNDS,
    isTrusted: createTrustedProxies(trustedProxies, 'admin.trustedProxies'),
    answer(request, response, connection) {
      kept.set(request, () => connection.keep());
      void answer(request, response);
    },
  });
}
