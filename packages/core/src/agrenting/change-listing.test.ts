import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { agentIdSchema } from '../domain/index.ts';
import { changeListing, type ListingChanges } from './change-listing.ts';
import { createRestClient } from './rest-client.ts';
import { agentKey } from './test/agent.ts';
import { sendJson, startHttpServer } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';

const ID = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const body = z.object({ agent: z.record(z.string(), z.unknown()) });

/** A marketplace that takes changes by these methods only. */
async function change(takes: readonly string[], changes: ListingChanges) {
  let agent: Record<string, unknown> = {
    id: ID,
    status: 'active',
    description: 'Writes notes',
    base_price: '10.0',
    capabilities: ['a', 'b'],
    metadata: { worker_matrix_id: '@alice:h' },
  };
  const writes: { method: string; agent: Record<string, unknown> }[] = [];
  const server = await startHttpServer(({ method, body: sent }, response) => {
    if (method === 'GET') return sendJson(response, 200, { data: { agent } });
    const given = body.parse(JSON.parse(sent));
    writes.push({ method, agent: given.agent });
    if (!takes.includes(method)) return sendJson(response, 422, { errors: { message: 'no' } });
    agent = { ...agent, ...given.agent };
    return sendJson(response, 200, { data: { agent } });
  });
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { outcome: await changeListing(client, ID, agentKey(), changes), writes };
}

test('sends what differs, and nothing where nothing does', async () => {
  const { outcome, writes } = await change(['PATCH'], { description: 'Writes prose', basePrice: '10.00' });
  expect(outcome).toEqual({ kind: 'set' });
  expect(writes).toEqual([{ method: 'PATCH', agent: { description: 'Writes prose' } }]);
  const same = await change([], { basePrice: '10', capabilities: ['b', 'a'], status: 'active' });
  expect(same).toEqual({ outcome: { kind: 'set' }, writes: [] });
});

test('gives the whole listing back where a change of some fields is refused', async () => {
  const { outcome, writes } = await change(['PUT'], { basePrice: '12.50', capabilities: ['c'] });
  expect(outcome).toEqual({ kind: 'set' });
  expect(writes.at(-1)).toMatchObject({
    method: 'PUT',
    agent: {
      description: 'Writes notes',
      base_price: '12.50',
      capabilities: ['c'],
      metadata: { worker_matrix_id: '@alice:h' },
    },
  });
});

test('says what stayed, and why', async () => {
  const { outcome } = await change([], { basePrice: '12.50', status: 'inactive' });
  expect(outcome).toEqual({
    kind: 'not_set',
    problem: expect.stringMatching(/keeps its status, base_price "active": HTTP 422/),
  });
});
