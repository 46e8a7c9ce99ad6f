import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../domain/index.ts';
import type { Answer } from './answer.ts';
import type { BaseUrl } from './base-url.ts';
import { createRestClient, type RestClient, type RestClientOptions } from './rest-client.ts';
import { AGENT_KEY, agentKey } from './test/agent.ts';
import { sendJson, startHttpServer, type HttpServer } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

type Handler = Parameters<typeof startHttpServer>[0];

async function serve(handler: Handler): Promise<HttpServer> {
  const server = await startHttpServer(handler);
  onTestFinished(async () => server.close());
  return server;
}

function clientOf(baseUrl: BaseUrl, options: Partial<RestClientOptions> = {}): RestClient {
  const client = createRestClient({ baseUrl, clock: realClock, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function get(client: RestClient, key = agentKey()): Promise<Answer> {
  return client.send({ method: 'GET', path: '/thing', access: client.access(key), schemes: 'key' });
}

test('sends the key, the bytes and the idempotency key exactly', async () => {
  const server = await serve((_, response) => sendJson(response, 200, {}));
  const client = clientOf(server.baseUrl);
  const body = '{"output":{"text":"Grüezi \\u2028 1.0"},  "x":1e2}';
  const access = client.access(agentKey());
  await client.send({ method: 'POST', path: '/x', access, schemes: 'both', body, idempotencyKey: 'key-1' });
  expect(server.received).toHaveLength(1);
  const [request] = server.received;
  expect(request).toMatchObject({ method: 'POST', path: '/api/v1/x', body });
  expect(request?.headers).toMatchObject({
    'x-api-key': AGENT_KEY,
    authorization: `ApiKey ${AGENT_KEY}`,
    'x-idempotency-key': 'key-1',
    'content-type': 'application/json',
    accept: 'application/json',
  });
});

test('reads with one scheme and no body', async () => {
  const server = await serve((_, response) => sendJson(response, 200, {}));
  await get(clientOf(server.baseUrl));
  const headers = server.received[0]?.headers ?? {};
  expect(headers['x-api-key']).toBe(AGENT_KEY);
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('content-type');
});

test.each<[string, number, string, Partial<Answer>]>([
  ['an envelope', 200, '{"data":{"a":1},"errors":[]}', { kind: 'success', data: { a: 1 } }],
  ['a bare body', 201, '{"a":1}', { kind: 'success', data: { a: 1 } }],
  ['an empty body', 200, '', { kind: 'success', data: undefined }],
  ['errors in a success', 200, '{"data":null,"errors":[{"code":"X"}]}', { kind: 'failure' }],
  [
    'a page in a success',
    200,
    '<html>',
    { kind: 'unreadable', evidence: 'HTTP 200: "text/plain", 6 characters' },
  ],
  [
    'half of a JSON',
    200,
    '{"repo_access_token":"ghp_a',
    { kind: 'unreadable', evidence: 'HTTP 200: "text/plain", 27 characters' },
  ],
  [
    'plain text in a failure',
    401,
    'Unauthorized',
    { kind: 'failure', error: { status: 401, message: 'Unauthorized' } },
  ],
])('reads %s', async (_, status, body, expected) => {
  const server = await serve((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(body);
  });
  expect(await get(clientOf(server.baseUrl))).toMatchObject(expected);
});

test('names the next page', async () => {
  const server = await serve((_, response) => {
    sendJson(response, 200, { data: [], meta: { pagination: { cursor: 'abc', has_more: true } } });
  });
  expect(await get(clientOf(server.baseUrl))).toMatchObject({ kind: 'success', cursor: 'abc' });
});

test.each([301, 302, 303, 307, 308])('does not follow a redirect with the key: %i', async (status) => {
  const elsewhere = await serve((_, response) => sendJson(response, 200, {}));
  const server = await serve((_, response) => {
    response.writeHead(status, { Location: `${elsewhere.baseUrl}/api/v1/thing` }).end();
  });
  expect(await get(clientOf(server.baseUrl))).toEqual({
    kind: 'redirected',
    status,
    problem: `${server.baseUrl} redirects (HTTP ${status}), and a key never follows a redirect: if you trust ${elsewhere.baseUrl}, configure it as the base URL`,
  });
  expect(elsewhere.received).toEqual([]);
});

test('reads no more of an answer than its bound', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end('x'.repeat(2_000_000));
  });
  const answer = await get(clientOf(server.baseUrl, { maxAnswerBytes: 10_000 }));
  expect(answer).toMatchObject({ kind: 'unreadable', problem: 'the answer is too large' });
});

test('counts what a compressed answer becomes', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(50_000_000, 0x20)));
  });
  const answer = await get(clientOf(server.baseUrl));
  expect(answer).toMatchObject({ kind: 'unreadable', problem: 'the answer is too large' });
});

