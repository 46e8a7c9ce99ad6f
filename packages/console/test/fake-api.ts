import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { consoleDirectory } from '../src/directory.ts';
import { driftOf, refusalOf } from './documented.ts';
import {
  actionsOf,
  agentOf,
  AGENTS,
  type FakeHiring,
  hiringAt,
  hiringById,
  HIRINGS,
  idAt,
  versionOf,
  workerAt,
  WORKERS,
} from './fake-data.ts';
import { detailOf, HOSTILE } from './fake-detail.ts';
import { REFERENCE } from './fake-reference.ts';
import { alerts, audit, doctor, earnings, keys, POLICY_OF_OWNER, rooms, SETTINGS } from './fake-records.ts';

/** The policy that the page has to live with. */
export const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
export const TOKEN = 'operator-token';
export const VIEWER_TOKEN = 'viewer-token';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const DONE: Readonly<Record<string, string>> = {
  pause: 'paused',
  resume: 'resumed',
  'rotate-key': 'rotated',
};
const OPEN_STATES = new Set(['sent', 'acknowledged', 'attention']);
const RESTART = '`up` loads it within seconds; restart other processes that use the configuration.';
const WORKER_OUTCOMES: Readonly<Record<string, string>> = { start: 'starting', ping: 'receipt' };

const SESSION_MS = 43_200_000;

