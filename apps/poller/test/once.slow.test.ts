import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { MAIN, test } from './environment.ts';

test('--once looks at every list, keeps what it finds, says it, and ends', async ({
  openEnvironment,
  lostWebhooks,
  expect,
}) => {
  const env = await openEnvironment({ listing: lostWebhooks });
  const { id } = env.hire();
  await env.marketplace.hirings.when(id, 'in_progress');
  const [agent] = env.agents;

  const first = await AppProcess.start(env.folder, env.settings(), {
    main: MAIN,
    arguments: ['--once', '--json'],
  });
  expect(await first.ended()).toBe(0);
  const line = first.lines().find((printed) => printed.startsWith('{"once"')) ?? '';
  const look = { kind: 'read', listed: 1, malformed: 0 };
  expect(JSON.parse(line)).toMatchObject({
    once: 'ok',
    agents: [{ agentId: agent?.id, rest: look, mcp: look }],
    problems: [],
  });
  // One of the lists was first.
  expect(line.split(id)).toHaveLength(2);

  const second = await AppProcess.start(env.folder, env.settings(), { main: MAIN, arguments: ['--once'] });
  expect(await second.ended()).toBe(0);
  expect(second.output).toContain('REST  1 pending, 0 new');
  expect(second.output).toContain('Nothing new.');
  expect(env.said()).toEqual([]);
});

test('--once says which list could not be read, and ends with 1', async ({ openEnvironment, expect }) => {
  const env = await openEnvironment();
  env.marketplace.faults.add({ kind: 'error_before_apply', operation: 'pending', via: 'rest', times: 10 });
  const app = await AppProcess.start(env.folder, env.settings(), { main: MAIN, arguments: ['--once'] });
  expect(await app.ended()).toBe(1);
  expect(app.output).toMatch(/REST {2}could not be read: HTTP 5\d\d/);
  expect(app.output).toContain('MCP   0 pending, 0 new');
});

test('what cannot be understood is answered with the usage and 2', async ({ expect }) => {
  const app = new AppProcess({ main: MAIN, arguments: ['--twice'] });
  expect(await app.ended()).toBe(2);
  expect(app.output).toContain('Usage: poller [--once');
});
