import type { Clock, Store } from '@agrenting-hiclaw/core/domain';
import type { Context, MiddlewareHandler } from 'hono';
import { Problem, problemOf } from '../http/problem.ts';
import { SESSION_PREFIX, type Access } from './access.ts';
import type { Strangers } from './strangers.ts';
import type { Operator } from './tokens.ts';

/** What a request's connection tells and does. */
export interface Incoming {
  readonly peer?: string | undefined;
  /** Has the connection kept open before those of strangers. */
  readonly keep?: (() => void) | undefined;
  /** Whether the client disconnected before the whole request arrived. */
  readonly isBrokenOff?: (() => boolean) | undefined;
  /** Ends the connection in the midst of an answer, so that nobody takes a part of it for the whole. */
  readonly breakOff?: (() => void) | undefined;
}

export interface ApiEnv {
  Bindings: Incoming;
  Variables: {
    caller: Operator;
    /** Of the session that the request came with; undefined for one with a token. */
    sessionSecret: string | undefined;
    client: string;
    /** What the audit says that it was about. */
    subject?: string;
    commandId?: string;
  };
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_NOTED = 200;

export interface GuardOptions {
  readonly access: Access;
  readonly store: Pick<Store, 'audit'>;
  readonly clock: Clock;
  readonly strangers: Strangers;
}

/**
 * Notes whom a request comes from, and writes down every deed of an operator, done or refused, once it is known what became of it.
 * Strangers are counted: who writes a row for each of them lets them write over what operators did.
 */
export function auditing({ access, store, clock, strangers }: GuardOptions): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { req } = context;
    context.set('client', access.clientOf(context.env.peer, req.header('x-forwarded-for')));
    await next();
    const { status } = context.res;
    const caller: Operator | undefined = context.get('caller');
    if (caller === undefined) {
      if (status >= 400) strangers.refused(status, context.get('client'));
      return;
    }
    if (SAFE.has(req.method) && status !== 403) return;
    await store.audit.note({
      atMs: clock.nowMs(),
      who: caller.name,
      role: caller.role,
      action: `${req.method} ${actionOf(req.path)}`,
      subject: (context.get('subject') ?? subjectOf(req.path)).slice(0, MAX_NOTED),
      commandId: context.get('commandId'),
      outcome: String(status),
      client: context.get('client'),
    });
  };
}

/** Lets operators through, each with what its role may, and throws `Problem` for everybody else. */
export function guarded({ access }: Pick<GuardOptions, 'access'>): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const secret = secretOf(context.req.header('authorization'));
    const isSession = secret?.startsWith(SESSION_PREFIX) === true;
    const caller =
      secret === undefined ? undefined : isSession ? await access.bySession(secret) : access.byToken(secret);
    if (caller === undefined) throw refusal(context, access);
    context.set('caller', caller);
    context.set('sessionSecret', isSession ? secret : undefined);
    context.env.keep?.();
    if (!SAFE.has(context.req.method)) checkCommand(context, caller);
    await next();
  };
}

/** Browsers never send this header automatically, so only our own page can send it. */
function secretOf(authorization: string | undefined): string | undefined {
  return /^Bearer {1,9}(\S{1,1024})$/i.exec(authorization ?? '')?.[1];
}

/** A wrong token is counted; no token at all is not worth it. */
function refusal(context: Context<ApiEnv>, access: Access): Problem {
  const todo = 'Send `Authorization: Bearer <token>`; `agrenting-hiclaw admin token` makes one.';
  if (context.req.header('authorization') === undefined) {
    return new Problem(401, 'The request has no token and no session.', { todo });
  }
  return wrongToken(context, access, 'The token or session is invalid or has expired.', todo);
}

/** For a wrong token: a client that sends many gets 429. */
export function wrongToken(context: Context<ApiEnv>, access: Access, detail: string, todo: string): Problem {
  const retryAfterSeconds = access.failed(context.get('client'));
  if (retryAfterSeconds === undefined) return new Problem(401, detail, { todo });
  return new Problem(429, 'Too many invalid tokens from this address.', {
    todo: `Wait ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  });
}

function checkCommand({ req }: Context<ApiEnv>, { role }: Operator): void {
  if (role === 'operator' || (req.method === 'DELETE' && req.path.endsWith('/session'))) return;
  throw new Problem(403, 'Viewers have read-only access.', { todo: 'Use a token with the role operator.' });
}

/** The path without ids and names, which become the subject. */
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

const REPORT_EVERY_MS = 60_000;

/**
 * Every error becomes problem+json; a bug is not described. Of errors before the caller is known, one a minute is reported, and
 * of a request that was broken off nothing: strangers can do either as often as they like.
 */
export function onError(
  report: (error: unknown, unreported: number) => void,
  elapsedMs: () => number = () => performance.now(),
) {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let unreported = 0;
  return (error: unknown, context: Context<ApiEnv>): Response => {
    const problem = problemOf(error);
    if (problem !== undefined) return problem.toResponse();
    if (context.env.isBrokenOff?.() === true) {
      return new Problem(400, 'The request was aborted.', {
        todo: 'Send the complete request.',
      }).toResponse();
    }
    const caller: Operator | undefined = context.get('caller');
    if (caller !== undefined) report(error, 0);
    else if (elapsedMs() < quietUntilMs) unreported += 1;
    else {
      quietUntilMs = elapsedMs() + REPORT_EVERY_MS;
      report(error, unreported);
      unreported = 0;
    }
    return new Problem(500, 'Internal error.', { todo: 'See the log of admin-api.' }).toResponse();
  };
}
