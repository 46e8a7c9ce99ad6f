import { expect, onTestFinished, test } from 'vitest';
import { identifyAgent, readAgentProfile } from './agent-profile.ts';
import { createRestClient, type RestClient } from './rest-client.ts';
import { AGENT_ID, AGENT_KEY, agentKey } from './test/agent.ts';
import { sendJson, startHttpServer, type HttpServer } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

const WORKER = '@alice:matrix-local.hiclaw.io:18080';

async function world(
  handle: Parameters<typeof startHttpServer>[0],
): Promise<{ server: HttpServer; client: RestClient }> {
  const server = await startHttpServer(handle);
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { server, client };
}

test('learns the agent and its worker from the key', async () => {
  const { server, client } = await world(({ path }, response) => {
    if (path === '/api/v1/auth/authenticate') {
      return sendJson(response, 200, { data: { token: 't', agent: { id: AGENT_ID, name: 'Alice' } } });
    }
    sendJson(response, 200, { data: { id: AGENT_ID, metadata: { worker_matrix_id: WORKER } } });
  });
  expect(await identifyAgent(client, agentKey())).toEqual({
    kind: 'profile',
    profile: { agentId: AGENT_ID, workerMatrixId: WORKER, shown: {} },
  });
  expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/v1/auth/authenticate',
    `GET /api/v1/agents/${AGENT_ID}`,
  ]);
  expect(server.received[0]?.headers['x-api-key']).toBe(AGENT_KEY);
});

test('asks once when the first answer says it all', async () => {
  const agent = { id: AGENT_ID, metadata: { worker_matrix_id: WORKER } };
  const { server, client } = await world((_, response) => sendJson(response, 200, { data: { agent } }));
  expect(await identifyAgent(client, agentKey())).toMatchObject({ profile: { workerMatrixId: WORKER } });
  expect(server.received).toHaveLength(1);
});

test('keeps the agent when its listing cannot be read', async () => {
  const { client } = await world(({ method }, response) => {
    if (method === 'POST') return sendJson(response, 200, { data: { agent: { id: AGENT_ID } } });
    sendJson(response, 404, { errors: [{ code: 'NOT_FOUND' }] });
  });
  expect(await identifyAgent(client, agentKey())).toEqual({
    kind: 'profile',
    profile: { agentId: AGENT_ID, shown: {} },
  });
});

test('says so when the marketplace does not name the agent', async () => {
  const data = { session_token: 'secret-token', expires_at: '2026-11-24T10:00:00Z' };
  const { client } = await world((_, response) => sendJson(response, 200, { data }));
  const outcome = await identifyAgent(client, agentKey());
  expect(outcome).toMatchObject({ kind: 'nameless', problem: expect.stringContaining('set agents[].id') });
  expect(JSON.stringify(outcome)).not.toContain('secret-token');
});

test('says so when the key is not accepted', async () => {
  const { client } = await world((_, response) => sendJson(response, 401, 'Unauthorized'));
  expect(await identifyAgent(client, agentKey())).toMatchObject({
    kind: 'unauthorized',
    problem: expect.stringContaining("must be an agent's own key, not the ap_ user token"),
  });
});

test('stays far below the limit that locks the address out', async () => {
  const { server, client } = await world((_, response) => sendJson(response, 401, 'Unauthorized'));
  const outcomes = [];
  for (let count = 0; count < 20; count += 1) outcomes.push(await identifyAgent(client, agentKey()));
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(5);
  expect(outcomes.at(-1)).toMatchObject({ kind: 'unavailable', retryAfterMs: expect.any(Number) });
});

test('does not take the limit of authentications for that of the agent', async () => {
  const { client } = await world((_, response) => {
    const headers = { 'X-RateLimit-Limit': '10', 'X-RateLimit-Remaining': '0' };
    sendJson(response, 200, { data: { agent: { id: AGENT_ID, metadata: {} } } }, headers);
  });
  await identifyAgent(client, agentKey());
  expect(await client.access(agentKey()).budget.take()).toMatchObject({ kind: 'go' });
});

test('authenticates no more once it was limited', async () => {
  const { server, client } = await world((_, response) => sendJson(response, 429, {}));
  await identifyAgent(client, agentKey());
  expect(await identifyAgent(client, agentKey())).toMatchObject({ kind: 'unavailable' });
  expect(server.received).toHaveLength(1);
});

test.each([
  ['wrapped', { agent: { id: AGENT_ID, metadata: { worker_matrix_id: WORKER } } }, WORKER],
  ['bare', { id: AGENT_ID, metadata: { worker_matrix_id: WORKER } }, WORKER],
  ['without metadata', { id: AGENT_ID, metadata: null }, undefined],
  ['with odd metadata', { id: AGENT_ID, metadata: { worker_matrix_id: 7 } }, undefined],
])('reads a listing: %s', async (_, data, workerMatrixId) => {
  const { client } = await world((_request, response) => sendJson(response, 200, { data }));
  expect(await readAgentProfile(client, AGENT_ID, agentKey())).toEqual({
    kind: 'profile',
    profile: { agentId: AGENT_ID, workerMatrixId, shown: {} },
  });
});

test('reads what hirers see, of either spelling, and leaves out what makes no sense', async () => {
  const data = {
    id: AGENT_ID,
    metadata: { callback_url: 'https://hooks.example/webhook/agrenting/hiring' },
    name: 'Alice',
    status: 'active',
    availability_status: 'busy',
    capabilities: ['coding'],
    category: null,
    base_price: '10.00',
    reputation_score: 4.5,
    total_tasks_completed: '3',
    total_earnings: '25.00',
  };
  const { client } = await world((_request, response) => sendJson(response, 200, { data }));
  expect(await readAgentProfile(client, AGENT_ID, agentKey())).toMatchObject({
    profile: {
      callbackUrl: 'https://hooks.example/webhook/agrenting/hiring',
      shown: {
        name: 'Alice',
        status: 'active',
        availability: 'busy',
        capabilities: ['coding'],
        category: undefined,
        basePrice: '10.00',
        reputation: '4.5',
        completed: undefined,
        earned: '25.00',
      },
    },
  });
});

test('does not take the listing of another agent', async () => {
  const { client } = await world((_, response) => {
    sendJson(response, 200, { data: { id: '99999999-8888-4777-8666-555555555555' } });
  });
  expect(await readAgentProfile(client, AGENT_ID, agentKey())).toMatchObject({ kind: 'unavailable' });
});

test('tells the user token from a key that nobody knows, by asking', async () => {
  const { client } = await world(({ path }, response) => {
    const isList = path.endsWith('/hirings/pending');
    sendJson(response, isList ? 200 : 401, isList ? { data: [] } : 'Unauthorized');
  });
  expect(await identifyAgent(client, agentKey())).toMatchObject({
    kind: 'unauthorized',
    problem: expect.stringContaining('this key is your user token'),
  });
});

test.each(['', '{}', '{"status":"ok","message":"maintenance until 06:00"}', 'null', '[]'])(
  'does not take %j for an answer to the key: it may not come from the marketplace',
  async (body) => {
    const { client } = await world((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    expect(await identifyAgent(client, agentKey())).toEqual({
      kind: 'unavailable',
      problem: 'the answer contains neither a token nor an agent',
    });
  },
);
