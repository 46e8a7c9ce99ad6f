import { Hono } from 'hono';

import { adminRoutes } from '../admin.ts';
import type { MarketplaceControl } from '../control.ts';
import { mcpRoutes } from '../mcp/routes.ts';
import { refused } from '../refusal.ts';
import { agentRoutes } from '../rest/agents.ts';
import { artifactRoutes } from '../rest/artifacts.ts';
import { authenticationRoutes } from '../rest/authentication.ts';
import { hireRoute, hiringRoutes } from '../rest/hirings.ts';
import { ledgerRoutes } from '../rest/ledger.ts';
import { settlementRoutes } from '../rest/settlements.ts';
import type { World } from '../world.ts';
import { answer, refuse, type HttpEnvironment } from './context.ts';
import { rest } from './frame.ts';

/** All of the marketplace's HTTP surface. */
export function createHttpApp(world: World, control: MarketplaceControl): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();
  app.get('/api/v1/health', rest(world, 'health'), () => answer(world, { status: 'ok' }));
  app.get('/api/v1/health/readiness', rest(world, 'health'), () => answer(world, { status: 'ok' }));
  app.route('/api/v1/auth', authenticationRoutes(world));
  app.route('/api/v1/agents', hireRoute(world));
  app.route('/api/v1/agents', agentRoutes(world));
  app.route('/api/v1', artifactRoutes(world));
  app.route('/api/v1/hirings', settlementRoutes(world));
  app.route('/api/v1/hirings', hiringRoutes(world));
  app.route('/api/v1/ledger', ledgerRoutes(world));
  app.route('/mcp', mcpRoutes(world));
  app.route('/sandbox', adminRoutes(control, world.limits.maxBodyBytes));
  app.all('*', rest(world, 'unknown_route'), (c) => {
    const { refusal } = refused(404, 'ROUTE_NOT_FOUND', `No route for ${c.req.method} ${c.req.path}`);
    return refuse(world, c, refusal);
  });
  app.onError((error, c) => {
    console.error(error);
    return refuse(world, c, refused(500, 'INTERNAL_ERROR', 'Something went wrong').refusal);
  });
  return app;
}
