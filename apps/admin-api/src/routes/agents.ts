import { createRoute, z } from '@hono/zod-openapi';
import { agentStatus, cursorPage } from '@agrenting-hiclaw/operations';
import type { ApiContext } from '../context.ts';
import { agentViewOf, sessionViewOf } from '../views/agent-view.ts';
import { knownWorkers } from '../views/known-workers.ts';
import { agentId, json, pageOf, pageQuery, PROBLEMS, SECURED, time, type Api } from './route.ts';
import { noAgent } from './no-agent.ts';

const sessionShape = {
  state: z.string().openapi({
    description: 'held: a process keeps it; none; otherwise why the agent receives nothing.',
  }),
  since: time.nullable().openapi({ description: 'Start of that state, or of its process.' }),
  lastPingAt: time.nullable().openapi({
    description: 'Time of the last answered ping, in either direction; recorded once a minute.',
  }),
  drops: z.int().nullable().openapi({ description: 'Connections lost since its process took it over.' }),
  holder: z.string().nullable(),
};

const agent = z
  .object({
    agentId: z.string().nullable(),
    name: z.string().nullable(),
    worker: z.string().nullable(),
    paused: z.object({ since: time }).nullable(),
    key: z.object({ problem: z.string().nullable() }).nullable(),
    session: z.object(sessionShape).nullable(),
    listed: z
      .object({
        status: z.string().nullable(),
        availability: z.string().nullable(),
        price: z.string().nullable(),
        capabilities: z.array(z.string()),
      })
      .nullable(),
    hireable: z.object({ ok: z.boolean(), reasons: z.array(z.string()) }),
    openHirings: z.int(),
  })
  .openapi('Agent');

const listRoute = createRoute({
  method: 'get',
  path: '/agents',
  summary: 'List the configured agents as the marketplace shows them',
  tags: ['agents'],
  security: SECURED,
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(agent), 'A page of agents.'), ...PROBLEMS },
});

const showRoute = createRoute({
  method: 'get',
  path: '/agents/{id}',
  summary: 'Get an agent',
  tags: ['agents'],
  security: SECURED,
  request: { params: z.object({ id: agentId }) },
  responses: { 200: json(agent, 'The agent.'), ...PROBLEMS },
});

const sessionsRoute = createRoute({
  method: 'get',
  path: '/sessions',
  summary: "List agents' sessions with the marketplace",
  tags: ['agents'],
  security: SECURED,
  request: { query: z.strictObject(pageQuery) },
  responses: {
    200: json(pageOf(z.object({ agentId: z.string(), ...sessionShape })), 'A page of sessions.'),
    ...PROBLEMS,
  },
});

const keysRoute = createRoute({
  method: 'get',
  path: '/keys',
  summary: "Sources of agents' keys, and whether the marketplace accepts them; never a key",
  tags: ['agents'],
  security: SECURED,
  request: { query: z.strictObject(pageQuery) },
  responses: {
    200: json(
      pageOf(
        z.object({
          agentId: z.string().nullable(),
          worker: z.string().nullable(),
          source: z.enum(['file', 'configuration', 'environment']),
          good: z.boolean(),
          problem: z.string().nullable(),
        }),
      ),
      'A page of keys.',
    ),
    ...PROBLEMS,
  },
});

export interface AgentsOptions extends ApiContext {
  /** Where an agent's key stands. */
  readonly keySource: (index: number) => Promise<'file' | 'configuration' | 'environment'>;
}

/** Shows agents, their sessions and their keys. */
export function addAgents(api: Api, parts: AgentsOptions): void {
  const { clock, configuration, looks, store } = parts;
  const facts = async () => await agentStatus(store, await knownWorkers(configuration), clock.nowMs());

  api.openapi(listRoute, async (context) => {
    const known = await facts();
    const page = cursorPage(await looks.all(), context.req.valid('query'));
    return context.json({ ...page, items: page.items.map((looked) => agentViewOf(looked, known)) }, 200);
  });

  api.openapi(showRoute, async (context) => {
    const { id } = context.req.valid('param');
    const looked = (await looks.all()).find((each) => each.agentId === id);
    if (looked === undefined) throw noAgent(id);
    return context.json(agentViewOf(looked, await facts()), 200);
  });

  api.openapi(sessionsRoute, async (context) => {
    const known = await facts();
    const ids = (await looks.all()).flatMap((looked) => looked.agentId ?? []);
    const page = cursorPage(ids, context.req.valid('query'));
    const none = { state: 'none', since: null, lastPingAt: null, drops: null, holder: null };
    const items = page.items.map((id) => Object.assign({ agentId: id }, sessionViewOf(id, known) ?? none));
    return context.json({ items, nextCursor: page.nextCursor }, 200);
  });

  api.openapi(keysRoute, async (context) => {
    const page = cursorPage(await looks.all(), context.req.valid('query'));
    const items = await Promise.all(
      page.items.map(async (looked) => ({
        agentId: looked.agentId ?? null,
        worker: looked.worker ?? null,
        source: await parts.keySource(looked.index),
        good: looked.problem === undefined,
        problem: looked.problem ?? null,
      })),
    );
    return context.json({ items, nextCursor: page.nextCursor }, 200);
  });
}