test('knows that nothing was sent when the connection is refused', async () => {
  const server = await startHttpServer((_, response) => sendJson(response, 200, {}));
  await server.close();
  expect(await get(clientOf(server.baseUrl))).toEqual({
    kind: 'lost',
    nothingSent: true,
    problem: `${server.baseUrl} did not answer: the connection was refused`,
  });
});

test('does not know whether something was done when the connection breaks', async () => {
  const server = await serve((_, response) => void response.destroy());
  expect(await get(clientOf(server.baseUrl))).toMatchObject({ kind: 'lost', nothingSent: false });
});

test('does not know it either when the answer breaks off', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write('{"data":', () => response.destroy());
  });
  expect(await get(clientOf(server.baseUrl))).toMatchObject({ kind: 'lost', nothingSent: false });
});

test.each<[string, Handler]>([
  ['answers nothing', () => undefined],
  [
    'answers only half',
    (_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('{"a"');
    },
  ],
])('waits no longer than its bound for a server that %s', async (_, handler) => {
  const server = await serve(handler);
  const client = clientOf(server.baseUrl, { timeoutMs: 50 });
  expect(await get(client)).toMatchObject({ kind: 'lost', nothingSent: false });
});

test('ends what is in flight when it is closed, and sends nothing afterwards', async () => {
  const server = await serve(() => undefined);
  const client = clientOf(server.baseUrl);
  const answer = get(client);
  client.close();
  expect(await answer).toMatchObject({ kind: 'lost', problem: 'the client was closed' });
  expect(await get(client)).toMatchObject({ kind: 'lost', nothingSent: true });
});

test('sends nothing with what cannot be a key, and does not print it', async () => {
  const server = await serve((_, response) => sendJson(response, 200, {}));
  const answer = await get(clientOf(server.baseUrl), new Secret('geheim\n'));
  expect(answer).toMatchObject({ kind: 'failure', error: { status: 401 } });
  expect(JSON.stringify(answer)).not.toContain('geheim');
  expect(server.received).toEqual([]);
});

test('sends nothing while the marketplace asks for patience, for this key only', async () => {
  const server = await serve((_, response) => {
    const body = { errors: [{ code: 'RATE_LIMIT_EXCEEDED', message: 'Rate limit exceeded.' }] };
    sendJson(response, 429, body, { 'Retry-After': '45' });
  });
  const client = clientOf(server.baseUrl);
  expect(await get(client)).toMatchObject({ kind: 'failure', retryAfterMs: 45_000, error: { status: 429 } });
  const second = await get(client);
  if (second.kind !== 'limited') throw new Error(`unexpected ${second.kind}`);
  expect(second.retryAfterMs).toBeGreaterThan(40_000);
  expect(await get(client, new Secret('another'))).toMatchObject({ kind: 'failure' });
  expect(server.received).toHaveLength(2);
});

test('leaves the last of the budget to settlements', async () => {
  const server = await serve((_, response) => {
    sendJson(response, 200, {}, { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '5' });
  });
  const client = clientOf(server.baseUrl);
  await get(client);
  expect(await get(client)).toMatchObject({ kind: 'limited' });
  const access = client.access(agentKey());
  const settlement = await client.send({
    method: 'POST',
    path: '/x',
    access,
    schemes: 'both',
    body: '{}',
    settles: true,
  });
  expect(settlement).toMatchObject({ kind: 'success' });
});

test('what nobody confirmed leaves two fifths of the budget to everything else', async () => {
  const server = await serve((_, response) => {
    sendJson(response, 200, {}, { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '35' });
  });
  const client = clientOf(server.baseUrl);
  await get(client);
  const access = client.access(agentKey());
  const call = { method: 'GET', path: '/x', access, schemes: 'key' } as const;
  expect(await client.send({ ...call, unconfirmed: 'first' })).toMatchObject({ kind: 'limited' });
  expect(await client.send({ ...call, unconfirmed: 'more' })).toMatchObject({ kind: 'success' });
  expect(await client.send(call)).toMatchObject({ kind: 'success' });
});

test.each<[string, string, number]>([
  ['a hiring', '{"hiring":{"id":"1"}}', 3_600],
  ['a document', '{"data":{"id":"1"}}', 3_600],
  ['a list', '{"data":[]}', 3_600],
  ['what a gateway says in JSON', '{"status":"ok","message":"maintenance"}', 0],
  ['errors', '{"data":null,"errors":[{"code":"X"}]}', 0],
])("the marketplace's clock is known from %s", async (_name, body, aheadSeconds) => {
  const server = await serve((_, response) => {
    response.setHeader('Date', new Date(Date.now() + 3_600_000).toUTCString());
    response.setHeader('Content-Type', 'application/json');
    response.end(body);
  });
  const client = clientOf(server.baseUrl);
  await get(client);
  const nowMs = Date.now();
  expect(Math.round((client.theirClock.toTheirs(nowMs) - nowMs) / 60_000) * 60).toBe(aheadSeconds);
});
