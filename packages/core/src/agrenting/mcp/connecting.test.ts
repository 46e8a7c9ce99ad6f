import { expect, onTestFinished, test } from 'vitest';
import { AGENT_KEY } from '../test/agent.ts';
import { sendJson, startHttpServer, type HttpServer } from '../test/http-server.ts';
import type { McpServerOptions } from '../test/mcp-server.ts';
import { sessionWorld } from '../test/session-world.ts';
import { until } from '../test/until.ts';
import type { DropCause } from './session-status.ts';

type Intercept = NonNullable<McpServerOptions['intercept']>;

async function bystander(): Promise<HttpServer> {
  const server = await startHttpServer((_, response) => sendJson(response, 200, {}));
  onTestFinished(async () => server.close());
  return server;
}

/** Answers the first `count` requests for the stream itself. */
function firstStreams(count: number, intercept: Intercept): Intercept {
  let left = count;
  return (request, response) => {
    if (request.path !== '/mcp/sse' || left === 0) return false;
    left -= 1;
    return intercept(request, response);
  };
}

test.each<[number, Record<string, string>, DropCause, RegExp]>([
  [503, {}, 'refused', /answered with HTTP 503/],
  [500, {}, 'refused', /HTTP 500/],
  [404, {}, 'refused', /nothing at .*\/mcp\/sse.*check the base URL/],
  [204, {}, 'refused', /asks not to be connected to/],
  [200, { 'Content-Type': 'text/html' }, 'refused', /no event stream/],
])('tries again after HTTP %i for the stream', async (status, headers, cause, problem) => {
  const { session, events, reads } = await sessionWorld({
    intercept: firstStreams(2, (_, response) => response.writeHead(status, headers).end() !== undefined),
  });
  session.start();
  await reads(1);
  expect(session.status().drops).toEqual({ [cause]: 2 });
  expect(events).toContainEqual({
    kind: 'dropped',
    cause,
    problem: expect.stringMatching(problem),
    waitMs: expect.any(Number),
  });
});

test('tries again when nobody answers', async () => {
  const { session, reads } = await sessionWorld({
    intercept: firstStreams(2, (_, response) => response.destroy() !== undefined),
  });
  session.start();
  await reads(1);
  expect(session.status().drops).toEqual({ unreachable: 2 });
});

test('tries again when the server takes too long to open the stream', async () => {
  const { session, reads } = await sessionWorld(
    { intercept: firstStreams(1, () => true) },
    { timings: { connectTimeoutMs: 100 } },
  );
  session.start();
  await reads(1);
  expect(session.status().drops.unreachable).toBeGreaterThanOrEqual(1);
});

test('does not follow a redirect of the stream', async () => {
  const elsewhere = await bystander();
  const { session, reads } = await sessionWorld({
    intercept: firstStreams(1, (_, response) => {
      return response.writeHead(302, { Location: `${elsewhere.baseUrl}/mcp/sse` }).end() !== undefined;
    }),
  });
  session.start();
  await reads(1);
  expect(session.status().drops).toEqual({ redirected: 1 });
  expect(elsewhere.received).toEqual([]);
});

test('does not follow a redirect of a message', async () => {
  const elsewhere = await bystander();
  const { session, events } = await sessionWorld({
    intercept: ({ method }, response) =>
      method === 'POST' &&
      response.writeHead(307, { Location: `${elsewhere.baseUrl}/mcp/messages/1` }).end() !== undefined,
  });
  session.start();
  await until('the drop', () =>
    events.some((event) => event.kind === 'dropped' && event.cause === 'redirected'),
  );
  expect(elsewhere.received).toEqual([]);
});

test('says that something buffers when the first event does not come', async () => {
  const { session, events } = await sessionWorld(
    { endpoint: () => undefined },
    { timings: { endpointTimeoutMs: 30 } },
  );
  session.start();
  await until('the drop', () => session.status().drops.no_endpoint !== undefined);
  expect(events).toContainEqual(
    expect.objectContaining({
      cause: 'no_endpoint',
      problem: expect.stringContaining('switch off its response buffering'),
    }),
  );
});

test('takes an absolute endpoint', async () => {
  const { session, reads } = await sessionWorld({
    endpoint: (id, baseUrl) => `${baseUrl}/mcp/messages/${id}`,
  });
  session.start();
  await reads(1);
  expect(session.status().state).toBe('subscribed');
});

test('brings a foreign endpoint back to the configured origin and says so', async () => {
  const elsewhere = await bystander();
  const { session, events, reads } = await sessionWorld({
    endpoint: (id) => `${elsewhere.baseUrl}/mcp/messages/${id}`,
  });
  session.start();
  await reads(1);
  expect(elsewhere.received).toEqual([]);
  expect(events).toContainEqual({
    kind: 'anomaly',
    problem: expect.stringContaining(`names ${elsewhere.baseUrl} for messages`),
  });
});

