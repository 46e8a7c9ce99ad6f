import { describe } from 'vitest';
import { MAIN, test } from './boxed.ts';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';

describe.concurrent('killed with SIGKILL and started again', () => {
  test.for([
    ['when it has heard the hiring', 'heard a hiring'],
    ['when the attempt is open', 'heard -> confirmed'],
    ['when the task folder is written', 'confirmed -> staged'],
    ['when the worker was told', 'staged -> sent'],
    ['while the worker works', 'sent -> acknowledged'],
    ['when the result lies in the folder', 'acknowledged -> submitted'],
    ['when the settlement is stored', 'submitted -> settling'],
    ['when it is over', 'settling -> completed'],
  ] as const)('%s, it finishes the hiring once', async ([_when, line], { openBox, startProcess, expect }) => {
    const box = await openBox();
    const app = await startProcess(box);
    const { id } = box.hire();
    await app.printed(line);
    await app.kill();
    await startProcess(box);
    const hiring = await box.ended(id);

    expect(hiring.traceAttempt).toBe(1);
    expect(box.settlements(id)).toEqual(['result']);
    expect(box.said()).toHaveLength(1);
    expect(box.marketplace.ledger.balance(box.ownerId).available).toBe('9.50');
    expect(box.marketplace.ledger.audit().balanced).toBe(true);
  });
});

test('told to stop, it ends in order, and what was open goes on at the next start', async ({
  openBox,
  startProcess,
  expect,
}) => {
  const box = await openBox();
  const app = await startProcess(box);
  box.hiclaw.worker('alice').behave({ kind: 'complete', workDurationMs: 1500 }, 'next-job');
  const { id } = box.hire();
  await app.printed('sent -> acknowledged');
  expect(await app.stop()).toBe(0);
  await startProcess(box);
  await box.ended(id);
  expect(box.said()).toHaveLength(1);
});

test('without any settings it lists them all with a remedy each, and exits with 2', async ({ expect }) => {
  const app = AppProcess.withEnvironment(MAIN, {});
  expect(await app.ended()).toBe(2);
  expect(app.output).toContain('mcp-client cannot start: 9 settings need attention.');
  expect(app.output).toContain('Set AGRENTING_API_KEY to the API key of your agent');
  expect(app.output).toContain('Set ADAPTER_STORE_KEY, ADAPTER_STORE_KEY_FILE or store.key');
});
