import { createServer, type Server } from 'node:http';

import { getRequestListener } from '@hono/node-server';

import { ScopedClock, systemClock, type Clock } from './clock.ts';
import { seedSchema, type Seed } from './control-input.ts';
import { createControl, type MarketplaceControl } from './control.ts';
import { createHttpApp } from './http/app.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { SwitchChange } from './switches.ts';
import { createWorld } from './world.ts';

export interface MarketplaceOptions {
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  host?: string | undefined;
  /** The machine's own time by default. */
  clock?: Clock | undefined;
  /** What holds for every agent that has no setting of its own. */
  switches?: SwitchChange | undefined;
  limits?: Partial<Limits> | undefined;
  /** Users and agents that exist from the start, with ids and keys of your choice. */
  seed?: Seed | undefined;
}

export interface RunningMarketplace extends MarketplaceControl {
  /** Such as `http://127.0.0.1:4012`. */
  url: string;
  /** Ends all streams, probes and sockets. */
  close: () => Promise<void>;
}

/**
 * Starts a marketplace that listens and is ready when the promise resolves. It rejects when the port is taken or the
 * seed is not usable.
 */
export async function startMarketplace(options: MarketplaceOptions = {}): Promise<RunningMarketplace> {
  const host = options.host ?? '127.0.0.1';
  const clock = new ScopedClock(options.clock ?? systemClock);
  let url = '';
  const world = createWorld({
    clock,
    limits: { ...defaultLimits, ...options.limits },
    switches: options.switches ?? {},
    origin: () => url,
  });
  const control = createControl(world);
  const seed = seedSchema.parse(options.seed ?? {});
  for (const user of seed.users) control.createUser(user);
  for (const agent of seed.agents) control.registerAgent(agent);

  const app = createHttpApp(world, control);
  // Several parts may run in one process: none of them may replace the global Request and Response.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader('date', new Date(clock.now()).toUTCString());
    void listener(incoming, outgoing);
  });
  const port = await listen(server, options.port ?? 0, host);
  url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    world.availability.close();
    world.webhooks.close();
    clock.close();
    world.sessions.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return { ...control, url, close: () => (closing ??= close()) };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the server has no address'));
    });
  });
}
