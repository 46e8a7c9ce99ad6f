import { Hono } from 'hono';
import { z } from 'zod';

import { hireBodySchema } from '../hire-body.ts';
import type { Identity } from '../credentials.ts';
import { isActive, type Hiring } from '../hiring.ts';
import { agentView, hirerView, type JsonObject } from '../hiring-views.ts';
import {
  answer,
  callingUser,
  jsonBody,
  refuse,
  type HttpContext,
  type HttpEnvironment,
} from '../http/context.ts';
import { pathId, rest } from '../http/frame.ts';
import { malformedItems } from '../malformed-items.ts';
import { formatCents } from '../money.ts';
import { accepted, forbidden, invalid, notFound, refused, unauthorized, type Outcome } from '../refusal.ts';
import { parseWith } from '../validation.ts';
import type { World } from '../world.ts';
import { numberedPageOf, pageOf } from './paging.ts';

const retryBody = z.object({ reason: z.string().max(500).nullish() });

/** Hiring, and reading hirings (Agrenting API reference, 5). */
export function hireRoute(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();
  app.post('/:did/hire', rest(world, 'hire'), (c) => {
    const hirer = callingUser(c);
    if (!hirer.ok) return refuse(world, c, hirer.refusal);
    const agent = world.agents.find(c.req.param('did'));
    if (agent === undefined) return refuse(world, c, notFound('Agent').refusal);
    const json = jsonBody(c);
    if (!json.ok) return refuse(world, c, json.refusal);
    const body = parseWith(hireBodySchema, json.value);
    if (!body.ok) return refuse(world, c, body.refusal);
    const hired = world.hirings.create(hirer.value, agent, body.value);
    if (!hired.ok) return refuse(world, c, hired.refusal);
    const { hiring, created } = hired.value;
    const config = {
      agentDid: agent.did,
      pricingModel: agent.pricingModel,
      basePrice: formatCents(agent.basePriceCents),
      capabilities: agent.capabilities,
      hiringId: hiring.id,
      metadata: {},
    };
    return answer(world, { hiring: hirerView(hiring, agent), config }, created ? 201 : 200);
  });
  return app;
}

export function hiringRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.get('/', rest(world, 'hiring_list'), (c) => {
    const hirer = callingUser(c);
    if (!hirer.ok) return refuse(world, c, hirer.refusal);
    const { status } = c.req.query();
    const own = world.hirings
      .list()
      .filter(
        (hiring) => hiring.hirerId === hirer.value.id && (status === undefined || hiring.status === status),
      )
      .toReversed();
    const page = numberedPageOf(own, c.req.query());
    if (!page.ok) return refuse(world, c, page.refusal);
    const { items, ...counts } = page.value;
    return answer(world, { hirings: items.map((hiring) => seenByHirer(hiring)), ...counts });
  });

  app.get('/pending', rest(world, 'pending'), (c) => {
    const found = pendingFor(world, c);
    if (!found.ok) return refuse(world, c, found.refusal);
    const page = pageOf(found.value, c.req.query());
    if (!page.ok) return refuse(world, c, page.refusal);
    return answer(world, page.value.items, 200, page.value.pagination);
  });

  app.get('/:id', rest(world, 'hiring_read'), (c) => {
    if (world.switches.of(c.get('subjectAgentId')).hiring_detail === 'missing') {
      return refuse(world, c, refused(404, 'ROUTE_NOT_FOUND', 'No such route').refusal);
    }
    const found = readable(world, c);
    if (!found.ok) return refuse(world, c, found.refusal);
    const { hiring, viewOf } = found.value;
    const stale = c.get('fault')?.kind === 'stale_read';
    return answer(world, viewOf(stale ? world.staleReads.before(hiring) : world.staleReads.shown(hiring)));
  });

  app.post('/:id/cancel', rest(world, 'cancel'), (c) => {
    const hiring = hired(world, c);
    if (!hiring.ok) return refuse(world, c, hiring.refusal);
    const cancelled = world.hirings.cancel(hiring.value, `hirer:${hiring.value.hirerId}`);
    return cancelled.ok ? answer(world, seenByHirer(cancelled.value)) : refuse(world, c, cancelled.refusal);
  });

  app.post('/:id/retry', rest(world, 'retry'), (c) => {
    const hiring = hired(world, c);
    if (!hiring.ok) return refuse(world, c, hiring.refusal);
    const json = jsonBody(c);
    if (!json.ok) return refuse(world, c, json.refusal);
    const body = parseWith(retryBody, json.value);
    if (!body.ok) return refuse(world, c, body.refusal);
    const by = `hirer:${hiring.value.hirerId}`;
    const retried = world.hirings.retry(hiring.value, by, body.value.reason ?? null);
    return retried.ok ? answer(world, seenByHirer(retried.value)) : refuse(world, c, retried.refusal);
  });

  function seenByHirer(hiring: Hiring): JsonObject {
    return hirerView(hiring, world.agents.byId(hiring.agentId));
  }

  return app;
}

