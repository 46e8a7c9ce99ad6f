import { createServer } from 'node:http';
import { closeServer, hostInUrl, listen, type Configuration } from '@agrenting-hiclaw/runtime';
import { getRequestListener } from '@hono/node-server';

export interface AdminServer {
  readonly url: string;
  /** Takes nothing more in, and resolves when what was taken is answered or cut off. */
  close(): Promise<void>;
}

/** Answers requests of a peer. */
export interface Answering {
  readonly fetch: (
    request: Request,
    env: { readonly peer?: string | undefined },
  ) => Response | Promise<Response>;
}

const LISTENS_AT = {
  section: 'admin',
  hostVariable: 'ADAPTER_ADMIN_HOST',
  portVariable: 'ADAPTER_ADMIN_PORT',
};
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };
const MAX_CONNECTIONS = 512;
const CLOSE_WITHIN_MS = 2_000;

/** Listens for operators. */
export async function startServer(
  { host, port }: Pick<Configuration['admin'], 'host' | 'port'>,
  api: Answering,
): Promise<AdminServer> {
  const answer = getRequestListener(
    async (request, { incoming }) => await api.fetch(request, { peer: incoming.socket.remoteAddress }),
  );
  const server = createServer({ ...PATIENCE, maxHeaderSize: 16_384 }, (request, response) => {
    void answer(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const bound = await listen(server, { ...LISTENS_AT, host, port });
  return {
    url: `http://${hostInUrl(host)}:${bound}`,
    close: async () => await closeServer(server, CLOSE_WITHIN_MS),
  };
}
