import { getRequestListener } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { listen } from '../http-server.ts';
import type { ControllerOutcome, ControllerResources } from './controller-resources.ts';

export interface ControllerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly resources: ControllerResources;
}

export interface RunningController {
  readonly url: string;
  close(): Promise<void>;
}

/** The REST of HiClaw's controller from 1.1 on, as far as an adapter speaks to it (HiClaw reference, 6.3). */
export async function startController(options: ControllerOptions): Promise<RunningController> {
  const { resources, token } = options;
  const app = new Hono();
  app.get('/healthz', (context) => context.text('ok'));
  app.use('/api/*', async (context, next) => {
    if (context.req.header('authorization') !== `Bearer ${token}`)
      return context.json({ error: 'unauthorized' }, 401);
    return await next();
  });
  app.get('/api/v1/workers', (context) => {
    const workers = resources.workers();
    return context.json({ workers, total: workers.length });
  });
  for (const path of ['/api/v1/workers/:name', '/api/v1/workers/:name/status']) {
    app.get(path, (context) => answer(context, resources.worker(context.req.param('name') ?? '')));
  }
  app.put('/api/v1/workers/:name', async (context) =>
    answer(context, resources.updateWorker(context.req.param('name'), await body(context))),
  );
  for (const action of ['wake', 'ensure-ready']) {
    app.post(`/api/v1/workers/:name/${action}`, (context) =>
      answer(context, resources.wake(context.req.param('name'))),
    );
  }
  app.post('/api/v1/workers/:name/sleep', async (context) =>
    answer(context, await resources.sleep(context.req.param('name'))),
  );
  app.get('/api/v1/humans', (context) => {
    const humans = resources.humans();
    return context.json({ humans, total: humans.length });
  });
  app.get('/api/v1/humans/:name', (context) => answer(context, resources.human(context.req.param('name'))));
  app.post('/api/v1/humans', async (context) => answer(context, resources.createHuman(await body(context))));
  return await listen(getRequestListener(app.fetch), options.host, options.port);
}

const answer = (context: Context, outcome: ControllerOutcome): Response =>
  context.json(outcome.body, outcome.status);

const body = async (context: Context): Promise<unknown> => await context.req.json().catch(() => undefined);
