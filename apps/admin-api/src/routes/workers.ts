import { createRoute, z } from '@hono/zod-openapi';
import { ping, cursorPage, stopWorkerOf, startWorkerOf, workerOf } from '@agrenting-hiclaw/operations';
import { ENDS } from '@agrenting-hiclaw/core/domain';
import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { knownWorkers } from '../views/known-workers.ts';
import { runOnce } from './command.ts';
import {
  body,
  COMMAND_PROBLEMS,
  commandId,
  isoOrNull,
  json,
  pageOf,
  pageQuery,
  PROBLEMS,
  SECURED,
  time,
  workerName,
  type Api,
} from './route.ts';

const worker = z
  .object({
    name: z.string(),
    userId: z.string(),
    roomId: z.string(),
    runtime: z.string().nullable(),
    state: z.enum(['idle', 'working', 'needs-operator']),
    lastActivityAt: time.nullable(),
    openHirings: z.int(),
  })
  .openapi('Worker');

const answer = z
  .object({ worker: z.string(), outcome: z.string(), afterMs: z.number().nullable() })
  .openapi('WorkerAnswer');

const stopAnswer = z
  .object({
    worker: z.string(),
    outcome: z.literal('stopped'),
    interrupts: z
      .array(z.string())
      .openapi({ description: 'Open hirings assigned to it and not delivered.' }),
    startsAgain: z.boolean().openapi({
      description: 'Whether the adapter restarts it automatically because an open hiring needs it.',
    }),
  })
  .openapi('WorkerStopAnswer');

const listRoute = createRoute({
  method: 'get',
  path: '/workers',
  summary: 'List workers with their last activity',
  tags: ['workers'],
  security: SECURED,
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(worker), 'A page of workers.'), ...PROBLEMS },
});

const params = z.object({ name: workerName });
const command = {
  tags: ['workers'],
  security: SECURED,
  request: { params, body: body(z.strictObject({ commandId })) },
};
const common = { ...command, responses: { 200: json(answer, 'What became of it.'), ...COMMAND_PROBLEMS } };
const startRoute = createRoute({
  method: 'post',
  path: '/workers/{name}/start',
  summary: 'Start it with the configured lifecycle driver',
  ...common,
});
const stopRoute = createRoute({
  method: 'post',
  path: '/workers/{name}/stop',
  summary: 'Stop it with the configured lifecycle driver; its unfinished work is lost',
  description:
    'A worker with an open hiring is started again by the adapter as soon as that has to be handed over or is not answered: pause its agent, and hold or end its hirings first, to have it stay stopped.',
  ...command,
  responses: { 200: json(stopAnswer, 'It is stopped.'), ...COMMAND_PROBLEMS },
});
const pingRoute = createRoute({
  method: 'post',
  path: '/workers/{name}/ping',
  summary: 'Send a message to its room and wait for activity; costs one model response',
  ...common,
});

/** Newest hirings of a worker in which its activity is looked for. */
const LOOKED_AT = 20;
const PATIENCE_MS = 20_000;

/** Shows workers, starts and stops them and asks whether they hear. */
export function addWorkers(api: Api, parts: ApiContext): void {
  const { configuration, environment, store } = parts;

  async function viewOf({ name, userId, roomId, runtime }: MappedWorker) {
    const hirings = await store.overview.ofWorker(name, LOOKED_AT);
    const activities = hirings.flatMap(({ lastActivityAtMs }) => lastActivityAtMs ?? []);
    const open = hirings.filter(({ state }) => !ENDS.some((end) => end === state));
    const lastActivityAtMs = activities.length === 0 ? undefined : Math.max(...activities);
    const requireOperator = open.some(({ state }) => state === 'attention');
    return {
      name,
      userId,
      roomId,
      runtime: runtime ?? null,
      state: requireOperator
        ? ('needs-operator' as const)
        : open.length > 0
          ? ('working' as const)
          : ('idle' as const),
      lastActivityAt: isoOrNull(lastActivityAtMs),
      openHirings: open.length,
    };
  }

  async function named(name: string): Promise<MappedWorker> {
    const known = await knownWorkers(configuration);
    if (!known.some((each) => each.name === name)) {
      throw new Problem(404, `No such worker: ${name}.`, { todo: 'See GET /api/v1/workers.' });
    }
    return await workerOf(configuration, name);
  }

  api.openapi(listRoute, async (context) => {
    const page = cursorPage(await knownWorkers(configuration), context.req.valid('query'));
    const counts = new Map<string, number>();
    for (const { worker: name, count } of await store.overview.open()) {
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + count);
    }
    const views = await Promise.all(page.items.map(async (each) => await viewOf(each)));
    const items = views.map((view) => Object.assign(view, { openHirings: counts.get(view.name) ?? 0 }));
    return context.json({ items, nextCursor: page.nextCursor }, 200);
  });

  api.openapi(startRoute, async (context) => {
    const { name } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const each = await named(name);
      const readiness = await startWorkerOf(configuration, environment, each, async (lifecycle) =>
        lifecycle.ensureReady(each),
      );
      return { worker: name, outcome: readiness.kind, afterMs: null };
    };
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 200);
  });

  api.openapi(stopRoute, async (context) => {
    const { name } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const each = await named(name);
      const { interrupts, startsAgain } = await stopWorkerOf(configuration, environment, store, each);
      return { worker: name, outcome: 'stopped' as const, interrupts: [...interrupts], startsAgain };
    };
    return context.json(await runOnce(parts, context, stopAnswer, { id: asked.commandId, asked, run }), 200);
  });

  api.openapi(pingRoute, async (context) => {
    const { name } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const milestone = await ping(configuration, await named(name), PATIENCE_MS);
      if (milestone.kind === 'silent') {
        throw new Problem(424, milestone.problem, { todo: 'Start the worker, or check its log.' });
      }
      return { worker: name, outcome: milestone.activity, afterMs: milestone.afterMs };
    };
    const command = { id: asked.commandId, asked, run, once: true };
    return context.json(await runOnce(parts, context, answer, command), 200);
  });
}
