import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { breaksConnection, momentOf, type Fault } from '../faults.ts';
import type { Device } from './accounts.ts';
import type { HomeserverCore } from './core.ts';
import { jsonObject, type JsonObject } from './event.ts';
import { MatrixError } from './matrix-error.ts';

const maxBodyBytes = 1024 * 1024;

export interface Call {
  readonly request: Context<{ Bindings: HttpBindings }>;
  /** Who calls; on open routes a device that has no user. */
  readonly device: Device;
}

export interface Route {
  /** What a fault names. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly paths: readonly string[];
  /** Needs no access token. */
  readonly open?: boolean;
  readonly maxBytes?: number;
  /** Gives the JSON answer or a response; refusals are thrown as MatrixError. */
  readonly run: (call: Call) => object | Promise<object>;
}

const nobody: Device = { userId: '', deviceId: '', accessToken: '' };

/** A path of the client-server API, under its present and its older prefix. */
export const client = (...paths: string[]): string[] =>
  paths.flatMap((path) => [`/_matrix/client/v3${path}`, `/_matrix/client/r0${path}`]);

export const pathValue = (call: Call, name: string): string => {
  const value = call.request.req.param(name);
  if (value === undefined) throw new MatrixError(404, 'M_UNRECOGNIZED', `no ${name} in the path`);
  return value;
};

/** The JSON body, parsed by the schema; 400 in the protocol's form otherwise. An empty body is `{}`. */
export const jsonBody = async <Schema extends z.ZodType>(
  call: Call,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const text = await call.request.req.text();
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new MatrixError(400, 'M_NOT_JSON', 'Content not JSON.');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new MatrixError(400, 'M_BAD_JSON', z.prettifyError(parsed.error));
  return parsed.data;
};

export const objectBody = (call: Call): Promise<JsonObject> => jsonBody(call, jsonObject);

/** All routes as one app, with authentication, faults and errors in one place. */
export const routesApp = (
  core: HomeserverCore,
  routes: readonly Route[],
): Hono<{ Bindings: HttpBindings }> => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const route of routes) {
    const limit = bodyLimit({
      maxSize: route.maxBytes ?? maxBodyBytes,
      onError: () => answer(new MatrixError(413, 'M_TOO_LARGE', 'The request is too large')),
    });
    app.on(route.method, [...route.paths], limit);
    app.on(route.method, [...route.paths], (request) => serve(core, route, request));
  }
  app.notFound(() => answer(new MatrixError(404, 'M_UNRECOGNIZED', 'Unrecognized request')));
  app.onError((error) => {
    if (error instanceof MatrixError) return answer(error);
    console.error('sandbox homeserver:', error);
    return answer(new MatrixError(500, 'M_UNKNOWN', 'Internal server error'));
  });
  return app;
};

const serve = async (core: HomeserverCore, route: Route, request: Call['request']): Promise<Response> => {
  const token = bearerToken(request);
  const device = route.open === true ? nobody : core.accounts.authenticate(token);
  const fault = core.faults.take(route.name, route.open === true ? undefined : device.userId);
  const moment = fault === undefined ? undefined : momentOf(fault);
  if (fault !== undefined && moment === 'delay') {
    await core.clock.sleep(fault.seconds * 1000, request.req.raw.signal);
  }
  if (fault !== undefined && moment === 'before') return faultAnswer(fault, request);
  const limitedMs = route.open === true ? 0 : core.limit.count(route.name, device.userId);
  if (limitedMs > 0) return limited(limitedMs);
  const result = await route.run({ request, device });
  if (fault !== undefined && moment === 'after') return faultAnswer(fault, request);
  const date = new Date(core.clock.now()).toUTCString();
  return result instanceof Response ? result : Response.json(result, { headers: { date } });
};

const bearerToken = (request: Call['request']): string | undefined => {
  const header = request.req.header('authorization');
  return header?.startsWith('Bearer ') === true
    ? header.slice('Bearer '.length)
    : request.req.query('access_token');
};

const faultAnswer = (fault: Fault, request: Call['request']): Response => {
  if (breaksConnection(fault)) {
    request.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (fault.kind === 'rate_limit') return limited(fault.seconds * 1000);
  const { status } = fault;
  if (status === 401) return answer(new MatrixError(401, 'M_UNKNOWN_TOKEN', 'Unknown access token.'));
  if (status === 403)
    return answer(new MatrixError(403, 'M_FORBIDDEN', 'Forbidden by a fault of the sandbox'));
  if (status === 413)
    return answer(new MatrixError(413, 'M_TOO_LARGE', 'Too large by a fault of the sandbox'));
  return answer(new MatrixError(status, 'M_UNKNOWN', 'A fault of the sandbox'));
};

const limited = (retryAfterMs: number): Response => {
  const error = new MatrixError(429, 'M_LIMIT_EXCEEDED', 'Too many requests', {
    retry_after_ms: retryAfterMs,
  });
  return answer(error, { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) });
};

const answer = (error: MatrixError, headers: Record<string, string> = {}): Response =>
  Response.json(error.body, { status: error.status, headers });
