// What is measured, in a process of its own: the bridge's intake, or a bare hono server that parses and answers. Says where
// it listens, and how much memory it has when it is asked.
import { openRuntime } from '@agrenting-hiclaw/app';
import { startWebhookIntake } from '@agrenting-hiclaw/bridge/intake';
import { checkConfiguration, createEngineMetrics } from '@agrenting-hiclaw/runtime';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { agentIdOf } from '../seller.ts';
import { BENCH_KEY, BENCH_SECRET, serveOrderSchema, WEBHOOK_PATH, type ServeOrder } from './orders.ts';

const order = serveOrderSchema.parse(JSON.parse(process.argv[2] ?? ''));
process.on('disconnect', () => process.exit());
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ rssBytes: process.memoryUsage().rss });
});
process.send?.({ url: await (order.kind === 'bare' ? serveBare() : serveBridge(order)) });

async function serveBare(): Promise<string> {
  const app = new Hono();
  app.post(WEBHOOK_PATH, async (context) => {
    await context.req.json();
    return context.json({ status: 'accepted' });
  });
  return await new Promise((resolve) => {
    serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
}

/** As it is by default, with a signature besides; no engine shares the process, and no marketplace is asked. */
async function serveBridge({ storeFile, storeKey }: ServeOrder): Promise<string> {
  const loaded = await checkConfiguration(
    {
      marketplace: { baseUrl: 'http://127.0.0.1:9' },
      agents: [{ id: agentIdOf(0), key: 'bench', worker: 'alice' }],
      matrix: { homeserverUrl: 'http://127.0.0.1:9', userId: '@agrenting:bench', accessToken: 'bench' },
      storage: { endpoint: 'http://127.0.0.1:9', accessKey: 'bench', secretKey: 'bench' },
      store: { file: storeFile, key: storeKey },
      workers: { list: [{ name: 'alice', userId: '@alice:bench', roomId: '!alice:bench' }] },
      webhook: { port: 0, keys: [BENCH_KEY], signatureSecrets: [BENCH_SECRET] },
    },
    {},
    { webhook: true },
  );
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { configuration } = loaded;
  const parts = await openRuntime(new AsyncDisposableStack(), {
    name: 'bridge',
    configuration,
    session: () => undefined,
  });
  const { store, clock } = parts;
  const metrics = createEngineMetrics(async () => await store.hirings.queueStats(clock.nowMs(), 60_000));
  const intake = await startWebhookIntake({
    ...parts,
    metrics: metrics.registry,
    readiness: async () => await Promise.resolve({ ready: true, reasons: [] }),
    submitResult: async () => await Promise.resolve({ kind: 'unavailable', problem: 'nothing is connected' }),
  });
  return new URL(intake.url).origin;
}
