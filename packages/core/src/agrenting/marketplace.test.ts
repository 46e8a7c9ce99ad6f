import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  artifactOf,
  parseDocumentForm,
  type HirerMessage,
  type HiringRead,
  type Marketplace,
  type SettleOutcome,
  type Settlement,
} from '../domain/index.ts';
import type { ToolOutcome, ToolUse } from './mcp/tools.ts';
import { createMarketplace } from './marketplace.ts';
import type { HiringSource, SessionRead } from './mcp/hiring-source.ts';
import { createRestClient } from './rest-client.ts';
import type { Via } from './ways.ts';
import { AGENT_ID, AGENT_KEY, agentKey, HIRING_ID, hiringDocument, OTHER_HIRING_ID } from './test/agent.ts';
import { sendJson, startHttpServer, type HttpServer, type Received } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

const SETTLEMENT: Settlement = {
  endpoint: 'result',
  generation: 1,
  idempotencyKey: 'agrenting-hiclaw-0123',
  body: '{"output":{"text":"done, and well"}}',
  unknownSends: 0,
};

interface World {
  readonly server: HttpServer;
  readonly marketplace: Marketplace;
}

async function world(
  handle: (request: Received, response: ServerResponse) => void,
  session?: HiringSource,
  timeoutMs = 5000,
  via?: Via,
): Promise<World> {
  const server = await startHttpServer(handle);
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock, timeoutMs });
  const agents = [{ agentId: AGENT_ID, key: agentKey(), session: () => session }];
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { server, marketplace: createMarketplace({ client, agents, via }) };
}

function notice(text: string, idempotencyKey: string): HirerMessage {
  return { kind: 'notice', text, idempotencyKey };
}

/** A live session that says one thing. */
function sessionSaying(read: SessionRead): HiringSource {
  return {
    readHiring: async () => Promise.resolve(read),
    useTool: async () => Promise.resolve({ kind: 'missing' }),
    readPrompt: async () => Promise.resolve(undefined),
  };
}

function failing(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (_: Received, response: ServerResponse): void => sendJson(response, status, body, headers);
}

const ERROR = (code: string, message = 'as it says'): unknown => ({
  data: null,
  errors: [{ code, message }],
});

/** The hiring as an answer to its settlement may show it. */
const ended = (status: string): object => ({ ...hiringDocument(), status });

test('settles with the stored bytes and key, under both schemes', async () => {
  const { server, marketplace } = await world(failing(200, { data: ended('completed') }));
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toEqual({ kind: 'accepted', by: 'rest' });
  expect(server.received).toHaveLength(1);
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    path: `/api/v1/hirings/${HIRING_ID}/result`,
    body: SETTLEMENT.body,
    headers: {
      'x-api-key': AGENT_KEY,
      authorization: `ApiKey ${AGENT_KEY}`,
      'x-idempotency-key': SETTLEMENT.idempotencyKey,
    },
  });
});

test('finds a hiring that only a webhook spoke of in one list for many, once reads are used up', async () => {
  const used = { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '35' };
  const { server, marketplace } = await world(({ path }, response) => {
    if (path.includes('/pending')) sendJson(response, 200, { data: [hiringDocument()] }, used);
    else sendJson(response, 404, ERROR('NOT_FOUND', 'Hiring not found'), used);
  });
  await marketplace.readHiring(AGENT_ID, OTHER_HIRING_ID);
  const before = server.received.length;
  const reads = await Promise.all(
    [HIRING_ID, OTHER_HIRING_ID, HIRING_ID].map(
      async (hiringId) => await marketplace.readHiring(AGENT_ID, hiringId, 'unconfirmed'),
    ),
  );
  expect(reads.map(({ kind }) => kind)).toEqual(['found', 'unavailable', 'found']);
  expect(server.received.slice(before).map(({ path }) => path)).toEqual([
    '/api/v1/hirings/pending?limit=100',
  ]);
});

