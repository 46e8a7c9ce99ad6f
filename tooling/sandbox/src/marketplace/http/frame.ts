import type { MiddlewareHandler } from 'hono';

import type { Identity } from '../credentials.ts';
import type { Operation } from '../fault.ts';
import type { StoredAnswer } from '../idempotency.ts';
import { isUuidV4 } from '../identifiers.ts';
import type { Outcome } from '../refusal.ts';
import type { World } from '../world.ts';
import { readBody } from './body.ts';
import { rateLimited, refuse, type HttpContext, type HttpEnvironment } from './context.ts';
import { preempt, serverError, corrupt } from './corrupt.ts';

/** What a request is, as far as its body and path tell. */
export interface Intent {
  operation: Operation;
  hiringId: string | null;
}

interface FrameOptions {
  via: 'rest' | 'mcp';
  intentOf: (c: HttpContext) => Intent;
}

/** The frame of a REST endpoint. */
export function rest(world: World, operation: Operation): MiddlewareHandler<HttpEnvironment> {
  return frame(world, {
    via: 'rest',
    intentOf: (c) => ({ operation, hiringId: c.req.param('id') ?? null }),
  });
}

/**
 * What happens around every endpoint, from the outside in: read the body within bounds, recognise the caller, note the
 * request, count it against the rate limit, strike with a fault, honour the idempotency key, run the handler.
 */
export function frame(world: World, options: FrameOptions): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const identity = world.credentials.identify(c.req.raw.headers);
    c.set('identity', identity);
    c.set('subjectAgentId', identity.kind === 'agent' ? identity.agent.id : undefined);
    const body = await readBody(c.req.raw, world.limits.maxBodyBytes);
    c.set('body', body.ok ? body.value : new Uint8Array());
    const intent = options.intentOf(c);
    c.set('operation', intent.operation);
    const hired = intent.hiringId === null ? undefined : world.hirings.byId(intent.hiringId);
    c.set('subjectAgentId', c.get('subjectAgentId') ?? hired?.agentId);
    note(world, c, options.via, intent);

    const response = await admit(world, c, options.via, body, next);
    c.res = response;
    const allowance = c.get('allowance');
    if (allowance !== undefined) {
      for (const [name, value] of Object.entries(rateHeaders(allowance))) c.res.headers.set(name, value);
    }
    const recorded = c.get('recorded');
    if (recorded !== undefined && !c.env.outgoing.destroyed) recorded.status = response.status;
  };
}

export function rateHeaders(allowance: { limit: number; remaining: number }): Record<string, string> {
  return {
    'x-ratelimit-limit': String(allowance.limit),
    'x-ratelimit-remaining': String(allowance.remaining),
  };
}

function note(world: World, c: HttpContext, via: 'rest' | 'mcp', { operation, hiringId }: Intent): void {
  world.visits.add({ via, operation, agentId: c.get('subjectAgentId') ?? null });
  if (operation !== 'result' && operation !== 'failure' && operation !== 'message' && operation !== 'chunk')
    return;
  const identity = c.get('identity');
  const request = {
    via,
    operation,
    hiringId,
    agentId: identity.kind === 'agent' ? identity.agent.id : null,
    userId: identity.kind === 'user' ? identity.user.id : null,
  };
  c.set('recorded', world.requests.begin(request, c.req.raw.headers, c.get('body')));
}

async function admit(
  world: World,
  c: HttpContext,
  via: 'rest' | 'mcp',
  body: Outcome<Uint8Array>,
  next: () => Promise<void>,
): Promise<Response> {
  const switches = world.switches.of(c.get('subjectAgentId'));
  const address = c.env.incoming.socket.remoteAddress ?? 'unknown';
  const authenticating = c.get('operation') === 'authenticate';
  const allowance = authenticating
    ? world.rateLimits.take(`authenticate ${address}`, world.switches.of().authenticate_per_minute, {
        count: true,
        lockout: true,
      })
    : world.rateLimits.take(callerOf(c.get('identity'), address), switches.rate_limit_per_minute, {
        count: via === 'rest' || switches.rate_limit_mcp,
        lockout: false,
      });
  c.set('allowance', allowance);
  if (allowance.retryAfterSeconds !== undefined) {
    return refuse(world, c, rateLimited(allowance.retryAfterSeconds).refusal);
  }
  if (!body.ok) return refuse(world, c, body.refusal);

  const operation = c.get('operation');
  const agentId = c.get('subjectAgentId');
  const byAgent = c.get('identity').kind === 'agent';
  const fault = world.faults.take({ on: 'request', byAgent, agentId, operation, via });
  c.set('fault', fault);
  const preempted = fault === undefined ? undefined : await preempt(world, c, fault);
  if (preempted !== undefined) return preempted;
  const response = await runOnce(world, c, via, next);
  return fault === undefined ? response : corrupt(world, c, fault, response);
}

/** Runs the handler, or answers as an earlier request with the same idempotency key was answered (13.3). */
async function runOnce(
  world: World,
  c: HttpContext,
  via: 'rest' | 'mcp',
  next: () => Promise<void>,
): Promise<Response> {
  const run = async (): Promise<Response> => {
    const fault = c.get('fault');
    if (fault?.kind === 'error_recorded') return serverError(world, c, fault.status);
    if (fault?.kind === 'delay') {
      await new Promise<void>((resolve) => void world.clock.after(fault.seconds * 1_000, resolve));
    }
    await next();
    return c.res;
  };
  const key = c.req.header('x-idempotency-key');
  const identity = c.get('identity');
  const switches = world.switches.of(c.get('subjectAgentId'));
  const applies =
    via === 'rest' &&
    (c.req.method === 'POST' || c.req.method === 'PUT') &&
    identity.kind !== 'nobody' &&
    switches.idempotency === 'on';
  if (key === undefined || !applies) return run();

  const request = {
    caller: callerOf(identity, ''),
    key,
    method: c.req.method,
    path: c.req.path,
    body: c.get('body'),
  };
  const check = world.idempotency.check(request, switches.idempotency_after_5xx);
  switch (check.kind) {
    case 'refused':
      return refuse(world, c, check.refusal);
    case 'replay':
      return respond(check.answer);
    case 'run': {
      let answer: StoredAnswer | undefined;
      try {
        const response = await run();
        const contentType = response.headers.get('content-type') ?? 'text/plain';
        answer = { status: response.status, contentType, body: await response.text() };
      } finally {
        check.finish(answer);
      }
      return respond(answer);
    }
  }
}

function respond({ status, contentType, body }: StoredAnswer): Response {
  return new Response(body, { status, headers: { 'content-type': contentType } });
}

function callerOf(identity: Identity, address: string): string {
  switch (identity.kind) {
    case 'agent':
      return `agent ${identity.agent.id}`;
    case 'user':
      return `user ${identity.user.id}`;
    case 'nobody':
      return `address ${address}`;
  }
}

/** Ids in paths are UUID v4 (Agrenting API reference, 13.5). */
export function pathId(c: HttpContext): string | undefined {
  const id = c.req.param('id') ?? '';
  return isUuidV4(id) ? id : undefined;
}
