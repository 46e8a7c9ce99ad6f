import { randomUUID } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { parse } from 'yaml';
import { z } from 'zod';

/**
 * A stand-in for HiClaw's gateway, written from the HiClaw reference, 7: the console's calls for services, consumers, routes and
 * their key check, and a server that does with requests what they say. It is no Higress: what a real one does
 * beyond that is not here.
 */
export interface RunningGateway {
  readonly consoleUrl: string;
  /** Where requests come in. */
  readonly url: string;
  /** Ends every session of the console, which then answers with its page. */
  endSessions(): void;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly userName: string;
  readonly password: string;
}

const service = z.looseObject({
  name: z.string(),
  type: z.enum(['static', 'dns']),
  domain: z.string(),
  port: z.number(),
});
const consumer = z.looseObject({
  name: z.string(),
  credentials: z.array(
    z.object({
      type: z.literal('key-auth'),
      source: z.enum(['BEARER', 'HEADER']),
      key: z.string().optional(),
      values: z.array(z.string()),
    }),
  ),
});
const route = z.looseObject({
  name: z.string(),
  domains: z.array(z.string()),
  path: z.object({ matchType: z.enum(['EQUAL', 'PRE']), matchValue: z.string() }),
  methods: z.array(z.string()).default([]),
  services: z.array(z.object({ name: z.string(), port: z.number() })).min(1),
});
const plugin = z.looseObject({ enabled: z.boolean(), rawConfigurations: z.string() });
const allowed = z.object({ allow: z.array(z.string()) });

const SCHEMAS = {
  'service-sources': service,
  consumers: consumer,
  routes: route,
  domains: z.looseObject({ name: z.string() }),
} as const;
type Collection = keyof typeof SCHEMAS;