test('asks no more than two sessions at once about unconfirmed hirings', async () => {
  let asked = 0;
  const waiting: (() => void)[] = [];
  const session: HiringSource = {
    ...sessionSaying({ kind: 'absent' }),
    readHiring: async () => {
      asked += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { kind: 'absent' };
    },
  };
  const { marketplace } = await world((_, response) => {
    const headers = { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '90' };
    sendJson(response, 404, ERROR('NO_ROUTE', 'No such route'), headers);
  }, session);
  const read = async () => await marketplace.readHiring(AGENT_ID, HIRING_ID, 'unconfirmed');
  const three = [read(), read(), read()];
  // One of them is refused a session at once.
  await Promise.race(three);
  await expect.poll(() => waiting.length).toBe(2);
  for (const resolve of waiting) resolve();
  await Promise.all(three);
  expect(asked).toBe(2);
});

test('reports failures at their own endpoint', async () => {
  const { server, marketplace } = await world(failing(201, ''));
  await marketplace.settle(AGENT_ID, HIRING_ID, { ...SETTLEMENT, endpoint: 'failure' });
  expect(server.received[0]?.path).toBe(`/api/v1/hirings/${HIRING_ID}/failure`);
});

test.each<[number, unknown, SettleOutcome['kind']]>([
  [200, { data: ended('completed') }, 'accepted'],
  [200, { hiring: ended('completed') }, 'accepted'],
  // A proxy in front of the marketplace may say so.
  [204, '', 'unconfirmed'],
  [200, '', 'unconfirmed'],
  [202, {}, 'queued'],
  [202, '', 'queued'],
  [202, { data: ended('completed') }, 'accepted'],
  [200, { data: { status: 'queued' } }, 'queued'],
  [200, { data: ended('processing') }, 'queued'],
  [200, { message: 'Accepted for processing' }, 'queued'],
  [200, { data: { success: true } }, 'queued'],
  [200, { data: { success: false } }, 'unconfirmed'],
  [200, { data: {} }, 'unconfirmed'],
  [200, { data: { result: { id: '7' } } }, 'unconfirmed'],
  [200, { status: 'completed' }, 'unconfirmed'],
  [200, [], 'unconfirmed'],
  [200, 'null', 'unconfirmed'],
  [200, { data: ended('in_progress') }, 'unconfirmed'],
  [200, { data: ended('failed') }, 'unconfirmed'],
  [200, { data: { ...hiringDocument(OTHER_HIRING_ID), status: 'completed' } }, 'unconfirmed'],
  [200, { data: null, errors: [{ code: 'X', message: 'x' }] }, 'unknown'],
  [404, ERROR('NOT_FOUND'), 'over'],
  [409, { errors: { message: 'hiring is already terminal' } }, 'over'],
  [409, ERROR('IDEMPOTENCY_PENDING'), 'later'],
  [409, ERROR('IDEMPOTENCY_CONFLICT'), 'over'],
  [422, ERROR('IDEMPOTENCY_MISMATCH'), 'over'],
  [422, ERROR('VALIDATION_ERROR', 'output is missing'), 'refused'],
  [422, ERROR('INVALID_STATE', 'hiring must be in_progress'), 'over'],
  [401, { errors: { message: 'Missing or invalid authentication' } }, 'unauthorized'],
  [403, ERROR('FORBIDDEN'), 'unauthorized'],
  [429, ERROR('RATE_LIMIT_EXCEEDED'), 'later'],
  [503, ERROR('AGENT_UNAVAILABLE'), 'later'],
  [500, ERROR('INTERNAL_ERROR'), 'unknown'],
  [502, '<html>', 'unknown'],
  [504, '', 'unknown'],
  [400, ERROR('BAD_REQUEST'), 'refused'],
  [402, ERROR('PAYMENT_FAILED'), 'refused'],
  [413, '', 'refused'],
  [423, ERROR('ESCROW_LOCKED'), 'refused'],
  // Said by a proxy in front of it.
  [400, '<html>', 'later'],
  [400, { message: 'Bad Request' }, 'later'],
  [401, '<html>', 'later'],
  [403, '<html>', 'later'],
  [403, '', 'later'],
  [403, 'RBAC: access denied', 'later'],
  [403, { message: 'Forbidden' }, 'later'],
  [403, { error: 'Forbidden' }, 'unauthorized'],
  [406, '', 'later'],
  [415, '<html>', 'later'],
  [451, 'Unavailable', 'later'],
  [408, '', 'unknown'],
  [499, '', 'unknown'],
  [425, '', 'later'],
  // Without a session there is no other way.
  [404, ERROR('ROUTE_NOT_FOUND'), 'later'],
  [404, { detail: 'Not Found' }, 'later'],
  [404, '<html>', 'later'],
  [405, '', 'later'],
  [410, ERROR('GONE'), 'later'],
  [501, '', 'later'],
  [307, '', 'later'],
  [302, '', 'later'],
  [303, '', 'unknown'],
])('a settlement answered with %i %j is %s', async (status, body, kind) => {
  const { marketplace } = await world(failing(status, body));
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toMatchObject({ kind });
});

