import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { environmentTest, type Environment } from '@agrenting-hiclaw/sandbox/testing';
import { startAdminApi, type RunningAdminApi } from '../src/app.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const OPERATOR = randomBytes(32).toString('base64url');
export const VIEWER = randomBytes(32).toString('base64url');

/** Of a token, as the configuration has it. */
export const hashOf = (token: string): string => `sha256:${createHash('sha256').update(token).digest('hex')}`;

/** The section `admin` with an operator and a viewer. */
export const admin = {
  port: 0,
  tokens: [
    { name: 'olga', role: 'operator', hash: hashOf(OPERATOR) },
    { name: 'victor', role: 'viewer', hash: hashOf(VIEWER) },
  ],
};

async function start(settings: Record<string, unknown>): Promise<RunningAdminApi> {
  const loaded = await checkConfiguration({ admin, ...settings }, {}, { admin: true });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { PATH, HOME } = process.env;
  return await startAdminApi(loaded.configuration, { PATH, HOME });
}

/** Tests with both sandboxes around the app. */
export const test = environmentTest({
  main: MAIN,
  waitUntilReady: async (_env, app) => await app.printed('API listens'),
  start,
});

export type AdminEnvironment = Environment<RunningAdminApi>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined for what is no JSON. */
  readonly body: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Asks the API as a client does. */
export async function ask(app: RunningAdminApi, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', token = OPERATOR, body, headers = {} } = asking;
  const answer = await fetch(`${app.adminUrl}${path.startsWith('/api') ? '' : '/api/v1'}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: jsonIn(text) };
}

/** Gives a command under a new id, unless it has one. */
export async function command(
  app: RunningAdminApi,
  path: string,
  body: Record<string, unknown> = {},
  asking: Asking = {},
): Promise<Answer> {
  return await ask(app, path, {
    method: 'POST',
    body: { commandId: randomUUID(), ...body },
    ...asking,
  });
}

function jsonIn(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}
