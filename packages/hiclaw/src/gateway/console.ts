import { z } from 'zod';
import { callOnce, type SingleCall } from '../http/call-once.ts';
import { describeConnectionError } from '../http/connection-error.ts';

export interface ConsoleSettings {
  /** Such as http://127.0.0.1:8001. */
  readonly url: string;
  readonly userName: string;
  readonly password: string;
  /** How long one request may take. Default 20,000. */
  readonly timeoutMs?: number | undefined;
}

export type ConsoleAnswer =
  | { readonly kind: 'done'; readonly data: unknown }
  /** The console itself says so. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly problem: string };

/** The console of HiClaw's gateway, Higress (HiClaw reference, 7). */
export interface GatewayConsole {
  read(path: string): Promise<ConsoleAnswer>;
  /** Makes what is to be at `collection`/`name`, or changes what is there. */
  put(collection: string, name: string, document: object): Promise<ConsoleAnswer>;
  /** Sends a document to a path that always takes one. */
  replace(path: string, document: object): Promise<ConsoleAnswer>;
  remove(path: string): Promise<ConsoleAnswer>;
}

export type ConsoleSignIn =
  | { readonly kind: 'open'; readonly console: GatewayConsole }
  | { readonly kind: 'failed'; readonly problem: string };

const wrapped = z.object({
  success: z.boolean().optional(),
  message: z.string().optional(),
  // Where something is wrong it is left out, and an unknown that is left out is none.
  data: z.unknown().optional(),
});

/** Signs in to the console; the session lives in a cookie. */
export async function openConsole({
  url,
  userName,
  password,
  timeoutMs,
}: ConsoleSettings): Promise<ConsoleSignIn> {
  const base = url.replace(/\/$/, '');
  try {
    const document = { username: userName, password };
    const answer = await callOnce(`${base}/session/login`, {
      method: 'POST',
      headers: {},
      document,
      timeoutMs,
    });
    const cookie = answer.headers
      .getSetCookie()
      .map((set) => set.split(';', 1)[0])
      .join('; ');
    if (!answer.ok || cookie === '') {
      return {
        kind: 'failed',
        problem: `the console does not accept user ${userName} (HTTP ${answer.status})`,
      };
    }
    return { kind: 'open', console: createConsole(base, cookie, timeoutMs) };
  } catch (error) {
    return {
      kind: 'failed',
      problem: `the console at ${base} does not answer: it ${describeConnectionError(error)}`,
    };
  }
}

function createConsole(base: string, cookie: string, timeoutMs: number | undefined): GatewayConsole {
  async function call(method: SingleCall['method'], path: string, document?: object): Promise<ConsoleAnswer> {
    const judged = await callAsItIs(method, path, document);
    if (judged.kind !== 'bare 404') return judged;
    const failed = {
      kind: 'failed',
      problem: `${method} ${path}: HTTP 404, not from the console: check the address and any proxy in front of it`,
    } as const;
    if (method !== 'GET') return failed;
    // So the console says that something is not there; others say 404 to whatever they are asked.
    const consumers = await callAsItIs('GET', CONSUMERS);
    return consumers.kind === 'done' ? { kind: 'absent' } : failed;
  }

  async function callAsItIs(
    method: SingleCall['method'],
    path: string,
    document?: object,
  ): Promise<ConsoleAnswer | { readonly kind: 'bare 404' }> {
    try {
      const answer = await callOnce(`${base}${path}`, {
        method,
        headers: { cookie },
        document,
        timeoutMs,
      });
      return judge(method, path, answer.status, await answer.text());
    } catch (error) {
      return { kind: 'failed', problem: `${method} ${path}: the console ${describeConnectionError(error)}` };
    }
  }

  return {
    read: async (path) => await call('GET', path),
    async put(collection, name, document) {
      const path = `${collection}/${encodeURIComponent(name)}`;
      const there = await call('GET', path);
      if (there.kind === 'failed') return there;
      if (there.kind === 'absent') return await call('POST', collection, document);
      // The console wants the version that it gave.
      const version = z.object({ version: z.unknown() }).safeParse(there.data).data?.version;
      return await call('PUT', path, version === undefined ? document : { ...document, version });
    },
    replace: async (path, document) => await call('PUT', path, document),
    remove: async (path) => await call('DELETE', path),
  };
}

/** A list that every console has. */
const CONSUMERS = '/v1/consumers';

function judge(
  method: string,
  path: string,
  status: number,
  text: string,
): ConsoleAnswer | { readonly kind: 'bare 404' } {
  if (/<!doctype html/i.test(text)) {
    return {
      kind: 'failed',
      problem: `${method} ${path}: the console answered with an HTML page, as after the session has expired`,
    };
  }
  const parsed = wrapped.safeParse(parseOr(text)).data;
  if (status === 404) return parsed?.success === false ? { kind: 'absent' } : { kind: 'bare 404' };
  if (status >= 200 && status < 300 && parsed?.success !== false) {
    const isNothing = method === 'GET' && (parsed?.data === null || parsed?.data === undefined);
    if (isAlien(text, parsed) || (isNothing && parsed?.success !== true)) {
      return {
        kind: 'failed',
        problem: `${method} ${path}: HTTP ${status}, which is not an answer of the console`,
      };
    }
    // Some versions say success and nothing for what is not there.
    return isNothing ? { kind: 'absent' } : { kind: 'done', data: parsed?.data };
  }
  const why = parsed?.message ?? '';
  return { kind: 'failed', problem: `${method} ${path}: HTTP ${status}${why === '' ? '' : `, ${why}`}` };
}

/** Where the console has nothing to say its answer is empty, and JSON everywhere else. */
function isAlien(text: string, parsed: z.output<typeof wrapped> | undefined): boolean {
  return text.trim() !== '' && parsed === undefined;
}

function parseOr(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}