test.each<['result' | 'failure', number, string, boolean]>([
  ['result', 422, 'result: is missing', true],
  ['result', 422, 'output: is missing', false],
  ['result', 400, 'result: is missing', false],
  ['failure', 422, 'reason: is invalid', true],
  ['failure', 422, 'error: is invalid', false],
])('a refusal of a %s by %i "%s" asks for the older form: %s', async (endpoint, status, words, asks) => {
  const { marketplace } = await world(failing(status, ERROR('VALIDATION_ERROR', words)));
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, { ...SETTLEMENT, endpoint })).toMatchObject({
    kind: 'refused',
    tryOlderForm: asks,
  });
});

test('passes on how long to wait', async () => {
  const { marketplace } = await world(failing(429, ERROR('RATE_LIMIT_EXCEEDED'), { 'Retry-After': '7' }));
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toMatchObject({
    retryAfterMs: 7000,
  });
});

test('does not know what became of a settlement without an answer', async () => {
  const { marketplace } = await world((_, response) => void response.destroy());
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toMatchObject({
    kind: 'unknown',
  });
});

test('does not know it when the answer takes too long', async () => {
  const { marketplace } = await world(() => undefined, undefined, 50);
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toMatchObject({
    kind: 'unknown',
  });
});

test('says what to do about a refused key', async () => {
  const { marketplace } = await world(failing(401, 'Unauthorized'));
  const problem =
    `the marketplace does not accept the key of agent ${AGENT_ID} (HTTP 401, "Unauthorized"): ` +
    "it must be the agent's own key, not the ap_ user token; check agents[].key";
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toEqual({
    kind: 'unauthorized',
    problem,
    by: 'rest',
  });
});

test('waits with a hiring whose key is refused, since that says nothing of the hiring', async () => {
  const { server, marketplace } = await world(failing(401, 'Unauthorized'));
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({
    kind: 'unavailable',
    problem: expect.stringContaining(`does not accept the key of agent ${AGENT_ID}`),
  });
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({
    kind: 'unavailable',
    retryAfterMs: expect.any(Number),
  });
  expect(server.received).toHaveLength(1);
});

test('sends nothing for an agent that it has no key of', async () => {
  const { server, marketplace } = await world(failing(200, {}));
  const outcome = await createMarketplace({
    client: createRestClient({ baseUrl: server.baseUrl, clock: realClock }),
    agents: [],
  }).settle(AGENT_ID, HIRING_ID, SETTLEMENT);
  expect(outcome).toMatchObject({
    kind: 'unauthorized',
    problem: expect.stringContaining('no key is configured'),
  });
  expect(server.received).toHaveLength(0);
  await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT);
  expect(server.received).toHaveLength(1);
});

test('reads a hiring by REST', async () => {
  const { server, marketplace } = await world(
    failing(200, { data: { ...hiringDocument(), agent_id: AGENT_ID, trace_attempt: 2 } }),
  );
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({
    kind: 'found',
    source: 'rest',
    hiring: { hiringId: HIRING_ID, marker: { traceAttempt: 2 } },
  });
  expect(server.received[0]).toMatchObject({ method: 'GET', path: `/api/v1/hirings/${HIRING_ID}` });
});

test.each<[string, unknown, string]>([
  ['of another agent', { ...hiringDocument(), agent_id: OTHER_HIRING_ID }, 'belongs to agent'],
  ['that was not asked for', hiringDocument(OTHER_HIRING_ID), 'a different hiring'],
  ['without a status', { id: HIRING_ID, repo_access_token: 'ghp_geheim' }, 'status is missing'],
  ['that is a list', [1, 2], 'not a JSON object'],
])('does not take a hiring %s', async (_, data, problem) => {
  const { marketplace } = await world(failing(200, { data }));
  const read = await marketplace.readHiring(AGENT_ID, HIRING_ID);
  expect(read).toMatchObject({ kind: 'malformed', problem: expect.stringContaining(problem) });
  expect(JSON.stringify(read)).not.toContain('ghp_geheim');
});

