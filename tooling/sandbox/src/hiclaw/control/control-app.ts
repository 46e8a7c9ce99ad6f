import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { faultSchema } from '../faults.ts';
import type { RunningHiclaw } from '../hiclaw.ts';
import { jsonObject } from '../homeserver/event.ts';
import { MatrixError } from '../homeserver/matrix-error.ts';
import type { Manager } from '../manager/manager.ts';
import { behaviourSchema } from '../worker/behaviour.ts';
import { switchesSchema } from '../switches.ts';

const behaveBody = z.object({
  behaviour: behaviourSchema,
  scope: z.enum(['always', 'next-job']).default('always'),
});
const failStartsBody = z.object({ fail: z.boolean() });
const revokeBody = z.object({ userId: z.string(), softLogout: z.boolean().default(false) });
const sayBody = z.object({ sender: z.string(), content: jsonObject });
const commandBody = z.object({
  command: z.enum(['lifecycle-worker', 'manage-state', 'copaw', 'mc', 'agt']),
  argv: z.array(z.string()),
  home: z.string().optional(),
  input: z.string().optional(),
});
const servers = z.enum(['homeserver', 'storage']);

/** The sandbox's own HTTP API, for other processes; on loopback, without a key. */
export const controlApp = (hiclaw: RunningHiclaw, manager: Manager): Hono => {
  const app = new Hono().basePath('/sandbox');
  app.use(bodyLimit({ maxSize: 1024 * 1024 }));

  app.on('GET', '/', (request) => request.json(describe(hiclaw)));
  app.on('GET', '/workers', (request) => request.json(hiclaw.workers.map((worker) => worker.view())));
  app.on('GET', '/workers/:name', (request) => {
    const worker = hiclaw.worker(request.req.param('name'));
    return request.json({ ...worker.view(), log: worker.log });
  });
  app.on('POST', '/workers/:name/:action{start|stop|kill|remove}', async (request) => {
    const worker = hiclaw.worker(request.req.param('name'));
    switch (request.req.param('action')) {
      case 'start':
        if (!worker.start()) return request.json({ error: 'starts of this worker are made to fail' }, 409);
        break;
      case 'stop':
        await worker.stop();
        break;
      case 'kill':
        await worker.kill();
        break;
      default:
        await worker.remove();
    }
    return request.json(worker.view());
  });
  app.on('POST', '/workers/:name/behave', async (request) => {
    const worker = hiclaw.worker(request.req.param('name'));
    const { behaviour, scope } = behaveBody.parse(await request.req.json());
    worker.behave(behaviour, scope);
    return request.json(worker.view());
  });
  app.on('POST', '/workers/:name/fail-starts', async (request) => {
    const worker = hiclaw.worker(request.req.param('name'));
    worker.failStarts(failStartsBody.parse(await request.req.json()).fail);
    return request.json(worker.view());
  });

  app.on('GET', '/faults/:server', (request) => request.json(faultsOf(hiclaw, request).list()));
  app.on('POST', '/faults/:server', async (request) => {
    const faults = faultsOf(hiclaw, request);
    faults.add(faultSchema.parse(await request.req.json()));
    return request.json(faults.list());
  });
  app.on('DELETE', '/faults/:server', (request) => {
    faultsOf(hiclaw, request).clear();
    return request.json([]);
  });
  app.on('GET', '/switches', (request) => request.json(hiclaw.switches()));
  app.on('PATCH', '/switches', async (request) =>
    request.json(hiclaw.turn(switchesSchema.parse(await request.req.json()))),
  );
  app.on('POST', '/revoke-tokens', async (request) => {
    const { userId, softLogout } = revokeBody.parse(await request.req.json());
    hiclaw.revokeTokens(userId, softLogout);
    return request.json({});
  });

  app.on('GET', '/rooms', (request) => request.json(hiclaw.rooms()));
  app.on('GET', '/rooms/:roomId/timeline', (request) =>
    request.json(hiclaw.timeline(request.req.param('roomId'))),
  );
  app.on('POST', '/rooms/:roomId/encrypt', (request) => {
    hiclaw.encryptRoom(request.req.param('roomId'));
    return request.json({});
  });
  app.on('POST', '/rooms/:roomId/say', async (request) => {
    const { sender, content } = sayBody.parse(await request.req.json());
    return request.json({ eventId: hiclaw.say(sender, request.req.param('roomId'), content) });
  });
  app.on('GET', '/objects', (request) => request.json(hiclaw.objects(request.req.query('prefix'))));
  app.on('GET', '/object', (request) => {
    const content = hiclaw.object(request.req.query('key') ?? '');
    return content === undefined
      ? request.json({ error: 'no such object' }, 404)
      : request.body(new Uint8Array(content));
  });

  app.on('POST', '/manager/run', async (request) => {
    const { command, argv, home, input } = commandBody.parse(await request.req.json());
    return request.json(await manager.run(command, argv, home, input));
  });
  app.on('GET', '/manager/log', (request) => request.json(manager.log));
  app.on('POST', '/manager/heartbeat', (request) => request.json({ asked: hiclaw.heartbeat() }));
  app.on('POST', '/manager/check-idle', async (request) => {
    await hiclaw.checkIdle();
    return request.json({});
  });

  app.notFound((request) => request.json({ error: 'not found' }, 404));
  app.onError((error, request) => {
    if (error instanceof z.ZodError) return request.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return request.json({ error: 'the body is not JSON' }, 400);
    if (error instanceof RangeError) return request.json({ error: error.message }, 404);
    if (error instanceof MatrixError) return request.json(error.body, 409);
    console.error('sandbox control:', error);
    return request.json({ error: 'internal error' }, 500);
  });
  return app;
};

const faultsOf = (hiclaw: RunningHiclaw, request: Context): RunningHiclaw['faults']['homeserver'] =>
  hiclaw.faults[servers.parse(request.req.param('server'))];

/** Everything that another process needs; the credentials are the sandbox's own and good for nothing else. */
export const describe = (hiclaw: RunningHiclaw): object => ({
  hiclaw: 'ready',
  isSandbox: true,
  homeserver: hiclaw.homeserver,
  storage: hiclaw.storage,
  manager: hiclaw.manager,
  workers: hiclaw.workers.map((worker) => worker.view()),
});
