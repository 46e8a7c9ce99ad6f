import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Store } from '@agrenting-hiclaw/store';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { Problem, problemOf } from '../http/problem.ts';
import { isSame, type Access, type Caller } from './access.ts';

export const SESSION_COOKIE = 'agrenting_session';

/** What a request's connection tells and does. */
export interface Incoming {
  readonly peer?: string | undefined;
  /** Has the connection kept open before those of strangers. */
  readonly keep?: (() => void) | undefined;
}

export interface ApiEnv {
  Bindings: Incoming;
  Variables: {
    caller: Caller;
    client: string;
    /** What the audit says that it was about. */
    subject?: string;
    commandId?: string;
    /** Not written down: somebody hammers at the door. */
    unaudited?: boolean;
  };
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_NOTED = 200;

export interface GuardOptions {
  readonly access: Access;
  readonly store: Pick<Store, 'audit'>;
  readonly clock: Clock;
}

/** Notes whom a request comes from, and writes down every deed, done or refused, once it is known what became of it. */
export function auditing({ access, store, clock }: GuardOptions): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { req } = context;
    context.set('client', access.clientOf(context.env.peer, req.header('x-forwarded-for')));
    await next();
    const refused = [401, 403, 429].includes(context.res.status);
    if ((SAFE.has(req.method) && !refused) || context.get('unaudited') === true) return;
    const caller: Caller | undefined = context.get('caller');
    await store.audit.note({
      atMs: clock.nowMs(),
      who: caller?.name ?? '',
      role: caller?.role ?? '',
      action: `${req.method} ${actionOf(req.path)}`,
      subject: (context.get('subject') ?? subjectOf(req.path)).slice(0, MAX_NOTED),
      commandId: context.get('commandId'),
      outcome: String(context.res.status),
      client: context.get('client'),
    });
  };
}

/** Lets operators through, each with what its role may, and throws `Problem` for everybody else. */
export function guarded({ access }: Pick<GuardOptions, 'access'>): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const caller = await callerOf(context, access);
    if (caller === undefined) throw refusal(context, access);
    context.set('caller', caller);
    context.env.keep?.();
    if (!SAFE.has(context.req.method)) checkDeed(context, caller);
    await next();
  };
}

/** A wrong token is counted; no token at all is not worth it. */
function refusal(context: Context<ApiEnv>, access: Access): Problem {
  const todo = 'Send `Authorization: Bearer <token>`; `agrenting-hiclaw admin token` makes one.';
  if (context.req.header('authorization') === undefined && getCookie(context, SESSION_COOKIE) === undefined) {
    context.set('unaudited', SAFE.has(context.req.method));
    return new Problem(401, 'no token and no session came with the request', { todo });
  }
  return wrongToken(context, access, 'the token or session is none of ours, or has ended', todo);
}

/** For a wrong token: who comes with many of them is told to wait, and no more is written down of it. */
export function wrongToken(context: Context<ApiEnv>, access: Access, detail: string, todo: string): Problem {
  const retryAfterSeconds = access.failed(context.get('client'));
  if (retryAfterSeconds === undefined) return new Problem(401, detail, { todo });
  context.set('unaudited', true);
  return new Problem(429, 'too many wrong tokens came from this address', {
    todo: `Wait ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  });
}

function checkDeed({ req }: Context<ApiEnv>, { role, csrfToken }: Caller): void {
  if (csrfToken !== undefined && !isSame(req.header('x-csrf-token'), csrfToken)) {
    throw new Problem(403, 'the request does not show that it comes from our own page', {
      todo: 'Send csrfToken of GET /api/v1/session as X-CSRF-Token.',
    });
  }
  if (role !== 'operator' && !(req.method === 'DELETE' && req.path.endsWith('/session'))) {
    throw new Problem(403, 'a viewer may look and do nothing', {
      todo: 'Use a token of the role operator.',
    });
  }
}

async function callerOf(context: Context<ApiEnv>, access: Access): Promise<Caller | undefined> {
  const authorization = context.req.header('authorization');
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const operator = token === undefined ? undefined : access.byToken(token);
    return operator === undefined ? undefined : { ...operator, csrfToken: undefined };
  }
  const secret = getCookie(context, SESSION_COOKIE);
  return secret === undefined ? undefined : await access.bySession(secret);
}

/** The path without ids and names: what stands in their place is the subject. */
function actionOf(path: string): string {
  const [, , , list = '', , verb] = path.split('/');
  return [list, verb]
    .filter((part) => part !== undefined)
    .join(' ')
    .slice(0, MAX_NOTED);
}

function subjectOf(path: string): string {
  const [, , , , subject = ''] = path.split('/');
  return subject;
}

/** Every error becomes problem+json; of a bug nothing is told. */
export function onError(report: (error: unknown) => void) {
  return (error: unknown): Response => {
    const problem = problemOf(error);
    if (problem !== undefined) return problem.toResponse();
    report(error);
    return new Problem(500, 'something here is broken', { todo: 'See the log of admin-api.' }).toResponse();
  };
}