const found: SessionRead = {
  kind: 'found',
  hiring: {
    hiringId: HIRING_ID,
    status: 'in_progress',
    marker: {},
    description: '',
    deliveryMode: 'output',
    deliveryStated: true,
    extras: {},
    problems: [],
  },
};

/** REST answers the detail as given, and the pending list with nothing or as given. */
function rest(status: number, body: unknown, pending: unknown = { data: [] }, pendingStatus = 200) {
  return ({ path }: Received, response: ServerResponse): void => {
    if (path.startsWith('/api/v1/hirings/pending')) sendJson(response, pendingStatus, pending);
    else sendJson(response, status, body);
  };
}

test.each<[string, number, unknown]>([
  ['has no such route', 404, ERROR('ROUTE_NOT_FOUND')],
  ['has no such route and no code for it', 404, { errors: { detail: 'Not Found' } }],
  ['does not show hirings to agents', 403, ERROR('FORBIDDEN')],
  ['knows no GET there', 405, ''],
  ['does not find the hiring', 404, ERROR('NOT_FOUND')],
  ['answers with a page', 200, '<html>'],
])('reads by the live session where REST %s', async (_, status, body) => {
  const { marketplace } = await world(rest(status, body), sessionSaying(found));
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind: 'found', source: 'mcp' });
});

test('reads from the REST pending list, page by page, where there is no session', async () => {
  const handle = ({ path }: Received, response: ServerResponse): void => {
    if (!path.includes('/pending')) return sendJson(response, 404, ERROR('ROUTE_NOT_FOUND'));
    if (path.includes('cursor=p%202'))
      return sendJson(response, 200, { data: { hirings: [{ hiring: hiringDocument() }] } });
    const meta = { pagination: { cursor: 'p 2', has_more: true } };
    sendJson(response, 200, { data: [hiringDocument(OTHER_HIRING_ID)], meta });
  };
  const { server, marketplace } = await world(handle);
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind: 'found', source: 'rest' });
  expect(server.received).toHaveLength(3);
});

const unavailable: SessionRead = { kind: 'unavailable', problem: 'x' };
const absent: SessionRead = { kind: 'absent' };

test.each<[string, unknown, SessionRead | undefined, number, HiringRead['kind']]>([
  ['a code and the session', ERROR('NOT_FOUND'), absent, 403, 'absent'],
  ['a code and the pending list', ERROR('NOT_FOUND'), undefined, 200, 'absent'],
  ['a code and the pending list while the session is down', ERROR('NOT_FOUND'), unavailable, 200, 'absent'],
  ['words and the session', { errors: { message: 'Hiring not found' } }, absent, 403, 'absent'],
  ['a code alone', ERROR('NOT_FOUND'), undefined, 403, 'unavailable'],
  [
    'a code, but the session is in doubt',
    ERROR('NOT_FOUND'),
    { kind: 'malformed', problem: 'x', evidence: 'y' },
    200,
    'malformed',
  ],
  ['a missing route and the session', ERROR('ROUTE_NOT_FOUND'), absent, 200, 'unavailable'],
  ['a 404 that may be a missing route', { errors: { detail: 'Not Found' } }, absent, 200, 'unavailable'],
  ['a page', '<html>', absent, 200, 'unavailable'],
])('a hiring that is not found by %s', async (_, body, session, pendingStatus, kind) => {
  const { marketplace } = await world(
    rest(404, body, { data: [hiringDocument(OTHER_HIRING_ID)] }, pendingStatus),
    session === undefined ? undefined : sessionSaying(session),
  );
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind });
});

test.each<[string, object, HiringRead['kind']]>([
  ['bears its id and cannot be read', { id: HIRING_ID }, 'malformed'],
  ['bears no id', { status: 'in_progress' }, 'malformed'],
  ['bears another id and cannot be read', { id: OTHER_HIRING_ID }, 'absent'],
])('a hiring that is not found, while an item of the pending list %s, is %s %s', async (_, item, kind) => {
  const { marketplace } = await world(rest(404, ERROR('NOT_FOUND'), { data: [item] }));
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind });
});

