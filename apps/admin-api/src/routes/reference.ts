import { createRoute, z } from '@hono/zod-openapi';
import { isEnd, LIMITS, STATES } from '@agrenting-hiclaw/core/domain';
import { stateName } from './hiring-view.ts';
import { json, PROBLEMS, SECURED, type Api } from './route.ts';

const limits = z.object({
  resultCharacters: z.int(),
  resultBytes: z.int(),
  summaryCharacters: z.int(),
  deliveredFileBytes: z.int(),
  failureCharacters: z.int(),
  failedResultCharacters: z.int(),
  messageCharacters: z.int(),
  agentNameCharacters: z.int(),
  agentDescriptionCharacters: z.int(),
  capabilityCharacters: z.int(),
  capabilities: z.int(),
} satisfies Readonly<Record<keyof typeof LIMITS, z.ZodInt>>);

const reference = z
  .object({
    states: z.array(z.object({ name: stateName, isEnd: z.boolean() })).openapi({
      description: 'The states of a hiring, in the order in which it usually goes through them.',
    }),
    limits: limits.openapi({ description: 'The longest texts and largest files.' }),
  })
  .openapi('Reference');

const route = createRoute({
  method: 'get',
  path: '/reference',
  summary: 'Get the states and limits of this release',
  tags: ['reference'],
  security: SECURED,
  responses: { 200: json(reference, 'The same for the life of the process.'), ...PROBLEMS },
});

/** What a client has to know of this release, so that it needs no list of its own. */
export function addReference(api: Api): void {
  const states = STATES.map((name) => ({ name, isEnd: isEnd(name) }));
  api.openapi(route, (context) => context.json({ states, limits: LIMITS }, 200));
}
