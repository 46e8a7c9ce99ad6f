import { getRequestListener } from '@hono/node-server';
import type { SandboxClock } from '../clock.ts';
import { listen } from '../http-server.ts';
import { createCore, type HomeserverCore } from './core.ts';
import { eventRoutes } from './event-routes.ts';
import { mediaRoutes } from './media.ts';
import { roomRoutes } from './room-routes.ts';
import { routesApp } from './route.ts';
import { sessionRoutes } from './session-routes.ts';
import { syncRoutes } from './sync-routes.ts';

export interface RunningHomeserver extends HomeserverCore {
  readonly url: string;
  readonly serverName: string;
  /** Ends all access tokens of a user, and the long polls that use them. */
  revokeTokens(userId: string, softLogout: boolean): void;
  close(): Promise<void>;
}

export interface HomeserverOptions {
  readonly host: string;
  readonly port: number;
  /** The domain of all ids; may hold a port and is independent of where the server listens. */
  readonly serverName: string;
  readonly registrationToken: string;
  readonly clock: SandboxClock;
}

/** A Matrix homeserver in memory: the subset of the client-server API of HiClaw reference, 10.1. */
export const startHomeserver = async (options: HomeserverOptions): Promise<RunningHomeserver> => {
  const core = createCore(options.serverName, options.registrationToken, options.clock);
  const app = routesApp(core, [
    ...sessionRoutes(core),
    ...roomRoutes(core),
    ...eventRoutes(core),
    ...syncRoutes(core),
    ...mediaRoutes(core),
  ]);
  const server = await listen(getRequestListener(app.fetch), options.host, options.port);
  return {
    ...core,
    url: server.url,
    serverName: options.serverName,
    revokeTokens: (userId, softLogout) => {
      core.accounts.revoke(userId, softLogout);
      core.stream.notify([userId]);
    },
    close: async () => {
      core.stream.close();
      core.rooms.close();
      await server.close();
    },
  };
};