test('never takes a hiring for absent because the pending list runs in circles', async () => {
  const meta = { pagination: { cursor: 'again', has_more: true } };
  const { marketplace } = await world(
    rest(404, ERROR('NOT_FOUND'), { data: [hiringDocument(OTHER_HIRING_ID)], meta }),
  );
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind: 'unavailable' });
});

test.each<[number, HiringRead['kind']]>([
  [500, 'unavailable'],
  [502, 'unavailable'],
  [429, 'unavailable'],
  [408, 'unavailable'],
  [308, 'unavailable'],
  [400, 'malformed'],
  [422, 'malformed'],
])('a read answered with %i is %s', async (status, kind) => {
  const { marketplace } = await world(failing(status, ERROR('X')), sessionSaying(unavailable));
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({ kind });
});

/** A marketplace that shows each message as it has it. */
function keeping({ body }: Received, response: ServerResponse): void {
  const { content } = z.object({ content: z.string() }).parse(JSON.parse(body));
  sendJson(response, 201, { data: { id: 'm1', hiring_id: HIRING_ID, content } });
}

test('tells the hirer something once', async () => {
  const { server, marketplace } = await world(keeping);
  expect(await marketplace.sendMessage(AGENT_ID, HIRING_ID, notice('Grüezi', 'key-7'))).toEqual({
    kind: 'delivered',
  });
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    path: `/api/v1/hirings/${HIRING_ID}/messages`,
    body: '{"content":"Grüezi"}',
    headers: { 'x-idempotency-key': 'key-7', 'x-api-key': AGENT_KEY },
  });
});

test('tells what is longer than the marketplace allows in parts, each under a key of its own', async () => {
  const { server, marketplace } = await world(keeping);
  await marketplace.sendMessage(AGENT_ID, HIRING_ID, notice('🙂'.repeat(4000), 'key-8'));
  const parts = server.received.map(({ body }) =>
    z.object({ content: z.string().max(5000) }).parse(JSON.parse(body)),
  );
  expect(parts.map(({ content }) => content).join('')).toBe('🙂'.repeat(4000));
  expect(server.received.map(({ headers }) => headers['x-idempotency-key'])).toEqual(['key-8', 'key-8-2']);
});

test.each<[number, unknown]>([
  [404, ERROR('NOT_FOUND')],
  [401, 'Unauthorized'],
  [500, ''],
  [302, ''],
])('says that it could not tell when the answer is %i', async (status, body) => {
  const { marketplace } = await world(failing(status, body));
  expect(await marketplace.sendMessage(AGENT_ID, HIRING_ID, notice('x', 'k'))).toMatchObject({
    kind: 'not_delivered',
  });
});

test('puts neither the key nor a token into what it says', async () => {
  const leak = `bad key ${AGENT_KEY} and ghp_${'a'.repeat(36)}`;
  for (const status of [200, 400, 401, 403, 404, 409, 422, 500]) {
    const { marketplace } = await world(failing(status, { errors: [leak] }));
    const said = JSON.stringify([
      await marketplace.readHiring(AGENT_ID, HIRING_ID),
      await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT),
      await marketplace.sendMessage(AGENT_ID, HIRING_ID, notice('x', 'k')),
    ]);
    expect(said).not.toMatch(/ghp_a|q1W\+/);
  }
});

/** A live session whose tools answer so, and what they were used for. */
function sessionWith(answers: Partial<Record<ToolUse['kind'], ToolOutcome>>) {
  const used: ToolUse[] = [];
  const session: HiringSource = {
    readHiring: async () => Promise.resolve({ kind: 'unavailable', problem: 'x' }),
    useTool: async (use) => {
      used.push(use);
      return Promise.resolve(answers[use.kind] ?? { kind: 'missing' });
    },
    readPrompt: async () => Promise.resolve('Be polite.'),
  };
  return { session, used };
}

