import { expect, test } from 'vitest';
import { AGENT_KEY, HIRING_ID, hiringDocument, OTHER_HIRING_ID } from '../test/agent.ts';
import { RPC_CHANNELS } from '../test/mcp-server.ts';
import { sessionWorld } from '../test/session-world.ts';
import { until } from '../test/until.ts';

const HANDSHAKE = ['initialize', 'notifications/initialized', 'resources/subscribe', 'resources/read'];

test.each(RPC_CHANNELS)('shakes hands and reads once when answers come by: %s', async (channel) => {
  const { server, session, batches, events, methods, reads } = await sessionWorld({ channel });
  server.pending = [hiringDocument()];
  session.start();
  await reads(1);
  expect(methods()).toEqual(HANDSHAKE);
  expect(batches).toHaveLength(1);
  expect(batches[0]).toEqual([
    {
      parsed: { kind: 'hiring', hiring: expect.objectContaining({ hiringId: HIRING_ID }) },
      raw: JSON.stringify(hiringDocument()),
    },
  ]);
  expect(session.status()).toMatchObject({ state: 'subscribed', updates: true, problem: undefined });
  expect(events.map((event) => (event.kind === 'state' ? event.state : event.kind))).toEqual([
    'connecting',
    'handshaking',
    'subscribed',
  ]);
});

test('speaks the old protocol, counts from 1, and shows the key on every request', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  expect(server.posted[0]).toMatchObject({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2024-11-05', capabilities: {} },
  });
  expect(server.posted.map(({ id }) => id)).toEqual([1, undefined, 2, 3]);
  expect(server.received[0]).toMatchObject({ method: 'GET', path: '/mcp/sse' });
  expect(server.received[0]?.headers.accept).toBe('text/event-stream');
  for (const { headers } of server.received) {
    expect(headers['x-api-key']).toBe(AGENT_KEY);
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('mcp-protocol-version');
  }
});

test('posts JSON-RPC to the address of the session: who we are, that we are ready, what we want to hear of', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  const [, ...posts] = server.received;
  const path = `/mcp/messages/${server.posted[0]?.session}`;
  for (const post of posts) {
    expect(post).toMatchObject({ method: 'POST', path, headers: { 'x-api-key': AGENT_KEY } });
  }
  expect(posts.map(({ body }): unknown => JSON.parse(body))).toEqual([
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2024-11-05',
        capabilities: {},
        clientInfo: { name: 'agrenting-hiclaw', version: expect.stringMatching(/\d/) },
      },
    },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'resources/subscribe', params: { uri: 'hiring://pending' } },
    { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'hiring://pending' } },
  ]);
});

test('does nothing before it is started', async () => {
  const { server, session } = await sessionWorld();
  expect(session.status()).toMatchObject({ state: 'idle', drops: {} });
  expect(await session.readHiring(HIRING_ID)).toMatchObject({ kind: 'unavailable' });
  expect(server.received).toEqual([]);
});

test('reads again at every update, but only once more for all that come during a read', async () => {
  let held: (() => void) | undefined;
  const { server, session, methods } = await sessionWorld(
    {},
    {
      onPending: async () => {
        calls += 1;
        await new Promise<void>((resolve) => (held = resolve));
      },
    },
  );
  let calls = 0;
  session.start();
  await until('the first list', () => calls === 1);
  for (let count = 0; count < 50; count += 1) server.notify();
  await until('the updates are through', () => server.received.length >= 5);
  held?.();
  await until('the second list', () => calls === 2);
  held?.();
  server.notify();
  await until('the third list', () => calls === 3);
  expect(methods().filter((method) => method === 'resources/read')).toHaveLength(3);
  held?.();
});

test('reads on a timer, whatever the server says', async () => {
  const { session, reads, methods } = await sessionWorld({}, { timings: { readEveryMs: 5 } });
  session.start();
  await reads(4);
  expect(methods().slice(0, 5)).toEqual([...HANDSHAKE, 'resources/read']);
});

