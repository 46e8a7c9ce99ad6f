import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { listen } from '../http-server.ts';
import { CommandOutput, type CommandResult } from './command.ts';
import type { Containers } from './containers.ts';

export interface ControllerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly containers: Containers;
  /** Matrix id and room of a worker. */
  address(worker: string): { readonly userId: string; readonly roomId: string };
}

export interface RunningController {
  readonly url: string;
  /** Its own command, `agt`. */
  run(argv: readonly string[]): CommandResult;
  close(): Promise<void>;
}

/** The controller of HiClaw 1.2, as far as an adapter speaks to it: workers, and waking them (HiClaw reference, 6.3). */
export async function startController(options: ControllerOptions): Promise<RunningController> {
  const { containers, token } = options;
  const view = (name: string): object | undefined => {
    if (!containers.names().includes(name)) return undefined;
    const { userId, roomId } = options.address(name);
    const phase = containers.status(name) === 'running' ? 'Running' : 'Sleeping';
    return {
      name,
      workerName: name,
      phase,
      runtime: 'copaw',
      role: 'worker',
      matrixUserID: userId,
      roomID: roomId,
    };
  };
  const wake = (name: string): object => {
    if (containers.status(name) !== 'running') containers.start(name);
    return { name, phase: 'Running' };
  };
  const missing = (name: string): { error: string } => ({ error: `worker "${name}" not found` });

  const app = new Hono();
  app.get('/healthz', (context) => context.text('ok'));
  app.use('/api/*', async (context, next) => {
    if (context.req.header('authorization') !== `Bearer ${token}`)
      return context.json({ error: 'unauthorized' }, 401);
    return await next();
  });
  app.get('/api/v1/workers', (context) => {
    const workers = containers.names().map(view);
    return context.json({ workers, total: workers.length });
  });
  for (const path of ['/api/v1/workers/:name', '/api/v1/workers/:name/status']) {
    app.get(path, (context) => {
      const name = context.req.param('name') ?? '';
      const worker = view(name);
      return worker === undefined ? context.json(missing(name), 404) : context.json(worker);
    });
  }
  for (const action of ['wake', 'ensure-ready']) {
    app.post(`/api/v1/workers/:name/${action}`, (context) => {
      const name = context.req.param('name');
      return view(name) === undefined ? context.json(missing(name), 404) : context.json(wake(name));
    });
  }
  app.post('/api/v1/workers/:name/sleep', async (context) => {
    const name = context.req.param('name');
    if (view(name) === undefined) return context.json(missing(name), 404);
    await containers.stop(name);
    return context.json({ name, phase: 'Sleeping' });
  });
  const server = await listen(getRequestListener(app.fetch), options.host, options.port);
  return {
    url: server.url,
    close: () => server.close(),
    run(argv) {
      const output = new CommandOutput();
      const [verb, noun] = argv;
      const name = verb === 'get' ? (argv[2] ?? '') : (argv[argv.indexOf('--name') + 1] ?? '');
      const worker = view(name);
      if (worker === undefined) {
        output.complain(`Error: worker "${name}" not found`);
        return output.exit(1);
      }
      if (verb === 'get' && noun === 'workers') {
        output.print(JSON.stringify(worker, null, 2));
        return output.exit(0);
      }
      if (verb === 'worker' && (noun === 'ensure-ready' || noun === 'wake')) {
        wake(name);
        output.print(`worker/${name} phase=Running`);
        return output.exit(0);
      }
      output.complain(`Error: unknown command "${argv.join(' ')}"`);
      return output.exit(1);
    },
  };
}