test.each<[ToolOutcome, SettleOutcome['kind']]>([
  [{ kind: 'done', document: ended('completed') }, 'accepted'],
  [{ kind: 'done', document: undefined }, 'unconfirmed'],
  [{ kind: 'done', document: { status: 'completed' } }, 'unconfirmed'],
  [{ kind: 'done', document: ended('in_progress') }, 'unconfirmed'],
  [{ kind: 'refused', problem: 'already completed' }, 'unknown'],
  [{ kind: 'unknown', problem: 'no answer' }, 'unknown'],
  [{ kind: 'unavailable', problem: 'no session' }, 'later'],
  [{ kind: 'missing' }, 'later'],
])('settles by MCP with what the stored bytes say: %o means %s', async (answer, kind) => {
  const { session, used } = sessionWith({ result: answer });
  const { server, marketplace } = await world(failing(200, {}), session, 5000, 'mcp');
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).toMatchObject({ kind });
  expect(used).toEqual([{ kind: 'result', hiringId: HIRING_ID, output: JSON.parse(SETTLEMENT.body).output }]);
  expect(server.received).toEqual([]);
});

test('reports a failure by MCP', async () => {
  const { session, used } = sessionWith({ failure: { kind: 'done', document: ended('failed') } });
  const { marketplace } = await world(failing(200, {}), session, 5000, 'mcp');
  const settlement = {
    ...SETTLEMENT,
    endpoint: 'failure',
    body: '{"error":"Too late.","reason":"timeout"}',
  } as const;
  expect(await marketplace.settle(AGENT_ID, HIRING_ID, settlement)).toEqual({ kind: 'accepted', by: 'mcp' });
  expect(used).toEqual([{ kind: 'failure', hiringId: HIRING_ID, error: 'Too late.', reason: 'timeout' }]);
});

test('reads a hiring by the session when REST is out of reach', async () => {
  const hiring = { hiringId: HIRING_ID } as const;
  const found = parseDocumentForm({ id: HIRING_ID, status: 'in_progress' });
  const read = found.kind === 'hiring' ? ({ kind: 'found', hiring: found.hiring } as const) : undefined;
  const { server, marketplace } = await world(failing(200, {}), read && sessionSaying(read));
  await server.close();
  expect(await marketplace.readHiring(AGENT_ID, HIRING_ID)).toMatchObject({
    kind: 'found',
    source: 'mcp',
    hiring,
  });
});

test('tells progress by the stream where it is offered, else as messages', async () => {
  const progress = { kind: 'progress', text: 'half way', idempotencyKey: 'k' } as const;
  const streaming = sessionWith({ chunk: { kind: 'done' } });
  const first = await world(failing(201, {}), streaming.session);
  expect(await first.marketplace.sendMessage(AGENT_ID, HIRING_ID, progress)).toEqual({ kind: 'delivered' });
  expect([first.server.received.length, streaming.used]).toEqual([
    0,
    [{ kind: 'chunk', hiringId: HIRING_ID, content: 'half way' }],
  ]);
  const second = await world(keeping, sessionWith({}).session);
  expect(await second.marketplace.sendMessage(AGENT_ID, HIRING_ID, progress)).toEqual({ kind: 'delivered' });
  expect(second.server.received[0]?.body).toBe('{"content":"half way"}');
});

test('asks by a tool where one is offered, else by a message of that kind, else in plain words', async () => {
  const question = { kind: 'question', text: 'Which sea?', idempotencyKey: 'k' } as const;
  const asking = sessionWith({ question: { kind: 'done' } });
  const first = await world(failing(201, {}), asking.session);
  await first.marketplace.sendMessage(AGENT_ID, HIRING_ID, question);
  // What the tool says is made sure of by a read.
  expect([first.server.received.map(({ method }) => method), asking.used.length]).toEqual([['GET'], 1]);

  let answered = 0;
  const second = await world((request, response) => {
    answered += 1;
    if (request.body.includes('kind')) sendJson(response, 422, {});
    else keeping(request, response);
  });
  expect(await second.marketplace.sendMessage(AGENT_ID, HIRING_ID, question)).toEqual({ kind: 'delivered' });
  expect(answered).toBe(2);
  expect(second.server.received.map(({ body }) => body)).toEqual([
    '{"content":"Question: Which sea?","kind":"question"}',
    '{"content":"Question: Which sea?"}',
  ]);
});

