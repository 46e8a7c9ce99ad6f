import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createRestClient } from '@agrenting-hiclaw/core/agrenting';
import { createLogger, systemClock } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { startAgent } from '../src/agent.ts';
import { test } from './boxed.ts';
import { until } from './box.ts';

test('an agent whose listing could be read at last has no problem any more', async ({ openBox, expect }) => {
  const box = await openBox();
  box.marketplace.faults.add({ kind: 'error_before_apply', operation: 'agent_read' });
  const configuration = await box.configuration({
    agents: box.agents.map(({ id, apiKey }) => ({ id, key: apiKey })),
  });
  const [configured] = configuration.agents;
  if (configured === undefined) throw new Error('no agent');
  const store = openStore({
    file: join(box.folder, 'agent.sqlite'),
    key: EncryptionKey.fromText(randomBytes(32).toString('base64')),
  });
  // The patience of a quarter of a minute passes in a moment.
  const clock = {
    ...systemClock,
    sleep: async (waitMs: number, signal: AbortSignal) => await systemClock.sleep(waitMs / 100, signal),
  };
  const client = createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock });
  const problems: string[] = [];
  const agent = startAgent({
    name: 'agents.0',
    agent: configured,
    client,
    store,
    holder: 'test',
    clock,
    random: () => 0,
    leaseMs: 30_000,
    log: createLogger('test', 'silent'),
    onIdentified: () => undefined,
  });
  try {
    await until(() => {
      const problem = agent.problem();
      if (problem !== undefined) problems.push(problem);
      return problems.some((said) => !said.startsWith('its MCP session')) && problem === undefined;
    });
    expect(agent.agentId).toBe(configured.id);
  } finally {
    await agent.close();
    client.close();
    await store.close();
  }
});
