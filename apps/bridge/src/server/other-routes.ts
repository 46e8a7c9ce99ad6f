import type { Store } from '@agrenting-hiclaw/core/domain';
import { isOwnName, shared } from '@agrenting-hiclaw/runtime';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { ResultRoutes } from '../results/result-routes.ts';
import type { Exchange } from './exchange.ts';

export type OtherRoutes = Hono<{ Bindings: Exchange }>;

export interface OtherRoutesOptions {
  readonly store: Pick<Store, 'ready'>;
  readonly metrics: Registry;
  /** Where the server listens. */
  readonly host: string;
  /** Where workers hand in results; none where that is off. */
  readonly results?: ResultRoutes | undefined;
}

/** A check writes to the disk, so that many who ask share one. */
const READY_FOR_MS = 1_000;

/**
 * What the webhook's port serves besides: `GET /health` (adapter page, C4), `GET /ready` (whether a hiring could be
 * kept now, or 503 with the reason) and `GET /metrics`; 404 as the adapter page has it elsewhere (C3).
 */
export function createOtherRoutes({ store, metrics, host, results }: OtherRoutesOptions): OtherRoutes {
  const app: OtherRoutes = new Hono();
  const ready = shared(async () => await store.ready(), READY_FOR_MS);
  const appMetrics = shared(async () => await metrics.metrics(), 0);

  // These are for the operator of the bridge; the webhook and results are accepted under any host name.
  for (const path of ['/health', '/ready', '/metrics']) {
    app.use(path, async ({ req, json }, next) => {
      if (isOwnName(req.header('host'), host)) return await next();
      return json({ error: 'Misdirected request' }, 421);
    });
  }
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/ready', async (context) => {
    const readiness = await ready();
    return readiness.kind === 'ready'
      ? context.json({ ready: true, reasons: [] })
      : context.json({ ready: false, reasons: [readiness.why] }, 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await appMetrics(), 200, { 'content-type': metrics.contentType }),
  );
  if (results !== undefined) app.route('/', results);
  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  return app;
}
