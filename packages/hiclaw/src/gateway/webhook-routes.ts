import { isIP } from 'node:net';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { ConsoleAnswer, GatewayConsole } from './console.ts';

export interface WebhookRoutes {
  /** Where the gateway reaches the bridge: an address or a name of its network, never its own loopback. */
  readonly bridgeHost: string;
  readonly bridgePort: number;
  readonly path: string;
  /** Names under which the routes answer; all of them when it is empty. */
  readonly domains: readonly string[];
  readonly header: string;
  readonly scheme: string;
  readonly keys: readonly Secret[];
}

/** One thing in the gateway, and whether it is as it has to be. */
export interface GatewayFinding {
  readonly what: string;
  readonly problem: string | undefined;
}

const SERVICE = 'agrenting-bridge';
const CONSUMER = 'agrenting';
const ROUTE = 'agrenting-webhook';
const PROBE_ROUTE = 'agrenting-webhook-probe';
const KEY_AUTH = `/v1/routes/${ROUTE}/plugin-instances/key-auth`;

/**
 * Makes service, consumer and two routes in HiClaw's gateway: `POST` with the key, and `HEAD` for the marketplace's probe
 * without one, because a gateway that asks for a key there has every hire refunded (Agrenting API reference, 6.3; HiClaw
 * reference, 7). The first problem ends it; making what is there already changes nothing.
 */
export async function makeWebhookRoutes(
  console: GatewayConsole,
  routes: WebhookRoutes,
): Promise<readonly GatewayFinding[]> {
  const findings: GatewayFinding[] = [];
  for (const { what, make } of stepsOf(console, routes)) {
    const answer = await make();
    const problem = problemOf(answer);
    findings.push({ what, problem });
    if (problem !== undefined) break;
  }
  return findings;
}

/** Takes back what `makeWebhookRoutes` made; domains stay, for others may use them. */
export async function removeWebhookRoutes(console: GatewayConsole): Promise<readonly GatewayFinding[]> {
  const findings: GatewayFinding[] = [];
  for (const path of [
    KEY_AUTH,
    `/v1/routes/${ROUTE}`,
    `/v1/routes/${PROBE_ROUTE}`,
    `/v1/consumers/${CONSUMER}`,
    `/v1/service-sources/${SERVICE}`,
  ]) {
    const answer = await console.remove(path);
    findings.push({ what: path, problem: answer.kind === 'failed' ? answer.problem : undefined });
  }
  return findings;
}

const routeSchema = z.object({
  path: z.object({ matchType: z.string(), matchValue: z.string() }),
  methods: z.array(z.string()),
  services: z.array(z.object({ name: z.string() })),
});
const pluginSchema = z.object({ enabled: z.boolean(), rawConfigurations: z.string() });

/** Reads back what is there; nothing is changed. */
export async function checkWebhookRoutes(
  console: GatewayConsole,
  { path }: Pick<WebhookRoutes, 'path'>,
): Promise<readonly GatewayFinding[]> {
  const seen = async (what: string, at: string, isRight: (data: unknown) => string | undefined) => {
    const answer = await console.read(at);
    const missing = answer.kind === 'absent' ? 'it is not there' : problemOf(answer);
    const problem = answer.kind === 'done' ? isRight(answer.data) : missing;
    return { what, problem };
  };
  const leads = (methods: string) => (data: unknown) => {
    const route = routeSchema.safeParse(data).data;
    if (route === undefined) return 'it does not have the form of a route';
    if (route.path.matchType !== 'EQUAL' || route.path.matchValue !== path)
      return `it is not for ${path} alone`;
    if (route.methods.join() !== methods)
      return `it is for ${route.methods.join() || 'every method'}, not ${methods}`;
    return route.services.some(({ name }) => name.startsWith(`${SERVICE}.`))
      ? undefined
      : `it does not lead to ${SERVICE}`;
  };
  return [
    await seen('service', `/v1/service-sources/${SERVICE}`, () => undefined),
    await seen('consumer', `/v1/consumers/${CONSUMER}`, () => undefined),
    await seen('route', `/v1/routes/${ROUTE}`, leads('POST')),
    await seen('route of the probe', `/v1/routes/${PROBE_ROUTE}`, leads('HEAD')),
    await seen('key check', KEY_AUTH, (data) => {
      const plugin = pluginSchema.safeParse(data).data;
      if (plugin?.enabled !== true)
        return 'it is off: requests without a key reach the bridge, which checks the key itself';
      return plugin.rawConfigurations.includes(CONSUMER) ? undefined : `it does not let ${CONSUMER} through`;
    }),
  ];
}

function stepsOf(console: GatewayConsole, routes: WebhookRoutes) {
  const { bridgeHost, bridgePort, path, domains, header, scheme, keys } = routes;
  const version = isIP(bridgeHost);
  const isAddress = version !== 0;
  const place = `${version === 6 ? `[${bridgeHost}]` : bridgeHost}:${bridgePort}`;
  const type = isAddress ? 'static' : 'dns';
  const route = (name: string, method: string) => ({
    name,
    domains,
    path: { matchType: 'EQUAL', matchValue: path, caseSensitive: true },
    methods: [method],
    services: [{ name: `${SERVICE}.${type}`, port: bridgePort, weight: 100 }],
  });
  return [
    {
      what: `service ${SERVICE} at ${place}`,
      make: async () =>
        await console.put('/v1/service-sources', SERVICE, {
          name: SERVICE,
          type,
          domain: isAddress ? place : bridgeHost,
          port: bridgePort,
          protocol: 'http',
          properties: {},
          authN: { enabled: false },
        }),
    },
    ...domains.map((domain) => ({
      what: `domain ${domain}`,
      make: async () => await made(console, '/v1/domains', domain, { name: domain, enableHttps: 'off' }),
    })),
    {
      what: `consumer ${CONSUMER}, which has the key`,
      make: async () =>
        await console.put('/v1/consumers', CONSUMER, {
          name: CONSUMER,
          // The gateway compares the header as a whole: no scheme is taken off it.
          credentials: [
            {
              type: 'key-auth',
              source: 'HEADER',
              key: header,
              values: keys.map((key) => `${scheme} ${key.reveal()}`),
            },
          ],
        }),
    },
    {
      what: `route ${ROUTE}: POST ${path}`,
      make: async () => await console.put('/v1/routes', ROUTE, route(ROUTE, 'POST')),
    },
    {
      what: `route ${PROBE_ROUTE}: HEAD ${path}, without a key`,
      make: async () => await console.put('/v1/routes', PROBE_ROUTE, route(PROBE_ROUTE, 'HEAD')),
    },
    {
      what: `key check of ${ROUTE}`,
      make: async () =>
        await console.replace(KEY_AUTH, {
          version: null,
          scope: 'ROUTE',
          target: ROUTE,
          targets: { ROUTE },
          pluginName: 'key-auth',
          pluginVersion: null,
          internal: false,
          enabled: true,
          rawConfigurations: `allow:\n  - ${CONSUMER}\n`,
        }),
    },
  ];
}

/** A domain that somebody else made stays as it is. */
async function made(
  console: GatewayConsole,
  collection: string,
  name: string,
  document: object,
): Promise<ConsoleAnswer> {
  const there = await console.read(`${collection}/${encodeURIComponent(name)}`);
  return there.kind === 'absent' ? await console.put(collection, name, document) : there;
}

function problemOf(answer: ConsoleAnswer): string | undefined {
  switch (answer.kind) {
    case 'done':
      return undefined;
    case 'absent':
      return 'the console has no such endpoint';
    case 'failed':
      return answer.problem;
  }
}