interface Command {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the fake shall do other than what the contract says. */
export interface Faults {
  /** Events are refused with 503. */
  events?: boolean | undefined;
  /** Lists are empty, as on the first day. */
  empty?: boolean | undefined;
  /** Reads fail with this problem. */
  reads?: { readonly status: number; readonly detail: string; readonly todo: string } | undefined;
  /** Commands are refused with this problem. */
  refusal?: { readonly status: number; readonly detail: string; readonly todo: string } | undefined;
  /** What commands to agents leave undone. */
  halfDone?: { readonly problem: string; readonly todo: string } | undefined;
  /** So many workers there are besides. */
  moreWorkers?: number | undefined;
  /** Whether files of results are others by now. */
  fileChanged?: boolean;
  /** So many next commands take effect, but their answers are lost. */
  lostAnswers?: number | undefined;
  /** How long a command takes. */
  commandMs?: number | undefined;
}

export interface FakeApi {
  readonly url: string;
  /** Every command that was sent, also the same one again. */
  readonly commands: Command[];
  /** Every command that took effect. */
  readonly effects: Command[];
  readonly faults: Faults;
  /** How often a place was read. */
  readonly reads: (path: string) => number;
  /** Changes a hiring and tells of it. */
  change(index: number, change: Partial<FakeHiring>): void;
  /** As it is now. */
  hiring(index: number): FakeHiring;
  /** Ends all event streams. */
  dropEvents(): void;
  /** Ends all sessions, as a restart does. */
  endSessions(): void;
  readonly listeners: () => number;
  close(): Promise<void>;
}

/** Serves the contract of the admin API from memory, and the page that was built. */
export async function startFakeApi(port = 0): Promise<FakeApi> {
  const sessions = new Map<string, { readonly role: string; readonly name: string }>();
  const streams = new Set<ServerResponse>();
  const answers = new Map<string, unknown>();
  const changes = new Map<number, Partial<FakeHiring>>();
  const commands: Command[] = [];
  const effects: Command[] = [];
  const reads = new Map<string, number>();
  const paused = new Set<string>();
  const added: (typeof AGENTS)[number][] = [];
  const faults: Faults = {};
  let sequence = 0;

  const current = (index: number): FakeHiring => {
    const hiring = { ...hiringAt(index), ...changes.get(index) };
    return { ...hiring, version: versionOf(hiring), actions: actionsOf(hiring) };
  };
  const emit = (event: string, data: unknown): void => {
    sequence += 1;
    for (const stream of streams) {
      stream.write(`id: ${sequence}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  };
  const change = (index: number, changed: Partial<FakeHiring>): void => {
    changes.set(index, { ...changes.get(index), ...changed, updatedAt: new Date().toISOString() });
    const { id, state } = current(index);
    emit('hiring', { id, state, at: new Date().toISOString() });
    emit('overview', {});
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => problem(response, 500, String(error)));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (!url.pathname.startsWith('/api/v1/')) return await serveFile(url.pathname, response);
    const path = url.pathname.slice('/api/v1'.length);
    // A cookie would also be sent to servers at other ports.
    if (request.headers.cookie !== undefined) throw new Error('a cookie came with a request');
    const secret = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const session = sessions.get(secret);
    const body = await bodyOf(request);
    const { method = 'GET' } = request;
    const refusal = refusalOf({ method, path, query: url.searchParams, body });
    if (refusal !== undefined) {
      const status = refusal.startsWith('the document') ? 404 : 400;
      return problem(response, status, refusal, 'Look at the document.');
    }
    if (path === '/session' && request.method === 'POST') {
      const role = { [TOKEN]: 'operator', [VIEWER_TOKEN]: 'viewer' }[String(body['token'])];
      if (role === undefined) {
        return problem(
          response,
          401,
          'No one has this token.',
          'Take it from the file that api.tokens names.',
        );
      }
      const opened = `session_${randomUUID()}`;
      const made = { role, name: role === 'operator' ? 'Olga' : 'Viktor' };
      sessions.set(opened, made);
      const until = new Date(Date.now() + SESSION_MS).toISOString();
      return json(response, 200, { ...made, secret: opened, until });
    }
    if (session === undefined) return problem(response, 401, 'You are not logged in.', 'Log in.');
    if (path === '/session') {
      if (request.method !== 'DELETE') return json(response, 200, session);
      sessions.delete(secret);
      response.writeHead(204).end();
      return;
    }
    if (request.method === 'GET') return read(path, url.searchParams, response);
    if (session.role !== 'operator') {
      return problem(response, 403, 'A viewer may only look.', 'Log in with an operator token.');
    }
    await obey(path, body, response);
  }

  async function obey(
    path: string,
    body: Readonly<Record<string, unknown>>,
    response: ServerResponse,
  ): Promise<void> {
    const commandId = String(body['commandId']);
    commands.push({ path, body });
    if (faults.commandMs !== undefined) await new Promise((resolve) => setTimeout(resolve, faults.commandMs));
    if (faults.refusal !== undefined) {
      return problem(response, faults.refusal.status, faults.refusal.detail, faults.refusal.todo);
    }
    const index = hiringById(decodeURIComponent(path.split('/')[2] ?? ''));
    const { version } = body;
    if (!answers.has(commandId) && index !== undefined && version !== undefined) {
      const present = current(index).version;
      if (version !== present) return problem(response, 409, 'The hiring has changed since you read it.');
    }
    if (!answers.has(commandId)) {
      effects.push({ path, body });
      answers.set(commandId, effectOf(path, body));
    }
    if ((faults.lostAnswers ?? 0) > 0) {
      faults.lostAnswers = (faults.lostAnswers ?? 0) - 1;
      response.destroy();
      return;
    }
    json(response, path.startsWith('/hirings/') ? 202 : 200, answers.get(commandId));
  }

  function effectOf(path: string, body: Readonly<Record<string, unknown>>): unknown {
    const [, kind = '', id = '', action = ''] = path.split('/').map(decodeURIComponent);
    if (kind === 'agents') {
      if (action === 'pause') paused.add(id);
      if (action === 'resume') paused.delete(id);
      if (id === '') added.push(agentOf(body));
      const done = DONE[action] ?? (id === '' ? 'registered' : 'changed');
      const todo = action === 'rotate-key' || id === '' ? RESTART : null;
      return { agentId: id, done, problem: null, todo, ...faults.halfDone };
    }
    if (action === 'stop') {
      return { worker: id, outcome: 'stopped', interrupts: [idAt(2)], startsAgain: true };
    }
    if (kind === 'workers') return { worker: id, outcome: WORKER_OUTCOMES[action], afterMs: null };
    if (kind === 'alerts') return { alerts: [{ sink: 'matrix', outcome: 'sent', problem: null }] };
    const index = hiringById(id);
    const state = {
      approve: 'submitted',
      fail: 'settling',
      retry: 'confirmed',
      submit: 'settling',
      hold: 'attention',
    }[action];
    if (index === undefined) return { state: 'received', already: false };
    if (action === 'answer') return { state: current(index).state, already: false };
    if (state === undefined) return { state: current(index).state };
    change(index, {
      state,
      needs:
        state === 'attention'
          ? {
              reason: 'held_by_operator',
              why: 'you held it',
              todo: 'Say what becomes of it.',
              quote: null,
              approves: 'hold',
            }
          : null,
    });
    return { state };
  }

  function read(path: string, query: URLSearchParams, response: ServerResponse): void {
    reads.set(path, (reads.get(path) ?? 0) + 1);
    if (path === '/events') return stream(response);
    if (path === '/reference') return json(response, 200, REFERENCE);
    if (faults.reads !== undefined) {
      return problem(response, faults.reads.status, faults.reads.detail, faults.reads.todo);
    }
    const list = (all: readonly unknown[]): void => {
      const from = Number(query.get('cursor') ?? 0);
      const to = from + Number(query.get('limit') ?? 50);
      const items = faults.empty === true ? [] : all.slice(from, to);
      json(response, 200, { items, nextCursor: to < all.length && items.length > 0 ? String(to) : null });
    };
    const [, kind = '', id = '', part = ''] = path.split('/').map(decodeURIComponent);
    switch (kind) {
      case 'overview':
        return json(response, 200, overview());
      case 'hirings': {
        if (id === '') return faults.empty === true ? list([]) : hirings(query, response);
        const index = hiringById(id);
        if (index === undefined)
          return problem(response, 404, `There is no hiring ${id}.`, 'Look it up in the list.');
        if (part === 'files') {
          if (faults.fileChanged === true) {
            return problem(response, 409, 'The file in the task folder is not the one that was reviewed.');
          }
          response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
          response.end(HOSTILE);
          return;
        }
        if (part !== 'export') return json(response, 200, detailOf(current(index), index));
        response.writeHead(200, {
          'content-type': 'application/zip',
          'content-disposition': 'attachment; filename="evidence.zip"',
        });
        response.end('PK');
        return;
      }
      case 'agents':
        return list(
          [...AGENTS, ...added].map((agent) =>
            paused.has(agent.agentId)
              ? Object.assign({}, agent, { paused: { since: new Date().toISOString() } })
              : agent,
          ),
        );
      case 'keys':
        return list(keys());
      case 'workers':
        return list([
          ...WORKERS,
          ...Array.from({ length: faults.moreWorkers ?? 0 }, (_, nth) => workerAt(nth)),
        ]);
      case 'rooms':
        return list(rooms());
      case 'audit':
        return list(audit());
      case 'policy':
        return json(response, 200, POLICY_OF_OWNER);
      case 'doctor':
        return json(response, 200, doctor());
      case 'alerts':
        return list(alerts());
      case 'settings':
        return json(response, 200, { items: SETTINGS });
      case 'earnings':
        return json(response, 200, earnings(query));
      default:
        return problem(response, 404, `There is no ${path}.`);
    }
  }

  function hirings(query: URLSearchParams, response: ServerResponse): void {
    const limit = Math.min(200, Number(query.get('limit') ?? 50));
    const [state, agent, worker] = [query.get('state'), query.get('agent'), query.get('worker')];
    const q = query.get('q')?.toLowerCase() ?? '';
    const attention = query.get('attention') === 'true';
    const items: FakeHiring[] = [];
    let index = Number(query.get('cursor') ?? 0);
    // The open ones are the newest; a whole scan of a million is what a store has an index for.
    for (; index < HIRINGS && items.length < limit; index += 1) {
      if ((attention || OPEN_STATES.has(state ?? '')) && index > 400) break;
      const one = current(index);
      if (state !== null && one.state !== state) continue;
      if (agent !== null && one.agentId !== agent) continue;
      if (worker !== null && one.worker !== worker) continue;
      if (attention && one.needs === null) continue;
      if (q !== '' && !one.id.startsWith(q) && !one.title.toLowerCase().includes(q)) {
        if (index > 5_000) break;
        continue;
      }
      items.push(one);
    }
    const more = items.length === limit && index < HIRINGS;
    json(response, 200, { items, nextCursor: more ? String(index) : null });
  }

  function stream(response: ServerResponse): void {
    if (faults.events === true) return problem(response, 503, 'Too many listen.');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('event: ping\ndata: {}\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  function overview(): unknown {
    const states: Record<string, number> = {};
    let attention = 0;
    for (let index = 0; index < 400; index += 1) {
      const { state, needs } = current(index);
      states[state] = (states[state] ?? 0) + 1;
      if (needs !== null) attention += 1;
    }
    const hour = 3_600_000;
    const start = Math.floor(Date.now() / hour) * hour - 23 * hour;
    const at = (offset: number): string => new Date(start + offset * hour).toISOString();
    const hours = Array.from({ length: 24 }, (_, offset) => offset);
    return {
      states:
        faults.empty === true ? {} : { ...states, completed: 984_311, failed: 12_871, cancelled: 2_401 },
      overdue: faults.empty === true ? 0 : 1,
      attention: faults.empty === true ? 0 : attention,
      agents: AGENTS.length,
      agentsOffline: 1,
      workers: WORKERS.length,
      today:
        faults.empty === true
          ? { hirings: 0, grossCents: 0, feeCents: 0, netCents: 0 }
          : { hirings: 41, grossCents: 123_450, feeCents: 6_173, netCents: 117_277 },
      arrivals:
        faults.empty === true
          ? []
          : hours.map((h) => ({ at: at(h), count: Math.round(9 + 8 * Math.sin(h / 3.5) + (h % 3)) })),
      acknowledge:
        faults.empty === true
          ? []
          : hours.map((h) => ({
              at: at(h),
              p50Ms: 1_800 + 400 * Math.sin(h),
              p95Ms: h === 7 ? 44_000 : 7_000 + 2_500 * Math.cos(h / 2),
            })),
      settle:
        faults.empty === true
          ? []
          : hours.map((h) => ({
              at: at(h),
              p50Ms: 210_000 + 30_000 * Math.sin(h / 2),
              p95Ms: 600_000 + 120_000 * Math.cos(h),
            })),
      problems:
        faults.empty === true
          ? []
          : ['Agent Vera is offline: its session has been down for 14 min. See Agents.'],
      version: '0.4.0',
    };
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    commands,
    effects,
    faults,
    reads: (path) => reads.get(path) ?? 0,
    change,
    hiring: current,
    dropEvents: () => {
      for (const stream of streams) stream.destroy();
    },
    endSessions: () => sessions.clear(),
    listeners: () => streams.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const file = normalize(path === '/' ? '/index.html' : path);
  try {
    const content = await readFile(join(consoleDirectory(), file));
    response.writeHead(200, {
      'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': file === '/index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
    });
    response.end(content);
  } catch {
    problem(response, 404, `There is no ${path}.`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** Answers; what the document does not say is a fault of the fake. */
function json(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const { method = 'GET', url = '' } = response.req;
  const path = url.replace(/\?.*/, '').slice('/api/v1'.length);
  const drift = status === 500 ? undefined : driftOf(method, path, { status, type, body });
  if (drift !== undefined) throw new Error(`the fake goes against docs/openapi.json: ${drift}`);
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, detail: string, todo?: string): void {
  const body = {
    type: 'about:blank',
    title: 'Not done',
    status,
    detail,
    ...(todo === undefined ? {} : { todo }),
  };
  if (response.req.url?.startsWith('/api/v1/') === true && status !== 404) {
    return json(response, status, body, 'application/problem+json');
  }
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}
