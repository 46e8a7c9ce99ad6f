import { expect, onTestFinished, test } from 'vitest';
import { createRestClient } from './rest-client.ts';
import { rotateAgentKey } from './rotate-key.ts';
import { agentKey } from './test/agent.ts';
import { sendJson, startHttpServer } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

async function rotate(
  status: number,
  body: unknown,
  authentication: unknown = { data: { token: 'session' } },
) {
  const server = await startHttpServer(({ path }, response) =>
    path.endsWith('/authenticate')
      ? sendJson(response, 200, authentication)
      : sendJson(response, status, body),
  );
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { outcome: await rotateAgentKey(client, agentKey()), received: server.received };
}

test.for([
  [{ data: { api_key: 'fresh' } }],
  [{ data: { new_api_key: 'fresh' } }],
  [{ data: { key: 'fresh' } }],
  [{ data: { agent: { api_key: 'fresh' } } }],
])('reads the new key from %j', async ([body]) => {
  const { outcome, received } = await rotate(200, body);
  if (outcome.kind !== 'rotated') throw new Error(outcome.problem);
  expect(outcome.key.reveal()).toBe('fresh');
  expect(received.map(({ path }) => path)).toEqual(['/api/v1/auth/authenticate', '/api/v1/auth/rotate-key']);
  expect(received[1]?.headers['authorization']).toBe('Bearer session');
});

test('keeps what it cannot read as evidence, for the key is shown once', async () => {
  const { outcome } = await rotate(200, { data: { secret: 'fresh' } });
  if (outcome.kind !== 'unknown') throw new Error(outcome.kind);
  expect(outcome.evidence?.reveal()).toContain('fresh');
  expect(outcome.problem).not.toContain('fresh');
});

test('tells a definite no from an answer that leaves it open', async () => {
  expect((await rotate(403, { errors: { message: 'no' } })).outcome.kind).toBe('refused');
  expect((await rotate(500, { errors: { message: 'oh' } })).outcome.kind).toBe('unknown');
});
