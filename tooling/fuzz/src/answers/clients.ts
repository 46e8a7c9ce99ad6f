import { agentIdSchema, hiringIdSchema, Secret, taskIdOf } from '@agrenting-hiclaw/core/domain';
import { createWebhookSink } from '../../../../packages/alerts/src/webhook-sink.ts';
import { parseBaseUrl } from '../../../../packages/core/src/agrenting/base-url.ts';
import { McpCredentials } from '../../../../packages/core/src/agrenting/mcp/mcp-credentials.ts';
import { openMcpSession } from '../../../../packages/core/src/agrenting/mcp/mcp-session.ts';
import { createRestClient, type RestClient } from '../../../../packages/core/src/agrenting/rest-client.ts';
import { createGitRepositories } from '../../../../packages/git/src/index.ts';
import { createController } from '../../../../packages/hiclaw/src/controller/controller.ts';
import { callOnce } from '../../../../packages/hiclaw/src/http/call-once.ts';
import { openConsole } from '../../../../packages/hiclaw/src/gateway/console.ts';
import { createAttemptRooms } from '../../../../packages/hiclaw/src/matrix/attempt-rooms.ts';
import { findAssignments } from '../../../../packages/hiclaw/src/matrix/find-assignments.ts';
import { createHomeserver, type Homeserver } from '../../../../packages/hiclaw/src/matrix/homeserver.ts';
import { createRoomCheck } from '../../../../packages/hiclaw/src/matrix/room.ts';
import { syncAnswer } from '../../../../packages/hiclaw/src/matrix/sync-answer.ts';
import type { ObjectStore } from '../../../../packages/hiclaw/src/storage/object-store.ts';
import { createObjectStore } from '../../../../packages/hiclaw/src/storage/s3-object-store.ts';
import { systemClock } from '../../../../packages/runtime/src/clock.ts';
import { fetchWithin } from '../../../../packages/runtime/src/http/fetch-within.ts';
import type { RawAnswer } from './raw-server.ts';

/** How long a client is given for one request. */
export const TIMEOUT_MS = 200;

export interface AskedClient {
  readonly name: string;
  /** The files that send its requests. */
  readonly files: readonly string[];
  /** One call; what it gives or rejects with. */
  ask(url: string): Promise<unknown>;
  /** What it reads is text of whatever kind. */
  readonly takesAnyText?: boolean | undefined;
  /** What has to go well before the call that is answered oddly. */
  readonly before?: ((answer: RawAnswer) => RawAnswer) | undefined;
}

const agentId = agentIdSchema.parse('22222222-3333-4444-5555-666666666666');
const hiringId = hiringIdSchema.parse('11111111-2222-3333-4444-555555555555');
const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
const key = new Secret('ak_canary0123456789');
const worker = { name: 'alice', userId: '@alice:h', roomId: '!r:h' };

