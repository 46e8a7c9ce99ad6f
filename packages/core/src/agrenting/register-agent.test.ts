import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../domain/index.ts';
import { registerAgent, type NewAgent } from './register-agent.ts';
import { createRestClient } from './rest-client.ts';
import { AGENT_ID } from './test/agent.ts';
import { sendJson, startHttpServer } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

const agent: NewAgent = {
  name: 'Alice',
  description: 'Writes',
  capabilities: ['writing'],
  category: 'custom',
  pricingModel: 'fixed',
  basePrice: '10.00',
  workerMatrixId: '@alice:h',
};

async function register(status: number, body: unknown) {
  const server = await startHttpServer((_request, response) => sendJson(response, status, body));
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  const outcome = await registerAgent(client, new Secret('ap_owner'), agent);
  return { outcome, received: server.received };
}

test.each([
  ['data.agent and data.api_key', { data: { agent: { id: AGENT_ID }, api_key: 'the-key' } }],
  ['data.id and data.api_key', { data: { id: AGENT_ID, api_key: 'the-key' } }],
  ['agent with both', { agent: { id: AGENT_ID, api_key: 'the-key' } }],
])('reads the answer in the form of %s', async (_what, body) => {
  const { outcome, received } = await register(201, body);
  if (outcome.kind !== 'registered') throw new Error(outcome.problem);
  expect([outcome.agentId, outcome.key.reveal()]).toEqual([AGENT_ID, 'the-key']);
  expect(received).toMatchObject([{ method: 'POST', path: '/api/v1/agents' }]);
  expect(received[0]?.headers['authorization']).toBe('Bearer ap_owner');
});

test('keeps an answer in which the key is not found, because it is shown once', async () => {
  const { outcome } = await register(201, { data: { id: AGENT_ID, key: { value: 'somewhere-else' } } });
  if (outcome.kind !== 'unknown') throw new Error(outcome.kind);
  expect(outcome.evidence?.reveal()).toContain('somewhere-else');
  expect(JSON.stringify(outcome)).not.toContain('somewhere-else');
});

test.each([
  [401, { errors: { message: 'no' } }, 'refused', 'use a user token'],
  [403, { error: 'no scope' }, 'refused', 'use a user token'],
  [422, { errors: { name: ['is taken'] } }, 'refused', 'HTTP 422'],
  [502, 'bad gateway', 'unknown', 'HTTP 502'],
])('of an answer %d knows whether anything was registered', async (status, body, kind, words) => {
  const { outcome } = await register(status, body);
  expect(outcome).toMatchObject({ kind, problem: expect.stringContaining(words) });
});