test.each(['end', 'cut'] as const)(
  'starts over after the stream ends by %s, and finds the work of the meantime',
  async (how) => {
    const { server, session, batches, methods, reads } = await sessionWorld();
    session.start();
    await reads(1);
    server.drop(how);
    server.pending = [hiringDocument()];
    await reads(2);
    expect(methods()).toEqual([...HANDSHAKE, ...HANDSHAKE]);
    expect(new Set(server.posted.map((message) => message.session)).size).toBe(2);
    expect(batches[1]?.[0]?.parsed).toMatchObject({ kind: 'hiring' });
    expect(session.status().drops).toEqual(how === 'end' ? { ended: 1 } : { lost: 1 });
  },
);

test('goes on after many drops in a row', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  for (let count = 1; count <= 10; count += 1) {
    await reads(count);
    server.drop(count % 2 === 0 ? 'end' : 'cut');
  }
  await reads(11);
  const { drops } = session.status();
  expect((drops.ended ?? 0) + (drops.lost ?? 0)).toBe(10);
  await until('only one stream', () => server.openStreams() === 1);
});

test('passes malformed items on once, with the others, and goes on', async () => {
  const { server, session, batches, reads } = await sessionWorld();
  server.pending = [{ id: 'no uuid' }, hiringDocument(), 7];
  session.start();
  await reads(1);
  expect(batches[0]?.map(({ parsed }) => parsed.kind)).toEqual(['malformed', 'hiring', 'malformed']);
  expect(batches[0]?.[0]?.raw).toBe('{"id":"no uuid"}');
  server.notify();
  await reads(2);
  expect(batches[1]?.map(({ parsed }) => parsed.kind)).toEqual(['hiring']);
});

test.each<[string, unknown, readonly string[]]>([
  ['no contents', {}, []],
  ['contents of null', { contents: null }, []],
  ['an empty text', { contents: [{ uri: 'x', text: '' }] }, []],
  ['no text', { contents: [{ uri: 'x' }] }, []],
  ['a wrapped list', { contents: [{ text: JSON.stringify({ hirings: [hiringDocument()] }) }] }, ['hiring']],
  ['a document for each', { contents: [{ text: JSON.stringify(hiringDocument()) }] }, ['hiring']],
  ['half a JSON', { contents: [{ text: '[{"id":' }] }, ['malformed']],
  ['a page', { contents: [{ text: '<html>' }] }, ['malformed']],
  ['a blob', { contents: [{ uri: 'x', blob: 'W10=' }] }, ['malformed']],
])('understands a pending list with %s', async (_, result, kinds) => {
  const { session, batches, reads } = await sessionWorld({
    answer: ({ method }) => (method === 'resources/read' ? { result } : undefined),
  });
  session.start();
  await reads(1);
  expect(batches[0]?.map(({ parsed }) => parsed.kind)).toEqual(kinds);
});

test('reads again soon when a read fails', async () => {
  let reads = 0;
  const world = await sessionWorld({
    answer: ({ method }) => {
      if (method !== 'resources/read') return undefined;
      reads += 1;
      return reads < 3 ? { error: { code: -32_603, message: 'try again' } } : undefined;
    },
  });
  world.session.start();
  await world.reads(1);
  expect(world.session.status().drops).toEqual({});
  expect(world.events).toContainEqual({
    kind: 'anomaly',
    problem: 'the pending list could not be read: MCP error -32603: try again',
  });
});

test('reads again soon when the list could not be kept', async () => {
  let calls = 0;
  const { server, session } = await sessionWorld(
    {},
    {
      onPending: async () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve();
      },
    },
  );
  server.pending = [{ id: 'no uuid' }];
  session.start();
  await until('the second try', () => calls === 2);
  await until('the read counts', () => session.status().lastReadAtMs !== undefined);
  expect(session.status().drops).toEqual({});
});