export async function startGateway({ userName, password }: GatewayOptions): Promise<RunningGateway> {
  const kept: Record<Collection, Map<string, unknown>> = {
    'service-sources': new Map(),
    consumers: new Map(),
    routes: new Map(),
    domains: new Map(),
  };
  const keyChecks = new Map<string, z.infer<typeof plugin>>();
  const sessions = new Set<string>();

  const app = new Hono();
  app.post('/session/login', async (context) => {
    const given = z
      .object({ username: z.string(), password: z.string() })
      .safeParse(await context.req.json()).data;
    if (given?.username !== userName || given.password !== password) {
      return context.json({ success: false, message: 'Incorrect username or password' }, 401);
    }
    const session = randomUUID();
    sessions.add(session);
    context.header('set-cookie', `_hi_sess=${session}; Path=/; HttpOnly`);
    return context.json({ success: true, data: { username: userName } }, 201);
  });
  app.use('/v1/*', async (context, next) => {
    const session = /_hi_sess=([\w-]+)/.exec(context.req.header('cookie') ?? '')?.[1];
    if (session === undefined || !sessions.has(session))
      return context.html('<!DOCTYPE html><title>Higress</title>');
    return await next();
  });
  for (const collection of ['service-sources', 'consumers', 'routes', 'domains'] as const) {
    const held = kept[collection];
    app.get(`/v1/${collection}`, (context) =>
      context.json({ success: true, data: [...held.values()], total: held.size }),
    );
    app.get(`/v1/${collection}/:name`, (context) => found(context, held.get(context.req.param('name'))));
    app.post(`/v1/${collection}`, async (context) => {
      const parsed = SCHEMAS[collection].safeParse(await context.req.json());
      if (!parsed.success) return context.json({ success: false, message: parsed.error.message }, 400);
      if (held.has(parsed.data.name)) return context.json({ success: false, message: 'exists' }, 409);
      held.set(parsed.data.name, { ...parsed.data, version: '1' });
      return found(context, held.get(parsed.data.name));
    });
    app.put(`/v1/${collection}/:name`, async (context) => {
      const parsed = SCHEMAS[collection].safeParse(await context.req.json());
      const name = context.req.param('name');
      if (!parsed.success) return context.json({ success: false, message: parsed.error.message }, 400);
      if (!held.has(name)) return context.json({ success: false, message: 'not found' }, 404);
      held.set(name, { ...parsed.data, version: '2' });
      return found(context, held.get(name));
    });
    app.delete(`/v1/${collection}/:name`, (context) => {
      held.delete(context.req.param('name'));
      return context.body(null, 204);
    });
  }
  const KEY_CHECK = '/v1/routes/:name/plugin-instances/key-auth';
  app.get(KEY_CHECK, (context) => found(context, keyChecks.get(context.req.param('name'))));
  app.put(KEY_CHECK, async (context) => {
    const parsed = plugin.safeParse(await context.req.json());
    if (!parsed.success) return context.json({ success: false, message: parsed.error.message }, 400);
    keyChecks.set(context.req.param('name'), parsed.data);
    return found(context, parsed.data);
  });
  app.delete(KEY_CHECK, (context) => {
    keyChecks.delete(context.req.param('name'));
    return context.body(null, 204);
  });

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = (incoming.url ?? '').split('?', 1)[0];
    const taken = [...kept.routes.values()]
      .map((document) => route.parse(document))
      .find(
        ({ methods, path: wanted, domains }) =>
          (methods.length === 0 || methods.includes(incoming.method ?? '')) &&
          (domains.length === 0 || domains.includes((incoming.headers.host ?? '').split(':', 1)[0] ?? '')) &&
          (wanted.matchType === 'EQUAL' ? path === wanted.matchValue : path?.startsWith(wanted.matchValue)),
      );
    if (taken === undefined) return void outgoing.writeHead(404).end();
    const refusal = refusalOf(taken.name, incoming);
    if (refusal !== undefined) {
      return void outgoing
        .writeHead(refusal, { 'www-authenticate': 'Key realm=MSE Gateway' })
        .end('Request denied');
    }
    const [target] = taken.services;
    const source = service.safeParse(
      kept['service-sources'].get(target?.name.replace(/\.\w+$/, '') ?? ''),
    ).data;
    if (source === undefined) return void outgoing.writeHead(503).end('no healthy upstream');
    const [host] = source.domain.split(':');
    const upstream = request(
      { host, port: source.port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    upstream.on('error', () => outgoing.writeHead(503).end('upstream connect error'));
    return void incoming.pipe(upstream);
  }

  /** The whole value of the header is looked up; no scheme is taken off it. */
  function refusalOf(name: string, { headers }: IncomingMessage): 401 | 403 | undefined {
    const check = keyChecks.get(name);
    if (check?.enabled !== true) return undefined;
    const allow = allowed.parse(parse(check.rawConfigurations)).allow;
    const known = [...kept.consumers.values()].map((document) => consumer.parse(document));
    const asked = known.flatMap(({ credentials }) =>
      credentials.map((one) => (one.key ?? 'authorization').toLowerCase()),
    );
    const given = asked.map((header) => headers[header]).find((value) => value !== undefined);
    if (given === undefined) return 401;
    const who = known.find(({ credentials }) =>
      credentials.some(({ source, values }) =>
        values.some((value) => (source === 'BEARER' ? `Bearer ${value}` : value) === given),
      ),
    );
    return who !== undefined && allow.includes(who.name) ? undefined : 403;
  }

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const console = await listening((incoming, outgoing) => void listener(incoming, outgoing));
  const plane = await listening(pass);
  return {
    consoleUrl: console.url,
    url: plane.url,
    endSessions: () => sessions.clear(),
    close: async () => void (await Promise.all([console.close(), plane.close()])),
  };
}

/** What is not there is answered with a bare 404, as the real console does. */
function found(context: Context, document: unknown): Response {
  return document === undefined ? context.body(null, 404) : context.json({ success: true, data: document });
}

async function listening(
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
