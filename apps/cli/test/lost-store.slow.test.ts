import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningAdapter } from '@agrenting-hiclaw/app';
import { startPoller } from '@agrenting-hiclaw/poller/app';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { AppProcess, environmentTest, until, type Environment } from '@agrenting-hiclaw/sandbox/testing';
import { MAIN } from './cli.ts';

const QUICK = { polling: { everySeconds: 1 } };
const WORKERS = [{ name: 'alice' }, { name: 'bob' }, { name: 'carol' }, { name: 'dora' }];

/** Tests with both sandboxes around a poller, whose store is lost. */
const test = environmentTest<RunningAdapter>({
  main: MAIN,
  waitUntilReady: async () => await Promise.reject(new Error('the command line tool receives no hirings')),
  async start(settings) {
    const loaded = await checkConfiguration(settings, {});
    if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
    const { PATH, HOME } = process.env;
    return await startPoller(loaded.configuration, { PATH, HOME });
  },
});

/** Runs a command of the tool between the sandboxes of an environment. */
async function command(env: Environment<RunningAdapter>, ...typed: string[]): Promise<AppProcess> {
  const app = await AppProcess.start(env.folder, env.settings(QUICK), { main: MAIN, arguments: typed });
  await app.ended();
  return app;
}

function loseStore({ folder }: Environment<RunningAdapter>): void {
  const files = readdirSync(folder).filter((name) => name.startsWith('store.sqlite'));
  for (const name of files) rmSync(join(folder, name));
}

test('rebuild brings back every open hiring of a lost store, and tells no worker twice', async ({
  openEnvironment,
  lostWebhooks,
  expect,
}) => {
  const env = await openEnvironment({ workers: WORKERS, listing: lostWebhooks });
  const { hiclaw } = env;
  // One is notified and silent, one at work, one done but not settled, one waits behind another at its worker.
  hiclaw.worker('alice').behave({ kind: 'silent' }, 'next-job');
  hiclaw.worker('bob').behave({ kind: 'complete', workDurationMs: 6_000 }, 'next-job');
  env.marketplace.faults.add({
    kind: 'error_before_apply',
    operation: 'result',
    agentId: env.agents[2]?.id,
    times: 1000,
  });
  hiclaw.worker('dora').behave({ kind: 'complete', workDurationMs: 6_000 }, 'next-job');
  const first = await env.startApp(QUICK);
  const [silent, working, unsettled, busy, waiting] = [
    env.hire('alice').id,
    env.hire('bob').id,
    env.hire('carol').id,
    env.hire('dora').id,
    env.hire('dora').id,
  ];
  await until(async () => {
    const { byState } = await first.store.hirings.queueStats(Date.now(), 0);
    return byState.settling === 1 && byState.acknowledged === 3 && byState.staged === 1;
  });
  const assignedBefore = WORKERS.map(({ name }) => env.assignments(name).length);
  await first.close();
  loseStore(env);
  env.marketplace.faults.clear();

  const rebuilt = await command(env, 'rebuild', '--json');
  const line = rebuilt.lines().find((printed) => printed.startsWith('{"rebuild"')) ?? '';
  const restored = [silent, working, unsettled, busy, waiting].map((hiringId) => ({ hiringId, attempt: 1 }));
  expect(JSON.parse(line)).toMatchObject({ rebuild: 'ok', problems: [] });
  for (const one of restored)
    expect(JSON.parse(line)).toMatchObject({
      hirings: expect.arrayContaining([expect.objectContaining(one)]),
    });

  hiclaw.worker('alice').behave({ kind: 'complete' });
  const second = await env.startApp({
    ...QUICK,
    timing: { ...Object(env.settings()['timing']), silenceSeconds: 8 },
  });
  for (const id of [silent, working, unsettled, busy, waiting]) {
    const hiring = await env.ended(id);
    expect(hiring.traceAttempt).toBe(1);
    expect(env.settlements(id)).toEqual(['result']);
  }
  await until(async () => (await second.store.hirings.queueStats(Date.now(), 0)).byState.completed === 5);
  // Nobody was told again what was told before: but for the silent one, who is reminded, and what waited.
  const assignedAfter = WORKERS.map(({ name }) => env.assignments(name).length);
  expect(assignedAfter.slice(1)).toEqual([
    assignedBefore[1],
    assignedBefore[2],
    (assignedBefore[3] ?? 0) + 1,
  ]);
  expect(env.assignments('alice')).toEqual(
    env.assignments('alice').map((_, index) => `${silent} ${index + 1}`),
  );
  expect(env.marketplace.ledger.audit().balanced).toBe(true);
});

test('rebuild leaves a store that has hirings alone', async ({ openEnvironment, lostWebhooks, expect }) => {
  const env = await openEnvironment({ listing: lostWebhooks });
  const app = await env.startApp(QUICK);
  await env.ended(env.hire().id);
  await app.close();
  const refused = await command(env, 'rebuild');
  expect(await refused.ended()).toBe(1);
  expect(refused.output).toContain('holds 1 hiring. If it is the right store, start the adapter');
});

test('restore of a copy that backup made takes up what happened since, once', async ({
  openEnvironment,
  lostWebhooks,
  expect,
}) => {
  const env = await openEnvironment({ workers: [{ name: 'alice' }, { name: 'bob' }], listing: lostWebhooks });
  const copy = join(env.folder, `copy-${randomBytes(4).toString('hex')}.sqlite`);
  env.hiclaw.worker('alice').behave({ kind: 'complete', workDurationMs: 3_000 }, 'next-job');
  const first = await env.startApp(QUICK);
  const before = env.hire('alice').id;
  await until(async () => (await first.store.hirings.queueStats(Date.now(), 0)).byState.staged === 0);
  await until(async () => (await first.store.hirings.queueStats(Date.now(), 0)).byState.received === 0);
  const backup = await command(env, 'backup', copy);
  expect(backup.output).toContain('copied ');
  const after = env.hire('bob').id;
  await Promise.all([env.ended(before), env.ended(after)]);
  const late = env.hire('alice').id;
  await until(() => env.said('alice').length === 2);
  await first.close();
  loseStore(env);

  const restored = await command(env, 'restore', copy, '--yes');
  expect(await restored.ended()).toBe(0);
  await env.startApp(QUICK);
  await env.ended(late);
  for (const id of [before, after, late]) expect(env.settlements(id)).toEqual(['result']);
  expect(env.assignments('alice')).toEqual([`${before} 1`, `${late} 1`]);
  expect(env.assignments('bob')).toEqual([`${after} 1`]);
});