/** Every way on which something of ours goes out over HTTP; git goes its own. */
export const CLIENTS: readonly AskedClient[] = [
  {
    name: 'a short request of doctor or a command',
    files: ['packages/runtime/src/http/fetch-within.ts'],
    ask: async (url) => await fetchWithin(url, { timeoutMs: TIMEOUT_MS, maxBytes: 1_000 }),
  },
  {
    name: 'a probe by HEAD',
    files: [],
    ask: async (url) => await fetchWithin(url, { method: 'HEAD', timeoutMs: TIMEOUT_MS }),
  },
  {
    name: 'an alert by webhook',
    files: [],
    async ask(url) {
      const sink = createWebhookSink({ url, clock: systemClock, timeoutMs: TIMEOUT_MS });
      const alert = { key: 'k', kind: 'test', text: 'a trial', atMs: 0 } as const;
      return await sink.send(alert, new AbortController().signal);
    },
  },
  {
    name: 'the marketplace by REST, reading',
    files: ['packages/core/src/agrenting/rest-client.ts'],
    ask: async (url) =>
      await withRest(
        url,
        async (client) =>
          await client.send({ method: 'GET', path: '/x', access: client.access(key), schemes: 'key' }),
      ),
  },
  {
    name: 'the marketplace by REST, settling',
    files: [],
    ask: async (url) =>
      await withRest(
        url,
        async (client) =>
          await client.send({
            method: 'POST',
            path: '/x',
            access: client.access(key),
            schemes: 'both',
            body: '{"output":{}}',
            settles: true,
          }),
      ),
  },
  {
    name: 'the stream of an MCP session',
    files: ['packages/core/src/agrenting/mcp/open-stream.ts'],
    ask: async (url) => await openSession(url),
  },
  {
    name: 'the messages of an MCP session',
    files: ['packages/core/src/agrenting/mcp/post-message.ts'],
    ask: async (url) => await openSession(url),
    before: (answer) => (socket, request) => {
      if (request.method !== 'GET') return answer(socket, request);
      const stream = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
      socket.write(`${stream}event: endpoint\ndata: /mcp/messages/?session_id=1\n\n`);
    },
  },
  {
    name: 'the homeserver',
    files: ['packages/hiclaw/src/http/bounded-fetch.ts', 'packages/hiclaw/src/matrix/homeserver.ts'],
    ask: async (url) =>
      await withHomeserver(
        url,
        async (homeserver) =>
          await homeserver.call({ method: 'PUT', path: '/v3/x', body: { a: 1 }, answer: syncAnswer }),
      ),
  },
  {
    name: 'a room that is left',
    files: [],
    ask: async (url) =>
      await withHomeserver(
        url,
        async (homeserver) =>
          await createAttemptRooms({ homeserver }).leave({ roomId: '!r:h', taskId, userId: '@alice:h' }),
      ),
  },
  {
    name: 'the assignments that stand in a room',
    files: [],
    ask: async (url) =>
      await withHomeserver(
        url,
        async (homeserver) => await findAssignments(homeserver, { worker, hiringId, attempt: 1 }, 0),
      ),
  },
  {
    name: 'who is in a room',
    files: [],
    ask: async (url) => await roomCheck(url),
  },
  {
    name: 'whether a room is encrypted',
    files: [],
    ask: async (url) => await roomCheck(url),
    before: (answer) => (socket, request) => {
      if (!request.path.endsWith('/joined_members')) return answer(socket, request);
      const members = JSON.stringify({ joined: { [worker.userId]: {} } });
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${members.length}\r\n\r\n${members}`,
      );
    },
  },
  {
    name: "the gateway's console, where something is taken away",
    files: [],
    async ask(url) {
      const opened = await openConsole({ url, userName: 'admin', password: 'x', timeoutMs: TIMEOUT_MS });
      return opened.kind === 'open' ? await opened.console.remove('/v1/routes/x') : opened;
    },
    before: (answer) => (socket, request) => {
      if (request.path !== '/session/login') return answer(socket, request);
      socket.write('HTTP/1.1 201 Created\r\nset-cookie: s=1\r\ncontent-length: 0\r\n\r\n');
    },
  },
  {
    name: 'an upload of the homeserver',
    files: [],
    takesAnyText: true,
    ask: async (url) =>
      await withHomeserver(
        url,
        async (homeserver) => await homeserver.readMedia('mxc://h/x', new AbortController().signal),
      ),
  },
  {
    name: "a single call, as to the gateway's console and for logins",
    files: ['packages/hiclaw/src/http/call-once.ts'],
    async ask(url) {
      const answer = await callOnce(url, {
        method: 'POST',
        headers: {},
        document: {},
        timeoutMs: TIMEOUT_MS,
      });
      return answer.status;
    },
  },
  {
    name: 'the controller',
    files: ['packages/hiclaw/src/controller/rest-controller.ts'],
    async ask(url) {
      const controller = createController(
        { driver: 'rest', url, token: () => Promise.resolve(key), timeoutMs: TIMEOUT_MS },
        new AbortController().signal,
      );
      return await controller.get('Worker', 'alice');
    },
  },
  storage('an object that is read', async (store) => await store.get('a', 100)),
  storage('an object that is looked at', async (store) => await store.stat('a')),
  storage('a folder that is listed', async (store) => await store.list('a', '')),
  storage(
    'an object that is written',
    async (store) => await store.put('a', Buffer.from('x'), { contentType: 'text/plain' }),
  ),
  storage('an object that is deleted', async (store) => await store.delete('a')),
];

/** Git speaks for itself, and is stopped when its time is up. */
export const GIT: AskedClient = {
  name: 'git',
  files: [],
  async ask(url) {
    const repositories = createGitRepositories({ hosts: [{ origin: url, private: true }], timeoutMs: 1_000 });
    return await repositories.source({ url: `${url}/owner/name`, token: key });
  },
};

function storage(name: string, ask: (store: ObjectStore) => Promise<unknown>): AskedClient {
  return {
    name: `the storage: ${name}`,
    files: ['packages/hiclaw/src/storage/bounded-transport.ts'],
    async ask(url) {
      const store = createObjectStore({
        endpoint: url,
        bucket: 'bucket',
        accessKey: 'access',
        secretKey: key,
        timeoutMs: TIMEOUT_MS,
      });
      try {
        return await ask(store);
      } finally {
        store.close();
      }
    },
  };
}

async function withRest<T>(url: string, ask: (client: RestClient) => Promise<T>): Promise<T> {
  const client = restAt(url);
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

function restAt(url: string): RestClient {
  const parsed = parseBaseUrl(url);
  if (parsed.kind !== 'valid') throw new Error(parsed.problem);
  return createRestClient({ baseUrl: parsed.baseUrl, clock: systemClock, timeoutMs: TIMEOUT_MS });
}

async function roomCheck(url: string): Promise<unknown> {
  return await withHomeserver(
    url,
    async (homeserver) => await createRoomCheck(homeserver, systemClock, 0).check(worker),
  );
}

async function withHomeserver<T>(url: string, ask: (homeserver: Homeserver) => Promise<T>): Promise<T> {
  const homeserver = createHomeserver({
    url,
    userId: '@us:h',
    accessToken: key,
    requestTimeoutMs: TIMEOUT_MS,
  });
  try {
    return await ask(homeserver);
  } finally {
    homeserver.close();
  }
}

async function openSession(url: string): Promise<unknown> {
  const client = restAt(url);
  const access = client.access(key);
  const stop = new AbortController();
  try {
    const opened = await openMcpSession({
      client,
      agentId,
      access,
      credentials: new McpCredentials(client, access),
      limits: {
        connectTimeoutMs: TIMEOUT_MS,
        endpointTimeoutMs: TIMEOUT_MS,
        postTimeoutMs: TIMEOUT_MS,
        maxEventCharacters: 1_000_000,
      },
      requestTimeoutMs: TIMEOUT_MS,
      stop: stop.signal,
      onConnected: () => {},
      onAnomaly: () => {},
      onUpdated: () => {},
    });
    return opened.kind;
  } finally {
    stop.abort();
    client.close();
  }
}