test('sends nothing to a foreign endpoint that is no place for messages', async () => {
  const elsewhere = await bystander();
  const { server, session } = await sessionWorld({ endpoint: () => `${elsewhere.baseUrl}/collect` });
  session.start();
  await until('two drops', () => (session.status().drops.foreign_endpoint ?? 0) >= 2);
  expect(elsewhere.received).toEqual([]);
  expect(server.posted).toEqual([]);
});

test('ignores a repeated endpoint and starts over at another one', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  const first = server.posted[0]?.session;
  server.write(`event: endpoint\ndata: /mcp/messages/${first}\n\n`);
  server.notify();
  await reads(2);
  expect(session.status().drops).toEqual({});
  server.write('event: endpoint\ndata: /mcp/messages/other\n\n');
  await reads(3);
  expect(session.status().drops).toEqual({ session_gone: 1 });
});

test.each<[string, McpServerOptions]>([
  ['HTTP 404', { intercept: onSecondRead((response) => sendJson(response, 404, {})) }],
  ['HTTP 410', { intercept: onSecondRead((response) => sendJson(response, 410, {})) }],
  [
    'a JSON-RPC error',
    {
      channel: 'body',
      intercept: onSecondRead((response) => {
        const error = { code: -32_000, message: 'Session not found' };
        sendJson(response, 200, { jsonrpc: '2.0', id: null, error });
      }),
    },
  ],
])('starts over when the server says by %s that the session is gone', async (_, options) => {
  const { server, session, reads } = await sessionWorld(options);
  session.start();
  await reads(1);
  server.notify();
  await reads(2);
  expect(session.status().drops).toEqual({ session_gone: 1 });
});

function onSecondRead(answer: (response: Parameters<Intercept>[1]) => void): Intercept {
  let reads = 0;
  return ({ body }, response) => {
    reads += body.includes('resources/read') ? 1 : 0;
    if (reads !== 2 || !body.includes('resources/read')) return false;
    answer(response);
    return true;
  };
}

test('goes over to the other name of the header, and stays with it', async () => {
  const { server, session, reads } = await sessionWorld({
    intercept: ({ headers }, response) =>
      headers['api-key'] === undefined && response.writeHead(401).end() !== undefined,
  });
  session.start();
  await reads(1);
  server.drop('end');
  await reads(2);
  const shown = server.received
    .filter(({ method }) => method === 'GET')
    .map(({ headers }) => Object.keys(headers));
  expect(shown.map((names) => names.includes('x-api-key'))).toEqual([true, false, false]);
  expect(server.received.at(-1)?.headers['api-key']).toBe(AGENT_KEY);
  expect(session.status().drops).toEqual({ ended: 1 });
});

test('goes over to a session token, which it asks for once', async () => {
  const { server, session, reads } = await sessionWorld({
    intercept: ({ path, headers }, response) => {
      if (path === '/api/v1/auth/authenticate') {
        sendJson(response, 200, { data: { session_token: 'token-1' } });
        return true;
      }
      return headers.authorization !== 'Bearer token-1' && response.writeHead(401).end() !== undefined;
    },
  });
  session.start();
  await reads(1);
  server.drop('cut');
  await reads(2);
  expect(server.received.filter(({ path }) => path.endsWith('/authenticate'))).toHaveLength(1);
  for (const { headers } of server.received) expect(headers.authorization ?? '').not.toContain(AGENT_KEY);
});

test('waits long when the key is accepted in no form, and says what to do', async () => {
  const { server, session, reaches } = await sessionWorld({
    intercept: (_, response) => response.writeHead(401).end() !== undefined,
  });
  session.start();
  await reaches('unauthorized');
  const { problem, nextTryAtMs, sinceMs } = session.status();
  expect(problem).toContain('check agents[].key');
  expect(nextTryAtMs).toBeGreaterThanOrEqual(sinceMs + 50_000);
  // Two forms of the key and one authentication; without a token there is nothing else to show.
  expect(server.received).toHaveLength(3);
});

test('waits long after a 403 without trying other forms', async () => {
  const { server, session, reaches } = await sessionWorld({
    intercept: (_, response) => response.writeHead(403).end() !== undefined,
  });
  session.start();
  await reaches('unauthorized');
  expect(server.received).toHaveLength(1);
});

test('finds out by connecting whether a 401 means the session or the key', async () => {
  let refusals = 0;
  const { server, session, reads } = await sessionWorld({
    intercept: ({ body }, response) => {
      if (refusals !== 1 || !body.includes('resources/read')) return false;
      refusals = 2;
      return response.writeHead(401).end() !== undefined;
    },
  });
  session.start();
  await reads(1);
  refusals = 1;
  server.notify();
  await reads(2);
  expect(session.status()).toMatchObject({ state: 'subscribed', drops: { session_gone: 1 } });
});

test('waits long when messages are refused from the first', async () => {
  const { server, session, reaches } = await sessionWorld({
    intercept: ({ method }, response) => method === 'POST' && response.writeHead(401).end() !== undefined,
  });
  session.start();
  await reaches('unauthorized');
  expect(server.received).toHaveLength(2);
});

