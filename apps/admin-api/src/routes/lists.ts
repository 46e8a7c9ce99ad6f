import { HOW_TO_SET_A_SINK, sendTestAlerts } from '@agrenting-hiclaw/alerts';
import { createRoute, z } from '@hono/zod-openapi';
import { alertsPage, auditPage, roomsPage, type Page } from '@agrenting-hiclaw/operations';
import type { ApiContext } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { runOnce } from './command.ts';
import {
  body,
  COMMAND_PROBLEMS,
  commandId,
  json,
  pageOf,
  pageQuery,
  PROBLEMS,
  SECURED,
  time,
  type Api,
} from './route.ts';

const query = z.strictObject(pageQuery);

const roomsRoute = createRoute({
  method: 'get',
  path: '/rooms',
  summary: 'List rooms opened for hirings, newest first',
  tags: ['rooms'],
  security: SECURED,
  request: { query },
  responses: {
    200: json(
      pageOf(
        z.object({
          roomId: z.string(),
          hiringId: z.string(),
          worker: z.string(),
          endedAt: time.nullable(),
          leftAt: time.nullable(),
        }),
      ),
      'A page of rooms.',
    ),
    ...PROBLEMS,
  },
});

const alertsRoute = createRoute({
  method: 'get',
  path: '/alerts',
  summary: 'List sent and pending alerts, newest first',
  tags: ['alerts'],
  security: SECURED,
  request: { query },
  responses: {
    200: json(
      pageOf(
        z.object({
          id: z.int(),
          kind: z.string(),
          text: z.string(),
          sink: z.string(),
          keptAt: time,
          doneAt: time.nullable(),
          refusals: z.int(),
        }),
      ),
      'A page of alerts.',
    ),
    ...PROBLEMS,
  },
});

const trial = z
  .object({
    alerts: z.array(z.object({ sink: z.string(), outcome: z.string(), problem: z.string().nullable() })),
  })
  .openapi('AlertTrial');

const testRoute = createRoute({
  method: 'post',
  path: '/alerts/test',
  summary: 'Send a test alert to each sink',
  tags: ['alerts'],
  security: SECURED,
  request: { body: body(z.strictObject({ commandId })) },
  responses: { 200: json(trial, 'What became of it.'), ...COMMAND_PROBLEMS },
});

const auditRoute = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'List the audit log of this API, newest first',
  tags: ['audit'],
  security: SECURED,
  request: { query },
  responses: {
    200: json(
      pageOf(
        z.object({
          at: time,
          who: z.string(),
          role: z.string(),
          action: z.string(),
          subject: z.string(),
          commandId: z.string().nullable(),
          outcome: z.string(),
          from: z.string(),
        }),
      ),
      'A page of deeds, done and refused.',
    ),
    ...PROBLEMS,
  },
});

/** Rooms, alerts and the audit. */
export function addLists(api: Api, parts: ApiContext): void {
  const { clock, configuration, stop, store } = parts;

  api.openapi(roomsRoute, async (context) =>
    context.json(listOf(await roomsPage(store, context.req.valid('query'))), 200),
  );
  api.openapi(alertsRoute, async (context) =>
    context.json(listOf(await alertsPage(store, context.req.valid('query'))), 200),
  );
  api.openapi(auditRoute, async (context) =>
    context.json(listOf(await auditPage(store, context.req.valid('query'))), 200),
  );

  api.openapi(testRoute, async (context) => {
    const asked = context.req.valid('json');
    const run = async () => {
      const trials = await sendTestAlerts(configuration, clock, stop);
      if (trials.length === 0) {
        throw new Problem(422, 'No alert sink is configured.', {
          todo: HOW_TO_SET_A_SINK,
        });
      }
      const alerts = trials.map(({ sink, delivery }) => ({
        sink,
        outcome: delivery.kind,
        problem: delivery.kind === 'sent' ? null : delivery.problem,
      }));
      return { alerts };
    };
    return context.json(await runOnce(parts, context, trial, { id: asked.commandId, asked, run }), 200);
  });
}

function listOf<Item>({ items, nextCursor }: Page<Item>) {
  return { items: [...items], nextCursor };
}