/** A hiring of the calling hirer. */
function hired(world: World, c: HttpContext): Outcome<Hiring> {
  const hirer = callingUser(c);
  if (!hirer.ok) return hirer;
  const id = pathId(c);
  if (id === undefined) return invalid({ id: ['must be a UUID v4'] });
  const hiring = world.hirings.byId(id);
  return hiring?.hirerId === hirer.value.id ? accepted(hiring) : notFound('Hiring');
}

/** A hiring as its agent, its hirer or the agent's owner sees it. */
export function readable(
  world: World,
  c: HttpContext,
): Outcome<{ hiring: Hiring; viewOf: (hiring: Hiring) => JsonObject }> {
  const identity = c.get('identity');
  if (identity.kind === 'nobody') return unauthorized();
  const id = pathId(c);
  if (id === undefined) return invalid({ id: ['must be a UUID v4'] });
  const hiring = world.hirings.byId(id);
  const agent = hiring === undefined ? undefined : world.agents.byId(hiring.agentId);
  if (hiring === undefined || agent === undefined) return notFound('Hiring');
  if (!isParty(world, hiring, identity)) return notFound('Hiring');
  if (identity.kind === 'user') {
    return accepted({ hiring, viewOf: (version) => hirerView(version, agent) });
  }
  const switches = world.switches.of(agent.id);
  return accepted({ hiring, viewOf: (version) => agentView(version, agent, switches) });
}

/** Whether a hiring is the caller's: of its hirer, its agent or the agent's owner. */
export function isParty(
  world: World,
  { hirerId, agentId }: Hiring,
  identity: Exclude<Identity, { kind: 'nobody' }>,
): boolean {
  if (identity.kind === 'agent') return identity.agent.id === agentId;
  return identity.user.id === hirerId || identity.user.id === world.agents.byId(agentId)?.ownerId;
}

/**
 * `GET /hirings/pending` (Agrenting API reference, 5.3): an agent's key lists its own hirings, a user's token those of
 * all the user's agents, or of the one that `X-Agent-ID` names.
 */
function pendingFor(world: World, c: HttpContext): Outcome<unknown[]> {
  const identity = c.get('identity');
  if (identity.kind === 'nobody') return unauthorized();
  const chosen = c.req.header('x-agent-id');
  const agents =
    identity.kind === 'agent'
      ? [identity.agent]
      : world.agents
          .list()
          .filter(
            (agent) => agent.ownerId === identity.user.id && (chosen === undefined || agent.id === chosen),
          );
  if (identity.kind === 'agent' && world.switches.of(identity.agent.id).pending_scope === 'user_token_only') {
    return forbidden('A user token is needed');
  }
  const rows = agents.flatMap((agent) =>
    malformedItems(agent, world.switches.of(agent.id).pending_malformed, c.get('fault')?.kind),
  );
  for (const hiring of world.hirings.list()) {
    const agent = agents.find(({ id }) => id === hiring.agentId);
    if (agent === undefined) continue;
    const switches = world.switches.of(agent.id);
    const listed =
      switches.pending_scope === 'paid_and_in_progress' ? isActive(hiring.status) : hiring.status === 'paid';
    if (!listed) continue;
    const callback = `${world.origin()}/api/v1/hirings/${hiring.id}/result`;
    rows.push({ ...agentView(hiring, agent, switches), callback });
  }
  return accepted(rows);
}
