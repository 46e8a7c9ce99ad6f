import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { isOwnName } from './own-name.ts';
import { shared } from './shared.ts';
import { startHttpServer, type HttpServer } from './http-server.ts';

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

const LISTENS_AT = {
  section: 'health',
  hostVariable: 'ADAPTER_HEALTH_HOST',
  portVariable: 'ADAPTER_HEALTH_PORT',
};

/** A check writes to the disk. */
const READY_FOR_MS = 1_000;
/** A probe or a scrape takes moments. */
const BOUNDS = { maxConnections: 256, maxOfNetwork: 64, closeWithinMs: 100 };

/**
 * Serves `GET /health` (the process lives), `GET /ready` (it can work, or 503 with the reasons) and
 * `GET /metrics` (Prometheus text).
 */
export async function startHealthServer(options: HealthOptions): Promise<HttpServer> {
  const app = new Hono();
  const readiness = shared(async () => await options.readiness(), READY_FOR_MS);
  const metrics = shared(async () => await options.metrics.metrics(), 0);
  app.use(async ({ req, json }, next) => {
    if (isOwnName(req.header('host'), options.host)) return await next();
    return json({ error: 'Misdirected request' }, 421);
  });
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/ready', async (context) => {
    const found = await readiness();
    return context.json(found, found.ready ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics(), 200, { 'content-type': options.metrics.contentType }),
  );
  app.notFound((context) => context.json({ error: 'Not found' }, 404));

  const answer = getRequestListener(app.fetch);
  return await startHttpServer({
    at: { ...LISTENS_AT, host: options.host, port: options.port },
    bounds: BOUNDS,
    answer: (request, response) => void answer(request, response),
  });
}
