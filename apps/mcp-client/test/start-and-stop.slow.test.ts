import { MAIN, test } from './environment.ts';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';

test('told to stop, it ends in order, and what was open goes on at the next start', async ({
  openEnvironment,
  startProcess,
  expect,
}) => {
  const env = await openEnvironment();
  const app = await startProcess(env);
  env.hiclaw.worker('alice').behave({ kind: 'complete', workDurationMs: 1500 }, 'next-job');
  const { id } = env.hire();
  await app.printed('sent -> acknowledged');
  expect(await app.stop()).toBe(0);
  await startProcess(env);
  await env.ended(id);
  expect(env.said()).toHaveLength(1);
});

test('without any settings it lists them all with a remedy each, and exits with 2', async ({ expect }) => {
  const app = new AppProcess({ main: MAIN });
  expect(await app.ended()).toBe(2);
  expect(app.output).toContain('mcp-client cannot start: 10 settings need attention.');
  expect(app.output).toContain('Set AGRENTING_API_KEY to the API key of your agent');
  expect(app.output).toContain('Set ADAPTER_STORE_KEY, ADAPTER_STORE_KEY_FILE or store.key');
});

test('another key for the store, or a port that is taken, is a setting to mend: exit code 2', async ({
  openEnvironment,
  startProcess,
  expect,
}) => {
  const env = await openEnvironment();
  const first = await startProcess(env);
  const port = /"health":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(first.output)?.[1];
  const taken = await AppProcess.start(env.folder, env.settings({ health: { port: Number(port) } }), {
    main: MAIN,
  });
  expect(await taken.ended()).toBe(2);
  expect(taken.output).toContain(`health.port is in use: another process listens on 127.0.0.1:${port}`);
  expect(taken.output).not.toContain('MCP session');
  const { store } = env.settings();
  const settings = env.settings({ store: { ...Object(store), key: Buffer.alloc(32).toString('base64') } });
  const locked = await AppProcess.start(env.folder, settings, { main: MAIN });
  expect(await locked.ended()).toBe(2);
  expect(locked.output).toContain('store.key does not open');
});
