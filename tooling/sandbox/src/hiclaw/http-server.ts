import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface HttpServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Ends open requests, too. */
  close(): Promise<void>;
}

export type Listener = (incoming: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Listens; port 0 takes a free one. Rejects when the port cannot be had. */
export const listen = (listener: Listener, host: string, port: number): Promise<HttpServer> => {
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, response) => {
    listener(incoming, response).catch((error: unknown) => {
      console.error('sandbox:', error);
      response.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
      const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      resolve({
        url: `http://${shownHost}:${address.port}`,
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => {
              closed();
            });
            server.closeAllConnections();
          }),
      });
    });
  });
};
