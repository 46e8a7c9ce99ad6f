import type { Store } from '@agrenting-hiclaw/store';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';

export interface OtherRoutesOptions {
  readonly store: Pick<Store, 'ready'>;
  readonly metrics: Registry;
  /** Where workers hand in results; none where that is off. */
  readonly results?: Hono | undefined;
}

/** A check writes to the disk, so that many who ask share one. */
const READY_FOR_MS = 1_000;

/**
 * What the webhook's port serves besides: `GET /health` (adapter page, C4), `GET /ready` (whether a hiring could be
 * kept now, or 503 with the reason) and `GET /metrics`; 404 as the adapter page has it elsewhere (C3).
 */
export function createOtherRoutes({ store, metrics, results }: OtherRoutesOptions): Hono {
  const app = new Hono();
  let checked: { readonly atMs: number; readonly readiness: ReturnType<Store['ready']> } | undefined;

  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/ready', async (context) => {
    const nowMs = performance.now();
    if (checked === undefined || nowMs - checked.atMs > READY_FOR_MS) {
      checked = { atMs: nowMs, readiness: store.ready() };
    }
    const readiness = await checked.readiness;
    return readiness.kind === 'ready'
      ? context.json({ ready: true, reasons: [] })
      : context.json({ ready: false, reasons: [readiness.why] }, 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics.metrics(), 200, { 'content-type': metrics.contentType }),
  );
  if (results !== undefined) app.route('/', results);
  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  return app;
}
