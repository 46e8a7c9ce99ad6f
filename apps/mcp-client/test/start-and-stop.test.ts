import { MAIN, test } from './boxed.ts';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';

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
  const app = new AppProcess({ main: MAIN });
  expect(await app.ended()).toBe(2);
  expect(app.output).toContain('mcp-client cannot start: 9 settings need attention.');
  expect(app.output).toContain('Set AGRENTING_API_KEY to the API key of your agent');
  expect(app.output).toContain('Set ADAPTER_STORE_KEY, ADAPTER_STORE_KEY_FILE or store.key');
});
