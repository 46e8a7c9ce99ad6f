import { createRoute, z } from '@hono/zod-openapi';
import { wrongToken } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { body, COMMAND_PROBLEMS, iso, json, PROBLEMS, SECURED, time, type Api } from './route.ts';

const holder = { role: z.enum(['viewer', 'operator']), name: z.string() };
const session = z.object(holder).openapi('Session');

const openedSession = z
  .object({
    ...holder,
    secret: z.string().openapi({ description: 'Send it as `Authorization: Bearer` instead of the token.' }),
    until: time,
  })
  .openapi('OpenedSession');

const openRoute = createRoute({
  method: 'post',
  path: '/session',
  summary: 'Log in to the console with a token',
  tags: ['session'],
  request: { body: body(z.strictObject({ token: z.string().trim().min(1).max(200) })) },
  responses: { 200: json(openedSession, 'The session.'), ...COMMAND_PROBLEMS },
});

const showRoute = createRoute({
  method: 'get',
  path: '/session',
  summary: 'Get the current session',
  tags: ['session'],
  security: SECURED,
  responses: { 200: json(session, 'Your name and role.'), ...PROBLEMS },
});

const closeRoute = createRoute({
  method: 'delete',
  path: '/session',
  summary: 'Log out',
  tags: ['session'],
  security: SECURED,
  responses: { 204: { description: 'Logged out.' }, ...PROBLEMS },
});

/** Opening needs no session; this is to be added before what guards the others. */
export function addSessionOpening(api: Api, { access }: ApiContext): void {
  api.openapi(openRoute, async (context) => {
    const operator = access.byToken(context.req.valid('json').token);
    if (operator === undefined) {
      throw wrongToken(context, access, 'Invalid token.', '`agrenting-hiclaw admin token` makes one.');
    }
    const { secret, untilMs } = await access.open(operator);
    context.set('caller', operator);
    const { role, name } = operator;
    return context.json({ role, name, secret, until: iso(untilMs) }, 200);
  });
}

export function addSession(api: Api, { access }: ApiContext): void {
  api.openapi(showRoute, (context) => {
    const { role, name } = context.get('caller');
    return context.json({ role, name }, 200);
  });

  api.openapi(closeRoute, async (context) => {
    const secret = context.get('sessionSecret');
    if (secret !== undefined) await access.close(secret);
    return context.body(null, 204);
  });
}