test('waits long when a key that worked is refused', async () => {
  let rotated = false;
  const { server, session, reads, reaches } = await sessionWorld({
    intercept: (_, response) => rotated && response.writeHead(401).end() !== undefined,
  });
  session.start();
  await reads(1);
  rotated = true;
  server.notify();
  await reaches('unauthorized');
  expect(session.status().drops).toEqual({ session_gone: 1, unauthorized: 1 });
});

test('says ready in the old words to a server that does not take the standard ones', async () => {
  const { session, reads, methods } = await sessionWorld({
    intercept: ({ body }, response) =>
      body.includes('notifications/initialized') && response.writeHead(400).end() !== undefined,
  });
  session.start();
  await reads(1);
  expect(methods()).toEqual(['initialize', 'initialized', 'resources/subscribe', 'resources/read']);
});

test('says ready in the old words to a server that waits for them', async () => {
  let ready = false;
  const { session, reads, methods } = await sessionWorld({
    channel: 'body',
    intercept: ({ body }) => {
      ready ||= body.includes('"initialized"');
      return false;
    },
    answer: ({ method }) =>
      ready || method === 'initialize'
        ? undefined
        : { error: { code: -32_002, message: 'Server not initialized' } },
  });
  session.start();
  await reads(1);
  expect(methods()).toEqual([
    'initialize',
    'notifications/initialized',
    'resources/subscribe',
    'initialized',
    'resources/subscribe',
    'resources/read',
  ]);
});

test.each([
  {},
  { protocolVersion: '2024-11-05' },
  { capabilities: { resources: [] }, serverInfo: { name: 'x' } },
])('bears a server that says little of itself: %j', async (result) => {
  const { session, reads } = await sessionWorld({
    answer: ({ method }) => (method === 'initialize' ? { result } : undefined),
  });
  session.start();
  await reads(1);
  expect(session.status().drops).toEqual({});
});

test('reads on a timer where the server refuses the subscription', async () => {
  const { session, reads, events } = await sessionWorld(
    {
      answer: ({ method }) =>
        method === 'resources/subscribe'
          ? { error: { code: -32_601, message: 'Method not found' } }
          : undefined,
    },
    { timings: { readEveryWithoutUpdatesMs: 5 } },
  );
  session.start();
  await reads(3);
  expect(session.status()).toMatchObject({ state: 'subscribed', updates: false });
  expect(events).toContainEqual({ kind: 'anomaly', problem: expect.stringContaining('read more often') });
});

test.each<[string, McpServerOptions]>([
  ['an error', { answer: () => ({ error: { code: -32_603, message: 'no' } }) }],
  ['a version nobody knows', { answer: () => ({ result: { protocolVersion: '1999-01-01' } }) }],
  [
    'HTTP 500',
    { intercept: ({ method }, response) => method === 'POST' && response.writeHead(500).end() !== undefined },
  ],
  ['silence', { answer: () => 'silence' }],
])('tries again when "initialize" is answered with %s', async (_, options) => {
  const { session, methods } = await sessionWorld(options, { timings: { requestTimeoutMs: 30 } });
  session.start();
  await until('two tries', () => (session.status().drops.handshake_failed ?? 0) >= 2);
  // Forbidden by the protocol for this one request.
  expect(methods()).not.toContain('notifications/cancelled');
});

test.each(['initialize', 'notifications/initialized', 'resources/subscribe', 'resources/read'])(
  'starts over when the stream breaks at %s',
  async (step) => {
    let cut = false;
    const { server, session, reads } = await sessionWorld({
      intercept: ({ body }) => {
        if (cut || !body.includes(`"${step}"`)) return false;
        cut = true;
        server.drop('cut');
        return true;
      },
    });
    session.start();
    await reads(1);
    expect(session.status().drops).toEqual({ lost: 1 });
  },
);

test('starts over when the subscription has no answer', async () => {
  let silent = true;
  const { session, reads } = await sessionWorld(
    {
      answer: ({ method }) => {
        if (!silent || method !== 'resources/subscribe') return undefined;
        silent = false;
        return 'silence';
      },
    },
    { timings: { requestTimeoutMs: 500 } },
  );
  session.start();
  await reads(1);
  expect(session.status()).toMatchObject({ updates: true, drops: { handshake_failed: 1 } });
});

test('bears events that are too large, no JSON-RPC, or of unknown kinds', async () => {
  const { server, session, events, reads } = await sessionWorld(
    {},
    { timings: { maxEventCharacters: 20_000 } },
  );
  session.start();
  await reads(1);
  server.write('event: surprise\ndata: {}\n\ndata: {"no":"rpc"}\n\nid: 1\u00002\nretry: 0\n\n');
  server.write(`data: "${'x'.repeat(200_000)}`);
  await until('it was left out', () =>
    events.some(({ kind, ...event }) => JSON.stringify({ kind, event }).includes('left out')),
  );
  server.write('"\n\n');
  server.notify();
  await reads(2);
  expect(session.status().drops).toEqual({});
});