test('says it by MCP when REST is out of reach', async () => {
  const { session, used } = sessionWith({ message: { kind: 'done', document: { message_id: 'm1' } } });
  const { server, marketplace } = await world(failing(201, {}), session);
  await server.close();
  expect(await marketplace.sendMessage(AGENT_ID, HIRING_ID, notice('Late.', 'k'))).toEqual({
    kind: 'delivered',
  });
  expect(used).toEqual([{ kind: 'message', hiringId: HIRING_ID, content: 'Late.' }]);
});

test('reads the prompt for agents once in a while', async () => {
  const { session } = sessionWith({});
  const { marketplace } = await world(failing(200, {}), session);
  expect(await marketplace.context(AGENT_ID)).toBe('Be polite.');
  session.readPrompt = async () => Promise.resolve('Changed.');
  expect(await marketplace.context(AGENT_ID)).toBe('Be polite.');
});

const ARTIFACT = artifactOf('haiku.md', { bytes: Buffer.from('# Haiku'), sha256: '00' });

test('uploads artifacts with what they are, under a key that their bytes give', async () => {
  const stored = { data: { artifacts: [{ id: 'a1', name: 'haiku.md', size_bytes: 7 }] } };
  const { server, marketplace } = await world(failing(201, stored));
  const upload = async () => await marketplace.upload(AGENT_ID, HIRING_ID, [ARTIFACT]);
  expect(await upload()).toEqual({ kind: 'uploaded', ids: ['a1'] });
  await upload();
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    path: `/api/v1/hirings/${HIRING_ID}/artifacts`,
    body: '{"artifacts":[{"artifact_type":"markdown","name":"haiku.md","content":"# Haiku","content_type":"text/markdown"}]}',
  });
  const [first, second] = server.received.map(({ headers }) => headers['x-idempotency-key']);
  expect(first).toBe(second);
});

test('knows no id of an uploaded artifact where the answer shows others of its name', async () => {
  const stored = ['a0', 'a1'].map((id) => ({ id, name: 'haiku.md' }));
  const { marketplace } = await world(failing(201, { data: stored }));
  expect(await marketplace.upload(AGENT_ID, HIRING_ID, [ARTIFACT])).toEqual({
    kind: 'uploaded',
    ids: [undefined],
  });
});

test.each<[number, unknown, string]>([
  [201, {}, 'unknown'],
  [201, { data: [] }, 'unknown'],
  [201, { data: [{ name: 'haiku.md' }] }, 'uploaded'],
  [204, '', 'unknown'],
  [408, '', 'unknown'],
  [400, '', 'unknown'],
  [410, '', 'unsupported'],
  [413, '', 'too_large'],
  [413, '<html>', 'too_large'],
  [413, ERROR('PAYLOAD_TOO_LARGE'), 'too_large'],
  [422, ERROR('FILE_TOO_LARGE'), 'too_large'],
  [404, ERROR('ROUTE_NOT_FOUND'), 'unsupported'],
  [405, '', 'unsupported'],
  [404, ERROR('NOT_FOUND'), 'over'],
  [409, ERROR('INVALID_STATE'), 'over'],
  [409, ERROR('IDEMPOTENCY_PENDING'), 'later'],
  [422, ERROR('VALIDATION_ERROR'), 'refused'],
  [429, ERROR('RATE_LIMIT_EXCEEDED'), 'later'],
  [401, 'Unauthorized', 'unauthorized'],
  [401, '<html>', 'unknown'],
  [403, '<html>', 'unknown'],
  [403, ERROR('FORBIDDEN'), 'unauthorized'],
  [500, '', 'unknown'],
  [503, '', 'later'],
])('an upload answered with %i %j is %s', async (status, body, kind) => {
  const { marketplace } = await world(failing(status, body));
  expect(await marketplace.upload(AGENT_ID, HIRING_ID, [ARTIFACT])).toMatchObject({ kind });
});

