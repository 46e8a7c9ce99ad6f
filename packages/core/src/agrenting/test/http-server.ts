import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseBaseUrl, type BaseUrl } from '../base-url.ts';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HttpServer {
  readonly baseUrl: BaseUrl;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** A server on a free port of 127.0.0.1 that answers as the test says. */
export async function startHttpServer(
  handle: (request: Received, response: ServerResponse) => void | Promise<void>,
): Promise<HttpServer> {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await text(incoming);
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body };
      received.push(request);
      await handle(request, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const outcome = parseBaseUrl(`http://127.0.0.1:${address.port}`);
  if (outcome.kind === 'invalid') throw new Error(outcome.problem);
  return {
    baseUrl: outcome.baseUrl,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
