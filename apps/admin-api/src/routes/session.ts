import { createRoute, z } from '@hono/zod-openapi';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SESSION_COOKIE, wrongToken } from '../access/guard.ts';
import type { ApiParts } from '../parts.ts';
import { body, COMMAND_PROBLEMS, json, PROBLEMS, SECURED, type Api } from './route.ts';

const session = z
  .object({
    role: z.enum(['viewer', 'operator']),
    name: z.string(),
    csrfToken: z
      .string()
      .openapi({ description: 'To be sent as X-CSRF-Token; empty for whoever comes with a token.' }),
  })
  .openapi('Session');

const openRoute = createRoute({
  method: 'post',
  path: '/session',
  summary: 'Open a session of the web page with a token',
  tags: ['session'],
  request: { body: body(z.strictObject({ token: z.string().min(1).max(200) })) },
  responses: { 200: json(session, 'The session; its cookie is set.'), ...COMMAND_PROBLEMS },
});

const showRoute = createRoute({
  method: 'get',
  path: '/session',
  summary: 'Who you are',
  tags: ['session'],
  security: SECURED,
  responses: { 200: json(session, 'Your name and role.'), ...PROBLEMS },
});

const closeRoute = createRoute({
  method: 'delete',
  path: '/session',
  summary: 'End the session',
  tags: ['session'],
  security: SECURED,
  responses: { 204: { description: 'It has ended.' }, ...PROBLEMS },
});

/** Opening needs no session; this is to be added before what guards the others. */
export function addSessionOpening(api: Api, { access }: ApiParts): void {
  api.openapi(openRoute, async (context) => {
    const operator = access.byToken(context.req.valid('json').token.trim());
    if (operator === undefined) {
      throw wrongToken(
        context,
        access,
        'the token is none of ours',
        '`agrenting-hiclaw admin token` makes one.',
      );
    }
    // Whatever session the browser brought ends here: nobody can prepare one for somebody else.
    const brought = getCookie(context, SESSION_COOKIE);
    if (brought !== undefined) await access.close(brought);
    const { caller, secret, maxAgeSeconds } = await access.open(operator);
    context.set('caller', caller);
    setCookie(context, SESSION_COOKIE, secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: access.secureCookie,
      maxAge: maxAgeSeconds,
    });
    const { role, name, csrfToken = '' } = caller;
    return context.json({ role, name, csrfToken }, 200);
  });
}

export function addSession(api: Api, { access }: ApiParts): void {
  api.openapi(showRoute, (context) => {
    const { role, name, csrfToken = '' } = context.get('caller');
    return context.json({ role, name, csrfToken }, 200);
  });

  api.openapi(closeRoute, async (context) => {
    const secret = getCookie(context, SESSION_COOKIE);
    if (secret !== undefined) await access.close(secret);
    deleteCookie(context, SESSION_COOKIE, { path: '/' });
    return context.body(null, 204);
  });
}