describe('the bytes of an artifact', () => {
  const BYTES = Buffer.from([0, 255, 10, 128]);
  const SHA256 = createHash('sha256').update(BYTES).digest('hex');
  const giving =
    (status: number, body: Buffer | string, headers: Record<string, string> = {}) =>
    (_: Received, response: ServerResponse): void => {
      response.writeHead(status, headers);
      response.end(body);
    };

  test('are read under the key from the own origin, as they are', async () => {
    const { server, marketplace } = await world(giving(200, BYTES));
    expect(await marketplace.artifactDigest(AGENT_ID, HIRING_ID, 'a/../1', 4)).toEqual({
      kind: 'digest',
      sizeBytes: 4,
      sha256: SHA256,
    });
    expect(server.received).toMatchObject([
      { method: 'GET', path: '/api/v1/artifacts/a%2F..%2F1/download', headers: { 'x-api-key': AGENT_KEY } },
    ]);
  });

  test('are counted and hashed as they were before they were compressed', async () => {
    const { marketplace } = await world(giving(200, gzipSync(BYTES), { 'content-encoding': 'gzip' }));
    expect(await marketplace.artifactDigest(AGENT_ID, HIRING_ID, '1', 4)).toMatchObject({ sha256: SHA256 });
  });

  test('are read up to a bound, however many there are', async () => {
    let sent = 0;
    const { marketplace } = await world((_, response) => {
      response.writeHead(200);
      const part = Buffer.alloc(64 * 1024);
      const more = (): void => {
        sent += part.length;
        if (!response.destroyed) response.write(part, more);
      };
      more();
    });
    expect(await marketplace.artifactDigest(AGENT_ID, HIRING_ID, '1', 100_000)).toEqual({
      kind: 'too_large',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test.each(['.', '..', 'x'.repeat(501)])('are not asked for under the id %s', async (id) => {
    const { server, marketplace } = await world(giving(200, BYTES));
    expect(await marketplace.artifactDigest(AGENT_ID, HIRING_ID, id, 4)).toMatchObject({ kind: 'absent' });
    expect(server.received).toEqual([]);
  });

  test.each<[number, unknown, string]>([
    [404, ERROR('NOT_FOUND'), 'absent'],
    [404, ERROR('ROUTE_NOT_FOUND'), 'unavailable'],
    [404, '', 'unavailable'],
    [405, '', 'unavailable'],
    [401, 'Unauthorized', 'unavailable'],
    [403, ERROR('FORBIDDEN'), 'unavailable'],
    [429, ERROR('RATE_LIMIT_EXCEEDED'), 'unavailable'],
    [500, '', 'unavailable'],
  ])('with %i %j are %s', async (status, body, kind) => {
    const { marketplace } = await world(failing(status, body));
    expect(await marketplace.artifactDigest(AGENT_ID, HIRING_ID, '1', 4)).toMatchObject({ kind });
  });

  test('are never fetched from where a redirect leads, nor where they break off', async () => {
    const { server, marketplace } = await world((request, response) => {
      if (request.path.includes('/2/')) {
        response.writeHead(200, { 'content-length': '9' });
        response.write(BYTES);
        setImmediate(() => response.destroy());
        return;
      }
      response.writeHead(302, { location: `${server.baseUrl}/elsewhere` });
      response.end();
    });
    for (const id of ['1', '2']) {
      expect((await marketplace.artifactDigest(AGENT_ID, HIRING_ID, id, 9)).kind).toBe('unavailable');
    }
    expect(server.received).toHaveLength(2);
  });

  test('that a key may not read are no reason to ask nothing else under it', async () => {
    const { marketplace } = await world((request, response) =>
      request.method === 'GET' && request.path.endsWith('/download')
        ? sendJson(response, 401, ERROR('UNAUTHORIZED'))
        : sendJson(response, 200, { data: [] }),
    );
    await marketplace.artifactDigest(AGENT_ID, HIRING_ID, '1', 4);
    expect((await marketplace.artifacts(AGENT_ID, HIRING_ID)).kind).toBe('artifacts');
  });
});

test('lists artifacts in the forms that there are', async () => {
  for (const form of [[{ id: 7, name: 'a' }], { artifacts: [{ id: '7', name: 'a' }, 'odd'] }]) {
    const { marketplace } = await world(failing(200, { data: form }));
    expect(await marketplace.artifacts(AGENT_ID, HIRING_ID)).toEqual({
      kind: 'artifacts',
      artifacts: [{ id: '7', name: 'a', sizeBytes: undefined }],
    });
  }
});
