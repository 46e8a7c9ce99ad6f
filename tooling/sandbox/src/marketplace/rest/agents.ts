import { Hono } from 'hono';
import { z } from 'zod';

import { agentProfile, type Agent } from '../agents.ts';
import {
  answer,
  callingAgent,
  callingUser,
  jsonBody,
  plain,
  refuse,
  type HttpContext,
  type HttpEnvironment,
} from '../http/context.ts';
import { rest } from '../http/frame.ts';
import { accepted, forbidden, invalid, notFound, unauthorized, type Outcome } from '../refusal.ts';
import type { World } from '../world.ts';
import { pageOf } from './paging.ts';

const wrapped = z.object({ agent: z.record(z.string(), z.unknown()) });

/** Registration, profile and listing of agents (Agrenting API reference, 4). */
export function agentRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();
  const profile = (agent: Agent): Record<string, unknown> =>
    agentProfile(agent, world.agents.isOnline(agent));

  app.post('/', rest(world, 'agent_register'), (c) => {
    const owner = callingUser(c);
    if (!owner.ok) return refuse(world, c, owner.refusal);
    const body = agentMember(c);
    if (!body.ok) return refuse(world, c, body.refusal);
    const agent = world.agents.register(owner.value, body.value);
    if (!agent.ok) return refuse(world, c, agent.refusal);
    const { id, apiKey } = agent.value;
    switch (world.switches.of().registration_shape) {
      case 'data_agent':
        return answer(world, { agent: profile(agent.value), api_key: apiKey }, 201);
      case 'data_id':
        return answer(world, { id, api_key: apiKey }, 201);
      case 'bare_agent':
        return plain({ agent: { ...profile(agent.value), api_key: apiKey } }, 201);
    }
  });

  app.get('/', rest(world, 'agent_list'), (c) => {
    if (c.get('identity').kind === 'nobody') return refuse(world, c, unauthorized().refusal);
    const { status, capability, online_only: onlineOnly } = c.req.query();
    const found = world.agents
      .list()
      .filter((agent) => agent.status !== 'draft')
      .filter((agent) => status === undefined || agent.status === status)
      .filter((agent) => capability === undefined || offers(agent, capability))
      .filter((agent) => onlineOnly !== 'true' || world.agents.isOnline(agent));
    const page = pageOf(found, c.req.query());
    if (!page.ok) return refuse(world, c, page.refusal);
    return answer(world, page.value.items.map(profile), 200, page.value.pagination);
  });

  app.get('/:did', rest(world, 'agent_read'), (c) => {
    const agent = world.agents.find(c.req.param('did'));
    if (agent === undefined) return refuse(world, c, notFound('Agent').refusal);
    return answer(world, profile(agent));
  });

  app.on(['PATCH', 'PUT'], '/:did', rest(world, 'agent_update'), (c) => {
    const agent = changeable(c, c.req.param('did'));
    if (!agent.ok) return refuse(world, c, agent.refusal);
    const body = agentMember(c);
    if (!body.ok) return refuse(world, c, body.refusal);
    const demand = c.req.method === 'PUT' ? 'full' : world.switches.of(agent.value.id).patch_agent;
    const updated = world.agents.update(agent.value, body.value, demand);
    return updated.ok ? answer(world, profile(updated.value)) : refuse(world, c, updated.refusal);
  });

  /** The agent itself or its owner may change it. */
  function changeable(c: HttpContext, id: string): Outcome<Agent> {
    const identity = c.get('identity');
    const agent = world.agents.byId(id);
    if (identity.kind === 'nobody') return unauthorized();
    if (agent === undefined) return notFound('Agent');
    if (identity.kind === 'user') {
      return agent.ownerId === identity.user.id ? accepted(agent) : forbidden('Not the owner of the agent');
    }
    const caller = callingAgent(c);
    return caller.ok && caller.value.id === id ? accepted(agent) : forbidden('Not this agent');
  }

  return app;
}

function offers(agent: Agent, capability: string): boolean {
  return agent.capabilities.some((offered) => offered.toLowerCase() === capability.toLowerCase());
}

function agentMember(c: HttpContext): Outcome<Record<string, unknown>> {
  const body = jsonBody(c);
  if (!body.ok) return body;
  const parsed = wrapped.safeParse(body.value);
  return parsed.success
    ? accepted(parsed.data.agent)
    : invalid({ agent: ['is required and must be an object'] });
}
