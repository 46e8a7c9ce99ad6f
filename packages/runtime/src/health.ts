import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { hostInUrl } from './http-listener.ts';
import { listenProblem } from './listen-problem.ts';

/** Whether the process can do its work now; every reason says what is wrong. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Registry;
  readiness(): Promise<Readiness>;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

const LISTENS_AT = {
  section: 'health',
  hostVariable: 'ADAPTER_HEALTH_HOST',
  portVariable: 'ADAPTER_HEALTH_PORT',
};

/**
 * Serves `GET /health` (the process lives), `GET /ready` (it can work, or 503 with the reasons) and
 * `GET /metrics` (Prometheus text).
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const app = new Hono();
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/ready', async (context) => {
    const readiness = await options.readiness();
    return context.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await options.metrics.metrics(), 200, { 'content-type': options.metrics.contentType }),
  );
  app.notFound((context) => context.json({ error: 'Not found' }, 404));

  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }, (address) => {
      resolve({
        url: `http://${hostInUrl(options.host)}:${address.port}`,
        close: async () =>
          await new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', (error: Error) => reject(listenProblem(error, LISTENS_AT, options)));
  });
}