test('finds one hiring by its own resource', async () => {
  const document = { hiring: hiringDocument() };
  const { session, reads } = await sessionWorld({
    answer: ({ params }) =>
      params?.uri === `hiring://${HIRING_ID}`
        ? { result: { contents: [{ text: JSON.stringify(document) }] } }
        : undefined,
  });
  session.start();
  await reads(1);
  expect(await session.readHiring(HIRING_ID)).toMatchObject({
    kind: 'found',
    hiring: { hiringId: HIRING_ID },
  });
});

test('finds one hiring in the pending list, or not', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  server.pending = [hiringDocument(OTHER_HIRING_ID), hiringDocument()];
  expect(await session.readHiring(HIRING_ID)).toMatchObject({ kind: 'found' });
  server.pending = [hiringDocument(OTHER_HIRING_ID)];
  expect(await session.readHiring(HIRING_ID)).toEqual({ kind: 'absent' });
  server.pending = [];
  expect(await session.readHiring(HIRING_ID)).toEqual({ kind: 'absent' });
  server.pending = [{ id: HIRING_ID, repo_access_token: 'ghp_geheim' }];
  const doubtful = await session.readHiring(HIRING_ID);
  expect(doubtful).toMatchObject({ kind: 'malformed', evidence: 'an object with "id, repo_access_token"' });
});

test('has no opinion on a hiring while the list cannot be read', async () => {
  let refuse = false;
  const { session, reads } = await sessionWorld({
    answer: () => (refuse ? { error: { code: -32_603, message: 'no' } } : undefined),
  });
  session.start();
  await reads(1);
  refuse = true;
  expect(await session.readHiring(HIRING_ID)).toMatchObject({ kind: 'unavailable' });
});

test('leaves nothing behind when it is closed', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  await session.close();
  expect(session.status().state).toBe('stopped');
  await until('no stream is open', () => server.openStreams() === 0);
  const requests = server.received.length;
  session.start();
  expect(session.status().state).toBe('stopped');
  expect(server.received).toHaveLength(requests);
});

test('can be closed while it connects', async () => {
  const { server, session } = await sessionWorld({ intercept: () => true });
  session.start();
  await until('the request', () => server.received.length === 1);
  await session.close();
  expect(session.status().state).toBe('stopped');
});

test('can be closed while it waits', async () => {
  const { session, reaches } = await sessionWorld(
    { intercept: (_, response) => response.writeHead(503).end() !== undefined },
    { timings: { refused: { baseMs: 60_000, capMs: 60_000 } } },
  );
  session.start();
  await reaches('backoff');
  await session.close();
  expect(session.status()).toMatchObject({ state: 'stopped', nextTryAtMs: undefined });
});

test('a listener that throws does not end it', async () => {
  const { session, reads } = await sessionWorld(
    {},
    {
      onEvent: () => {
        throw new Error('listener');
      },
    },
  );
  session.start();
  await reads(1);
  expect(session.status().state).toBe('subscribed');
});

test('puts neither key nor token nor document into events and status', async () => {
  const document = { ...hiringDocument(), repo_access_token: 'ghp_geheim', id: 'no uuid' };
  const { server, session, events, reads } = await sessionWorld({
    answer: ({ method }) => (method === 'ping' ? { error: { code: 1, message: AGENT_KEY } } : undefined),
  });
  server.pending = [document];
  session.start();
  await reads(1);
  server.write(`data: ${JSON.stringify(document)}\n\n`);
  server.push({ jsonrpc: '2.0', id: 77, result: document });
  server.push({ jsonrpc: '2.0', id: 'x', error: { code: 1, message: JSON.stringify(document) } });
  server.write(`event: endpoint\ndata: https://evil.example/?key=${encodeURIComponent(AGENT_KEY)}\n\n`);
  await until('the drop', () => events.some(({ kind }) => kind === 'dropped'));
  const said = JSON.stringify([events, session.status()]);
  expect(said).not.toMatch(/geheim|q1W|Grüezi/);
});
