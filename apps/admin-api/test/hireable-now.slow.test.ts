import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { storeDeliveries } from '@agrenting-hiclaw/app';
import { hireableNow, type AgentStatus } from '@agrenting-hiclaw/operations';
import { createAgentSession, createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import {
  type AgentId,
  agentIdSchema,
  hiringIdSchema,
  mcpSessionLease,
  Secret,
  unreadHiring,
} from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { RefusedError } from '@agrenting-hiclaw/sandbox/marketplace';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, command, test as environmentTest, type AdminEnvironment } from './environment.ts';
import { hired, stateOf } from './hireable.ts';

interface World {
  readonly env: AdminEnvironment;
  readonly app: RunningAdminApi;
  readonly agentId: AgentId;
  /** Ends with the test. */
  readonly later: (end: () => Promise<void>) => void;
}

interface Row {
  readonly name: string;
  /** What the callback URL of the listing answers to the probe; it has none when left out. */
  readonly callback?: number;
  /** Settings that replace those of the environment. */
  readonly settings?: (env: AdminEnvironment) => Record<string, unknown>;
  readonly arrange?: (world: World) => Promise<void>;
  /** Words of each reason, in their order; none: it is hireable. */
  readonly reasons: readonly string[];
  /** What becomes of a hire at the marketplace. */
  readonly hire: 'refused' | 'refunded' | 'begun';
  /** What becomes of it here, where it was begun. */
  readonly state?: 'completed' | 'attention' | 'failed';
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new Error('expected a port');
  return `http://127.0.0.1:${address.port}/`;
}

/** A session as mcp-client keeps it, with its lease. */
async function openSession({ env, app, agentId, later }: World): Promise<void> {
  await app.store.leases.take(mcpSessionLease(agentId), 'mcp-client@box', Date.now(), 600_000);
  const key = new Secret(env.agents[0]?.apiKey ?? '');
  const parsed = parseBaseUrl(env.marketplace.url);
  if (parsed.kind !== 'valid') throw new Error(parsed.problem);
  const client = createRestClient({ baseUrl: parsed.baseUrl, clock: systemClock });
  const session = createAgentSession({
    client,
    agentId,
    key,
    random: Math.random,
    onPending: async () => await Promise.resolve(),
  });
  session.start();
  later(async () => {
    await session.close();
    client.close();
  });
  await env.listening();
}

/** Puts a hiring of the sandbox before the app. */
async function ingest({ app, agentId }: World, id: string): Promise<void> {
  const parsed = { kind: 'hiring', hiring: unreadHiring(hiringIdSchema.parse(id)) } as const;
  const items = [{ parsed, raw: '{}' }];
  await storeDeliveries({ intake: 'poll', items, agentId, store: app.store, clock: systemClock });
}

const agentOf = (env: AdminEnvironment, change: Record<string, unknown>) => ({
  agents: env.agents.map(({ id, apiKey, worker }) => ({ id, key: apiKey, worker, ...change })),
});

const ROWS: readonly Row[] = [
  { name: 'whose webhook answers', callback: 200, reasons: [], hire: 'begun', state: 'completed' },
  { name: 'whose session is up', arrange: openSession, reasons: [], hire: 'begun', state: 'completed' },
  {
    name: 'whose worker sleeps and can be started',
    callback: 200,
    arrange: async ({ env }) => await env.hiclaw.worker('alice').stop(),
    reasons: [],
    hire: 'begun',
    state: 'completed',
  },
  {
    name: 'whose worker is at another job',
    callback: 200,
    async arrange(world) {
      const { id } = world.env.hire();
      await ingest(world, id);
      await until(async () => (await stateOf(world.app, id)) !== undefined);
    },
    reasons: [],
    hire: 'begun',
    state: 'completed',
  },
  {
    name: 'without a session and a webhook',
    reasons: ['no process keeps its MCP session, and its listing names no callback URL'],
    hire: 'refunded',
  },
  {
    name: 'whose webhook answers wrongly',
    callback: 500,
    reasons: ['no process keeps its MCP session, and "http'],
    hire: 'refunded',
  },
  {
    name: 'whose session is lost',
    async arrange({ app, agentId }) {
      await app.store.leases.take(mcpSessionLease(agentId), 'mcp-client@box', Date.now(), 600_000);
      await app.store.alerts.noteOffline([{ agent: agentId, reason: 'silent' }], Date.now());
    },
    reasons: ['its MCP session is silent, and its listing names no callback URL'],
    hire: 'refunded',
  },
  {
    name: 'whose session is lost and whose webhook answers',
    callback: 200,
    arrange: async ({ app, agentId }) =>
      await app.store.alerts.noteOffline([{ agent: agentId, reason: 'silent' }], Date.now()),
    reasons: [],
    hire: 'begun',
    state: 'completed',
  },
  {
    name: 'that is inactive',
    callback: 200,
    async arrange({ app, agentId }) {
      await command(app, `/agents/${agentId}`, { status: 'inactive' }, { method: 'PATCH' });
    },
    reasons: ['its listing is inactive'],
    hire: 'refused',
  },
  {
    name: 'that is paused',
    callback: 200,
    arrange: async ({ app, agentId }) => void (await command(app, `/agents/${agentId}/pause`)),
    reasons: ['it is paused', 'its listing is inactive'],
    hire: 'refused',
  },
  {
    name: 'that is paused and listed all the same',
    callback: 200,
    arrange: async ({ app, agentId }) => await app.store.pauses.pause(agentId, Date.now()),
    reasons: ['it is paused'],
    hire: 'begun',
    state: 'failed',
  },
  {
    name: 'while all are paused',
    callback: 200,
    arrange: async ({ app }) => await app.store.pauses.pause(undefined, Date.now()),
    reasons: ['it is paused'],
    hire: 'begun',
    state: 'failed',
  },
  {
    name: 'whose key is not taken',
    callback: 200,
    settings: (env) => agentOf(env, { key: 'ak_nobody-s' }),
    reasons: ['HTTP 401'],
    hire: 'begun',
  },
  {
    name: 'that nobody knows',
    callback: 200,
    settings: (env) => agentOf(env, { id: randomUUID() }),
    reasons: ['HTTP 404'],
    hire: 'begun',
  },
  {
    name: 'whose worker is not in the map',
    callback: 200,
    settings: (env) => agentOf(env, { worker: 'zoe' }),
    reasons: ['its worker zoe is not in the map of workers'],
    hire: 'begun',
    state: 'attention',
  },
  {
    name: 'without a worker',
    callback: 200,
    settings: (env) => agentOf(env, { worker: undefined }),
    reasons: ['no worker is assigned to it'],
    hire: 'begun',
    state: 'attention',
  },
  {
    name: 'whose worker cannot be started',
    callback: 200,
    settings: () => ({ lifecycle: { driver: 'script', command: ['/bin/false'] } }),
    async arrange(world) {
      const { id } = world.env.hire();
      await ingest(world, id);
      const { app, agentId } = world;
      await until(async () => reasonsOf(await ask(app, `/agents/${agentId}`)).length > 0);
    },
    reasons: ['hirings of its worker alice are failing: worker alice'],
    hire: 'begun',
  },
];

