import { createServer } from 'node:http';
import { storeDeliveries } from '@agrenting-hiclaw/app';
import { agentIdSchema, hiringIdSchema, unreadHiring } from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';
import type { HiringSnapshot } from '@agrenting-hiclaw/sandbox/marketplace';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, test as environmentTest, type AdminEnvironment } from './environment.ts';

/** An agent must be online for the marketplace to be hired; its deliveries are handed to the app manually. */
export const test = environmentTest.extend<{ readonly openHireable: () => Promise<AdminEnvironment> }>({
  openHireable: async ({ openEnvironment }, use) => {
    const server = createServer((request, response) => {
      request.resume();
      response.end('{}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const metadata = {
      callback_url: `http://127.0.0.1:${port}/`,
      callback_auth_header: 'Authorization: ApiKey x',
    };
    await use(async () => await openEnvironment({ listing: { metadata } }));
    server.close();
    server.closeAllConnections();
  },
});

const MAX_HIRES = 5;

/** Hires alice, once it is known whether somebody was there; again where a machine at its limit answered the probe too late. */
export async function hired(env: AdminEnvironment, description?: string): Promise<HiringSnapshot> {
  for (let hires = 1; ; hires += 1) {
    const { id } = env.hire('alice', description);
    const hiring = await env.marketplace.hirings.when(id, ({ status }) => status !== 'queued', 30_000);
    const isLate = hiring.status === 'failed' && hiring.failedReason?.includes('no answer to') === true;
    if (!isLate || hires === MAX_HIRES) return hiring;
  }
}

/** The sandbox's hiring is put before the app as a webhook would. */
export async function ingest(
  app: RunningAdminApi,
  env: AdminEnvironment,
  description?: string,
): Promise<string> {
  const { id, status } = await hired(env, description);
  if (status === 'failed') throw new Error('nobody answered the probe for availability');
  const agentId = env.agents[0]?.id ?? '';
  const parsed = { kind: 'hiring', hiring: unreadHiring(hiringIdSchema.parse(id)) } as const;
  await storeDeliveries({
    intake: 'poll',
    items: [{ parsed, raw: '{}' }],
    agentId: agentIdSchema.parse(agentId),
    store: app.store,
    clock: systemClock,
  });
  return id;
}

const stated = z.object({ state: z.string() });

/** The state that the API shows of a hiring; undefined while it does not know it. */
export async function stateOf(app: RunningAdminApi, id: string): Promise<string | undefined> {
  return stated.safeParse((await ask(app, `/hirings/${id}`)).body).data?.state;
}
