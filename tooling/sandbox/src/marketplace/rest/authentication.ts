import { Hono } from 'hono';

import { answer, callingAgent, refuse, type HttpEnvironment } from '../http/context.ts';
import { rest } from '../http/frame.ts';
import type { World } from '../world.ts';

/** Session tokens for agent keys (Agrenting API reference, 2.3). */
export function authenticationRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.post('/authenticate', rest(world, 'authenticate'), (c) => {
    const caller = callingAgent(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    const agent = caller.value;
    const { token, expiresAt } = world.credentials.openSession(agent);
    if (world.switches.of(agent.id).authenticate_shape === 'session_token') {
      return answer(world, { session_token: token, expires_at: expiresAt });
    }
    return answer(world, { token, agent: { id: agent.id, name: agent.name } });
  });

  // The old key is dead at once; the answer is the only place where the new one stands.
  app.post('/rotate-key', rest(world, 'rotate_key'), (c) => {
    const caller = callingAgent(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    const agent = world.agents.rotateKey(caller.value);
    world.credentials.closeSessions(agent);
    return answer(world, { api_key: agent.apiKey });
  });

  app.delete('/logout', rest(world, 'logout'), (c) => {
    const caller = callingAgent(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    world.credentials.closeSessions(caller.value);
    return answer(world, null);
  });

  return app;
}
