import { z } from 'zod/mini';
import { COMMANDS, buildPath, READS, type CommandName } from './contract.ts';
import { openedSessionSchema, problemSchema, type CommandResult, type Session } from './schemas.ts';
import { authorization, keepSessionSecret, sessionSecret } from './session-secret.ts';

export const BASE = '/api/v1';

/** What the server did not do, and what the operator can do about it. */
export class ApiProblem extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  readonly todo: string | null;

  constructor(status: number, detail: string, todo: string | null, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'ApiProblem';
    this.status = status;
    this.todo = todo;
  }
}

const TIMEOUT_MS = 30_000;

interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

async function answerOf(
  path: string,
  { method = 'GET', body, signal, timeoutMs = TIMEOUT_MS }: Request,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = new Headers({ accept: 'application/json, application/problem+json', ...authorization() });
  if (body !== undefined) headers.set('content-type', 'application/json');
  try {
    return await fetch(`${BASE}${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'omit',
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiProblem(
      0,
      'The adapter did not answer.',
      'Check that it is running and reachable. The console reconnects automatically.',
      { cause: error },
    );
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const read = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (!read.success) return new ApiProblem(response.status, `The adapter answered ${response.status}.`, null);
  return new ApiProblem(response.status, read.data.detail, read.data.todo ?? null);
}

/** Asks the admin API. Throws `ApiProblem` for anything but the answer that was asked for. */
export async function ask<Answer>(
  schema: z.core.$ZodType<Answer>,
  path: string,
  request: Request = {},
): Promise<Answer> {
  const response = await answerOf(path, request);
  if (!response.ok) throw await problemOf(response);
  const body: unknown = await response.json().catch(() => undefined);
  const read = z.safeParse(schema, body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ApiProblem(
    response.status,
    `The console cannot read the response of the adapter (${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}).`,
    'The console and the adapter may have different versions. Reload the page.',
  );
}

/** What one click wants: what is to be done, with what, and what is said there. */
export interface CommandRequest {
  readonly command: CommandName;
  /** The id or name of what it is done with. */
  readonly of?: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A command. The same `commandId` takes effect once, so that a retry is safe. */
export async function postCommand(
  { command, of, body }: CommandRequest,
  commandId: string,
): Promise<CommandResult> {
  const [method, path] = command.startsWith('PATCH ')
    ? (['PATCH', command.slice(6)] as const)
    : (['POST', command.slice(5)] as const);
  return await ask(COMMANDS[command], buildPath(path, of), { method, body: { commandId, ...body } });
}

/** The largest file takes this long at 350 KB a second. */
const DOWNLOAD_MS = 300_000;

/** A file of the adapter, for the user of the page. Throws `ApiProblem` if there is none. */
export async function download(path: string): Promise<Blob> {
  const response = await answerOf(path, { timeoutMs: DOWNLOAD_MS });
  if (!response.ok) throw await problemOf(response);
  return await response.blob();
}

export async function currentSession(): Promise<Session | undefined> {
  if (sessionSecret() === undefined) return undefined;
  try {
    return await ask(READS['/session'], '/session');
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
    keepSessionSecret(undefined);
    return undefined;
  }
}

export async function logIn(token: string): Promise<Session> {
  keepSessionSecret(undefined);
  const { secret, ...session } = await ask(openedSessionSchema, '/session', {
    method: 'POST',
    body: { token },
  });
  keepSessionSecret(secret);
  return session;
}

export async function logOut(): Promise<void> {
  try {
    await answerOf('/session', { method: 'DELETE' });
  } finally {
    keepSessionSecret(undefined);
  }
}
