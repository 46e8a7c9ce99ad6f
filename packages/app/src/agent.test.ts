import { createRestClient } from '@agrenting-hiclaw/core/agrenting';
import { checkConfiguration, createLogger, systemClock } from '@agrenting-hiclaw/runtime';
import { Environment, until } from '@agrenting-hiclaw/sandbox/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startAgent } from './agent.ts';

test('an agent whose listing could be read at last has no problem any more', async () => {
  const env = await Environment.start(async () => await Promise.reject(new Error('no app is needed')));
  onTestFinished(async () => await env.close());
  env.marketplace.faults.add({ kind: 'error_before_apply', operation: 'agent_read' });
  const loaded = await checkConfiguration(
    env.settings({ agents: env.agents.map(({ id, apiKey }) => ({ id, key: apiKey })) }),
    {},
  );
  const configuration = loaded.kind === 'loaded' ? loaded.configuration : undefined;
  const configured = configuration?.agents[0];
  if (configuration === undefined || configured === undefined) throw new Error('no agent');
  // The patience of a quarter of a minute passes in a moment.
  const clock = {
    ...systemClock,
    sleep: async (waitMs: number, signal: AbortSignal) => await systemClock.sleep(waitMs / 100, signal),
  };
  const client = createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock });
  onTestFinished(() => client.close());
  const problems: string[] = [];
  const agent = startAgent({
    name: 'agents.0',
    agent: configured,
    via: 'auto',
    client,
    clock,
    random: () => 0,
    log: createLogger('test', 'silent'),
    session: () => undefined,
    onIdentified: () => undefined,
  });
  onTestFinished(async () => await agent.close());
  await until(() => {
    const problem = agent.problem();
    if (problem !== undefined) problems.push(problem);
    return problems.length > 0 && problem === undefined;
  });
  expect(agent.identified?.agentId).toBe(configured.id);
});
