import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningAdapter } from '@agrenting-hiclaw/app';
import { startPoller } from '@agrenting-hiclaw/poller/app';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { AppProcess, boxedTest, until, type Box } from '@agrenting-hiclaw/sandbox/testing';
import { MAIN } from './cli.ts';

const QUICK = { polling: { everySeconds: 1 } };
const WORKERS = [{ name: 'alice' }, { name: 'bob' }, { name: 'carol' }, { name: 'dora' }];

/** Tests with both sandboxes around a poller, whose store is lost. */
const test = boxedTest<RunningAdapter>({
  main: MAIN,
  waitUntilReady: async () => await Promise.reject(new Error('the command line tool hears nothing')),
  async start(settings) {
    const loaded = await checkConfiguration(settings, {});
    if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
    const { PATH, HOME } = process.env;
    return await startPoller(loaded.configuration, { PATH, HOME });
  },
});

/** Runs a command of the tool between the sandboxes of a box. */
async function command(box: Box<RunningAdapter>, ...typed: string[]): Promise<AppProcess> {
  const app = await AppProcess.start(box.folder, box.settings(QUICK), { main: MAIN, arguments: typed });
  await app.ended();
  return app;
}

function loseStore({ folder }: Box<RunningAdapter>): void {
  const files = readdirSync(folder).filter((name) => name.startsWith('store.sqlite'));
  for (const name of files) rmSync(join(folder, name));
}

test('rebuild brings back every open hiring of a lost store, and tells no worker twice', async ({
  openBox,
  lostWebhooks,
  expect,
}) => {
  const box = await openBox({ workers: WORKERS, listing: lostWebhooks });
  const { hiclaw } = box;
  // One is notified and silent, one at work, one done but not settled, one waits behind another at its worker.
  hiclaw.worker('alice').behave({ kind: 'silent' }, 'next-job');
  hiclaw.worker('bob').behave({ kind: 'complete', workDurationMs: 6_000 }, 'next-job');
  box.marketplace.faults.add({
    kind: 'error_before_apply',
    operation: 'result',
    agentId: box.agents[2]?.id,
    times: 1000,
  });
  hiclaw.worker('dora').behave({ kind: 'complete', workDurationMs: 6_000 }, 'next-job');
  const first = await box.startApp(QUICK);
  const [silent, working, unsettled, busy, waiting] = [
    box.hire('alice').id,
    box.hire('bob').id,
    box.hire('carol').id,
    box.hire('dora').id,
    box.hire('dora').id,
  ];
  await until(async () => {
    const { byState } = await first.store.hirings.queueStats(Date.now(), 0);
    return byState.settling === 1 && byState.acknowledged === 3 && byState.staged === 1;
  });
  const assignedBefore = WORKERS.map(({ name }) => box.assignments(name).length);
  await first.close();
  loseStore(box);
  box.marketplace.faults.clear();

  const rebuilt = await command(box, 'rebuild', '--json');
  const line = rebuilt.lines().find((printed) => printed.startsWith('{"rebuild"')) ?? '';
  const restored = [silent, working, unsettled, busy, waiting].map((hiringId) => ({ hiringId, attempt: 1 }));
  expect(JSON.parse(line)).toMatchObject({ rebuild: 'ok', problems: [] });
  for (const one of restored)
    expect(JSON.parse(line)).toMatchObject({
      hirings: expect.arrayContaining([expect.objectContaining(one)]),
    });

  hiclaw.worker('alice').behave({ kind: 'complete' });
  const second = await box.startApp({
    ...QUICK,
    timing: { ...Object(box.settings()['timing']), silenceSeconds: 8 },
  });
  for (const id of [silent, working, unsettled, busy, waiting]) {
    const hiring = await box.ended(id);
    expect(hiring.traceAttempt).toBe(1);
    expect(box.settlements(id)).toEqual(['result']);
  }
  await until(async () => (await second.store.hirings.queueStats(Date.now(), 0)).byState.completed === 5);
  // Nobody was told again what was told before: but for the silent one, who is reminded, and what waited.
  const assignedAfter = WORKERS.map(({ name }) => box.assignments(name).length);
  expect(assignedAfter.slice(1)).toEqual([
    assignedBefore[1],
    assignedBefore[2],
    (assignedBefore[3] ?? 0) + 1,
  ]);
  expect(box.assignments('alice')).toEqual(
    box.assignments('alice').map((_, index) => `${silent} ${index + 1}`),
  );
  expect(box.marketplace.ledger.audit().balanced).toBe(true);
});

test('rebuild leaves a store that has hirings alone', async ({ openBox, lostWebhooks, expect }) => {
  const box = await openBox({ listing: lostWebhooks });
  const app = await box.startApp(QUICK);
  await box.ended(box.hire().id);
  await app.close();
  const refused = await command(box, 'rebuild');
  expect(await refused.ended()).toBe(1);
  expect(refused.output).toContain('holds 1 hiring. If it is the right store, start the adapter');
});

test('restore of a copy that backup made takes up what happened since, once', async ({
  openBox,
  lostWebhooks,
  expect,
}) => {
  const box = await openBox({ workers: [{ name: 'alice' }, { name: 'bob' }], listing: lostWebhooks });
  const copy = join(box.folder, `copy-${randomBytes(4).toString('hex')}.sqlite`);
  box.hiclaw.worker('alice').behave({ kind: 'complete', workDurationMs: 3_000 }, 'next-job');
  const first = await box.startApp(QUICK);
  const before = box.hire('alice').id;
  await until(async () => (await first.store.hirings.queueStats(Date.now(), 0)).byState.staged === 0);
  await until(async () => (await first.store.hirings.queueStats(Date.now(), 0)).byState.received === 0);
  const backup = await command(box, 'backup', copy);
  expect(backup.output).toContain('copied ');
  const after = box.hire('bob').id;
  await Promise.all([box.ended(before), box.ended(after)]);
  const late = box.hire('alice').id;
  await until(() => box.said('alice').length === 2);
  await first.close();
  loseStore(box);

  const restored = await command(box, 'restore', copy);
  expect(await restored.ended()).toBe(0);
  await box.startApp(QUICK);
  await box.ended(late);
  for (const id of [before, after, late]) expect(box.settlements(id)).toEqual(['result']);
  expect(box.assignments('alice')).toEqual([`${before} 1`, `${late} 1`]);
  expect(box.assignments('bob')).toEqual([`${after} 1`]);
});