const HIREABLE = { ok: z.boolean(), reasons: z.array(z.string()) };
const shown = z.object({ hireable: z.object(HIREABLE) });

function reasonsOf({ body }: { readonly body: unknown }): readonly string[] {
  return shown.parse(body).hireable.reasons;
}

/** What becomes of a hire, once the marketplace has asked whether somebody is there. */
async function hireAt({ env }: World): Promise<{ readonly hire: Row['hire']; readonly id: string }> {
  try {
    const { id, status } = await hired(env);
    return { hire: status === 'failed' ? 'refunded' : 'begun', id };
  } catch (error) {
    if (error instanceof RefusedError) return { hire: 'refused', id: '' };
    throw error;
  }
}

const test = environmentTest.extend<{ readonly openWorld: (row: Row) => Promise<World> }>({
  openWorld: async ({ openEnvironment }, use) => {
    const ends: (() => Promise<void>)[] = [];
    await use(async ({ callback, settings }) => {
      let metadata = {};
      if (callback !== undefined) {
        const server = createServer((request, response) => {
          request.resume();
          response.writeHead(request.method === 'HEAD' ? callback : 200).end();
        });
        ends.push(async () => {
          server.closeAllConnections();
          await new Promise<void>((resolve) => void server.close(() => resolve()));
        });
        metadata = { callback_url: await listen(server), callback_auth_header: 'Authorization: ApiKey x' };
      }
      const env = await openEnvironment({ listing: { metadata } });
      const app = await env.startApp(settings?.(env) ?? {});
      const agentId = agentIdSchema.parse(env.agents[0]?.id);
      return { env, app, agentId, later: (end) => void ends.push(end) };
    });
    for (const end of ends.toReversed()) await end();
  },
});

describe.concurrent('an agent', () => {
  test.for(ROWS)('$name is shown as hireable or not, and so it is', async (row, { openWorld, expect }) => {
    const world = await openWorld(row);
    await row.arrange?.(world);
    const { app, agentId } = world;
    const listed = z.object({ items: z.array(shown) }).parse((await ask(app, '/agents')).body).items;
    const [{ ok, reasons }] = z.tuple([z.object(HIREABLE)]).parse(listed.map(({ hireable }) => hireable));
    expect([ok, reasons.length], reasons.join('; ')).toEqual([row.reasons.length === 0, row.reasons.length]);
    for (const [index, words] of row.reasons.entries()) expect(reasons[index]).toContain(words);
    const { hire, id } = await hireAt(world);
    expect(hire).toBe(row.hire);
    if (row.state === undefined) return;
    await ingest(world, id);
    await until(async () => (await stateOf(app, id)) === row.state);
    expect(agentId).toBeDefined();
  });

  test('that the marketplace shows as busy is not hireable', ({ expect }) => {
    const agentId = agentIdSchema.parse(randomUUID());
    const facts: AgentStatus = {
      pauses: [],
      offline: [],
      leases: new Map([[mcpSessionLease(agentId), { holder: 'x', untilMs: 1 }]]),
      sessions: [],
      open: new Map(),
      workers: [{ name: 'alice', userId: '@alice:h' }],
      stuck: new Map(),
    };
    const lookedAt = (availability: string) => {
      const profile = { agentId, shown: { status: 'active', availability } };
      return { index: 0, agentId, worker: 'alice', profile, problem: undefined, callback: undefined };
    };
    expect(hireableNow(lookedAt('available'), facts)).toEqual({ ok: true, reasons: [] });
    const reasons = ['the marketplace shows it as busy'];
    expect(hireableNow(lookedAt('busy'), facts)).toEqual({ ok: false, reasons });
  });
});
