import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';

import type { Agent } from '../agents.ts';
import type { Identity } from '../credentials.ts';
import { errorBody, successBody, type Page } from '../envelope.ts';
import type { Fault, Operation } from '../fault.ts';
import type { RateAllowance } from '../rate-limit.ts';
import {
  accepted,
  forbidden,
  refused,
  unauthorized,
  type Outcome,
  type Refusal,
  type Refused,
} from '../refusal.ts';
import type { RecordedRequest } from '../request-log.ts';
import type { User } from '../users.ts';
import type { World } from '../world.ts';

/** What the frame has found out before a handler runs. */
export interface Variables {
  operation: Operation;
  identity: Identity;
  /** Whose switches hold for the answer: the caller's, else those of the agent of the hiring that was named. */
  subjectAgentId: string | undefined;
  body: Uint8Array;
  allowance: RateAllowance | undefined;
  fault: Fault | undefined;
  recorded: RecordedRequest | undefined;
}

export interface HttpEnvironment {
  Bindings: HttpBindings;
  Variables: Variables;
}

export type HttpContext = Context<HttpEnvironment>;

const jsonType = 'application/json; charset=utf-8';

export function answer(world: World, data: unknown, status = 200, pagination?: Page): Response {
  const body = successBody(data, world.clock.now(), pagination);
  return new Response(body, { status, headers: { 'content-type': jsonType } });
}

/** JSON without the envelope. */
export function plain(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': jsonType } });
}

/** For handlers that have written, or broken, the raw response themselves. */
export function alreadySent(): Response {
  return new Response(null, { headers: RESPONSE_ALREADY_SENT.headers });
}

export function refuse(world: World, c: HttpContext, refusal: Refusal): Response {
  const operation = c.get('operation');
  let form = world.switches.of(c.get('subjectAgentId')).error_envelope;
  // The one place where the documentation shows another form: settling without the agent's key (2.4).
  const settling = operation === 'result' || operation === 'failure';
  if (settling && refusal.status === 401 && form === 'array') form = 'object';
  const { body, contentType } = errorBody(refusal, form, world.clock.now());
  const headers = new Headers({ 'content-type': contentType });
  if (refusal.retryAfterSeconds !== undefined) headers.set('retry-after', String(refusal.retryAfterSeconds));
  return new Response(body, { status: refusal.status, headers });
}

/** The JSON of the request's body; none at all is `{}`. */
export function jsonBody(c: HttpContext): Outcome<unknown> {
  const text = new TextDecoder().decode(c.get('body'));
  if (text.trim() === '') return accepted({});
  try {
    return accepted(JSON.parse(text));
  } catch {
    return refused(400, 'BAD_REQUEST', 'The body is not valid JSON');
  }
}

export function callingAgent(c: HttpContext): Outcome<Agent> {
  const identity = c.get('identity');
  return identity.kind === 'agent' ? accepted(identity.agent) : unauthorized();
}

export function callingUser(c: HttpContext): Outcome<User> {
  const identity = c.get('identity');
  if (identity.kind === 'user') return accepted(identity.user);
  return identity.kind === 'agent' ? forbidden('A user token is needed') : unauthorized();
}

export function rateLimited(seconds: number): Refused {
  const { refusal } = refused(
    429,
    'RATE_LIMIT_EXCEEDED',
    `Rate limit exceeded. Retry after ${seconds} seconds.`,
  );
  return { ok: false, refusal: { ...refusal, retryAfterSeconds: seconds } };
}
