import { expect, test } from 'vitest';
import { HIRING_ID, hiringDocument } from '../test/agent.ts';
import { sessionWorld } from '../test/session-world.ts';
import { until } from '../test/until.ts';

test('answers a ping at once while 8 calls hang and the list is being handled', async () => {
  const { server, session, methods } = await sessionWorld(
    {
      // Reads of single hirings hang, with their connections.
      intercept: ({ body }) => body.includes(`hiring://${HIRING_ID}`),
    },
    {
      onPending: async () => {
        handling = true;
        return new Promise<void>((resolve) => (release = resolve));
      },
    },
  );
  let handling = false;
  let release: (() => void) | undefined;
  session.start();
  await until('the list is being handled', () => handling);
  const calls = Array.from({ length: 8 }, async () => session.readHiring(HIRING_ID));
  await until('8 calls hang', () => server.received.length >= 13);
  for (const id of ['probe-1', 7, 0]) server.push({ jsonrpc: '2.0', id, method: 'ping' });
  const askedAtMs = Date.now();
  await until('the answers', () => server.posted.filter(({ method }) => method === undefined).length === 3);
  expect(Date.now() - askedAtMs).toBeLessThan(3000);
  expect(server.posted.filter(({ method }) => method === undefined)).toMatchObject([
    { jsonrpc: '2.0', id: 'probe-1', result: {} },
    { jsonrpc: '2.0', id: 7, result: {} },
    { jsonrpc: '2.0', id: 0, result: {} },
  ]);
  expect(session.status().lastProbeAtMs).toBeGreaterThanOrEqual(askedAtMs - 1000);
  expect(methods()).not.toContain('notifications/cancelled');
  release?.();
  await session.close();
  const outcomes = await Promise.all(calls);
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from(calls, () => 'unavailable'));
});

test('answers a ping that comes before the place to answer at', async () => {
  const { server, session, reads } = await sessionWorld({
    endpoint: (id) => {
      place = `event: endpoint\ndata: /mcp/messages/${id}\n\n`;
      return undefined;
    },
  });
  let place = '';
  session.start();
  await until('the stream', () => server.openStreams() === 1);
  server.push({ jsonrpc: '2.0', id: 'early', method: 'ping' });
  server.write(place);
  await reads(1);
  await until('the answer', () => server.posted.some(({ id }) => id === 'early'));
  expect(session.status().drops).toEqual({});
});

test('refuses what it does not know, and ignores notifications it does not know', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  server.push({ jsonrpc: '2.0', method: 'notifications/unheard_of', params: { x: 1 } });
  server.push({ jsonrpc: '2.0', id: 'q', method: 'sampling/createMessage', params: {} });
  await until('the refusal', () => server.posted.some(({ id }) => id === 'q'));
  expect(server.posted.find(({ id }) => id === 'q')).toMatchObject({ error: { code: -32_601 } });
});

test('bears a storm of pings', async () => {
  const { server, session, reads } = await sessionWorld();
  session.start();
  await reads(1);
  for (let id = 0; id < 1000; id += 1) server.push({ jsonrpc: '2.0', id: `p${id}`, method: 'ping' });
  server.notify();
  await reads(2);
  await until('some answers', () => server.posted.filter(({ method }) => method === undefined).length >= 64);
  server.push({ jsonrpc: '2.0', id: 'after', method: 'ping' });
  await until('the answer after it', () => server.posted.some(({ id }) => id === 'after'));
  expect(session.status().drops).toEqual({});
});

test('asks for a sign of life when nothing comes', async () => {
  const { session, reads, methods } = await sessionWorld({}, { timings: { pingAfterMs: 20 } });
  session.start();
  await reads(1);
  await until('an answered ping', () => session.status().lastPing !== undefined);
  expect(methods()).toContain('ping');
  expect(session.status()).toMatchObject({ state: 'subscribed', drops: {} });
});

test('takes comments for signs of life', async () => {
  const { server, session, reads, methods } = await sessionWorld();
  session.start();
  await reads(1);
  const before = session.status().lastByteAtMs ?? 0;
  await until('a later byte', () => {
    server.write(': keep-alive\n\n');
    return (session.status().lastByteAtMs ?? 0) > before + 20;
  });
  expect(methods()).not.toContain('ping');
});

test('rebuilds a connection whose other end has forgotten it', async () => {
  const { server, session, reads, methods } = await sessionWorld(
    { answer: ({ method }) => (method === 'ping' ? 'silence' : undefined) },
    { timings: { pingAfterMs: 20, pingTimeoutMs: 20 } },
  );
  server.pending = [hiringDocument()];
  session.start();
  await reads(2);
  expect(session.status().drops.silent).toBeGreaterThanOrEqual(1);
  expect(methods().filter((method) => method === 'ping').length).toBeGreaterThanOrEqual(2);
});

test('asks when a read has no answer, though bytes still come', async () => {
  let forgotten = false;
  const { server, session, reads } = await sessionWorld(
    { answer: ({ session: id }) => (forgotten && id === first ? 'silence' : undefined) },
    { timings: { requestTimeoutMs: 100, pingTimeoutMs: 20 } },
  );
  let first = '';
  session.start();
  await reads(1);
  first = server.posted.at(-1)?.session ?? '';
  forgotten = true;
  server.notify();
  await until('a new connection', () => {
    server.write(': still here\n\n');
    return (session.status().drops.silent ?? 0) > 0;
  });
  await reads(2);
  expect(new Set(server.posted.map((message) => message.session)).size).toBeGreaterThan(1);
});

test('does not trust a stream without a byte, though pings are answered elsewhere', async () => {
  const { session, reads } = await sessionWorld(
    { channel: 'body' },
    { timings: { pingAfterMs: 20, streamSilenceMs: 80 } },
  );
  session.start();
  await reads(2);
  expect(session.status().drops.silent).toBeGreaterThanOrEqual(1);
  await until('a ping that is answered', () => session.status().lastPing !== undefined);
});

test('does not take being limited for silence', async () => {
  let limited = false;
  const { server, session, reads } = await sessionWorld(
    { intercept: (_, response) => limited && response.writeHead(429).end() !== undefined },
    // So long that no busy machine makes an answer late: only being limited is what is tested.
    { timings: { pingAfterMs: 5, pingTimeoutMs: 5_000 } },
  );
  session.start();
  await reads(1);
  limited = true;
  const before = server.received.length;
  const pings = new Set<number | undefined>();
  await until('several pings that are limited', () => pings.add(session.status().lastPing?.atMs).size > 5);
  expect(session.status()).toMatchObject({ state: 'subscribed', drops: {} });
  // What was on its way, and nothing more while the marketplace asks for patience.
  expect(server.received.length).toBeLessThanOrEqual(before + 3);
});
