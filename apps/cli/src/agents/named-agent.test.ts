import { createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { agentIdSchema, Secret } from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { afterAll, expect, test } from 'vitest';
import { namedAgent, namedAgents } from './named-agent.ts';

// Nobody listens there.
const nowhere = parseBaseUrl('http://127.0.0.1:9');
if (nowhere.kind === 'invalid') throw new Error(nowhere.problem);
const client = createRestClient({ baseUrl: nowhere.baseUrl, clock: systemClock });
afterAll(() => {
  client.close();
});

const PROSE = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const CODE = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf90');
const agentOf = (id: typeof PROSE | undefined, worker: string): Configuration['agents'][number] => ({
  id,
  key: new Secret(`key of ${worker}`),
  worker,
  policy: {},
});
const agents = [agentOf(PROSE, 'alice'), agentOf(CODE, 'alice'), agentOf(undefined, 'bob')];

test('an agent is named by its id in any case, or by its place', async () => {
  expect((await namedAgent({ agents }, client, CODE.toUpperCase())).agentId).toBe(CODE);
  expect((await namedAgent({ agents }, client, '0')).agentId).toBe(PROSE);
});

test('a worker names every agent whose work it does, and none of them where one is meant', async () => {
  const named = await namedAgents({ agents }, client, 'alice');
  expect(named.map(({ agentId }) => agentId)).toEqual([PROSE, CODE]);
  await expect(namedAgent({ agents }, client, 'alice')).rejects.toThrow(
    `alice has 2 agents: ${PROSE}, ${CODE}`,
  );
});

test('one whose id is not written down is asked about, and what cannot be known is said', async () => {
  await expect(namedAgent({ agents }, client, 'bob')).rejects.toThrow('it is not known which agent is bob');
  await expect(namedAgents({ agents }, client, 'carol')).rejects.toThrow('which agent is carol');
  const known = { agents: agents.slice(0, 2) };
  await expect(namedAgents(known, client, 'carol')).rejects.toThrow('no such agent: carol');
});
