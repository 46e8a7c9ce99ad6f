import { appendFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until, type AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { ConsoleEvening } from './console-evening.ts';
import { ConsoleWindow } from './console-window.ts';
import { WorkGate } from './work-gate.ts';

/** Where it is, as `npm run test:real` has found it. */
const CHROMIUM = process.env['CHROMIUM'];
const ESCROW = 'Write a note about escrow for newcomers';
const NOTE = `The marketplace keeps what the hirer pays until the work is there.
Once the hirer has it, the worker's owner is paid.
Where nothing comes before the deadline, the hirer has the money back.
`;
const RESULT = `STATUS: SUCCESS
SUMMARY: Escrow in three sentences, for somebody who has never heard of it.
DELIVERABLES:
- escrow.md

${NOTE}`;
const SCHEDULERS = 'Compare three job schedulers in a table';

/** As a new user would do it; each test goes on where the one before it ended. */
describe.skipIf(CHROMIUM === undefined)('an evening with the console', () => {
  let evening: ConsoleEvening;
  let up: AppProcess;
  let shop: ConsoleWindow;
  let first = '';
  let broken = false;

  beforeAll(async () => {
    evening = await ConsoleEvening.start(['alice', 'bob']);
  });
  beforeEach(({ onTestFailed }) => {
    if (broken) throw new Error('the evening ended in an earlier test');
    onTestFailed(async () => {
      broken = true;
      const text = await shop?.page.locator('body').innerText({ timeout: 1_000 }).catch(String);
      console.error(`--- page\n${text}\n--- processes\n${evening.output.slice(-12_000)}`);
    });
  });
  afterEach(() => {
    const wrong = shop?.wrong ?? [];
    if (wrong.length > 0) throw new Error(`The page did what it must not:\n${wrong.join('\n')}`);
  });
  afterAll(async () => {
    await shop?.close();
    await evening?.close();
  });

  test('begins with an empty folder, and every check is green', async () => {
    await evening.setUp();
    // For operators who want to see results before they are paid for; without that doctor warns of what several workers share.
    await appendFile(evening.configuration, 'policy:\n  approve: results\n');
    const checked = await evening.good('doctor', '--start', `--mc=${evening.hiclaw.manager.minioClient}`);
    expect(checked).toContain(', 0 warnings, 0 failed,');
    const [token = ''] = (await evening.good('admin', 'token', '--role=operator', '--name=olga')).split('\n');
    const started = await evening.up();
    ({ up } = started);
    shop = await ConsoleWindow.open(CHROMIUM ?? '', started.url);
    await shop.logIn(token);
    expect(up.output).not.toContain(token);
  });

  test('shows a hire while it comes and is worked on, without being reloaded', async () => {
    const { page } = shop;
    await shop.go('Hirings');
    await page.getByText('No hiring yet').waitFor();
    evening.worker('alice').behave(
      {
        kind: 'complete',
        workDurationMs: WorkGate.HELD_WORK_MS,
        result: RESULT,
        files: [{ path: 'escrow.md', text: NOTE }],
      },
      'next-job',
    );
    first = evening.hire('alice', ESCROW).id;
    await page.getByRole('link', { name: ESCROW }).click();
    await shop.becomes('acknowledged');
    await page.getByText('progressing', { exact: true }).waitFor();
    await shop.picture('hiring-at-work', 740);
    evening.gate.open();
    await shop.becomes('attention');
    expect(await shop.neverReloaded()).toBe(true);
  });

  test('has a held result approved by a click, settled once and paid', async () => {
    const { page } = shop;
    await page.getByText('escrow.md', { exact: true }).waitFor();
    expect(await page.getByLabel('Result from the worker').textContent()).toContain(
      'keeps what the hirer pays',
    );
    expect(evening.settlements(first)).toEqual([]);
    await page.getByRole('button', { name: `Approve… ${first}` }).click();
    const dialog = page.getByRole('alertdialog');
    expect(await dialog.textContent()).toContain('$10.00');
    await shop.picture('approve', 740);
    await dialog.getByRole('button', { name: 'Approve the result' }).click();
    await evening.completed(first);
    await shop.becomes('completed');
    expect(evening.settlements(first)).toEqual(['result']);
    expect(evening.paid).toBe('9.50');
  });

  test('has a worker stopped and started, which then works', async () => {
    const { page } = shop;
    const alice = evening.worker('alice');
    await shop.go('Workers');
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'alice' }) });
    await card.getByRole('button', { name: /^Stop/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: /^Stop/ }).click();
    await until(() => alice.state === 'stopped');
    await card.getByRole('button', { name: /^Start/ }).click();
    await until(() => alice.state === 'listening');
    const { id } = evening.hire('alice', SCHEDULERS);
    await shop.go('Attention');
    await page.getByRole('button', { name: `Approve… ${id}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve the result' }).click();
    await page.getByText('Nothing needs your attention').waitFor();
    await evening.completed(id);
    expect(evening.settlements(id)).toEqual(['result']);
    expect(evening.settlements(first)).toEqual(['result']);
    expect(evening.paid).toBe('19.00');
  });

  test('has every place of it show what there is', async () => {
    evening.worker('alice').behave({ kind: 'complete', workDurationMs: WorkGate.HELD_WORK_MS }, 'next-job');
    evening.hire('alice', 'Turn these minutes into a list of decisions');
    evening.hire('bob', 'Find the three questions that newcomers ask most');
    await shop.page.getByRole('navigation').getByText('1 hiring needs you').waitFor();
    const places = await shop.places();
    expect(places.length).toBeGreaterThanOrEqual(8);
    for (const place of places) {
      await shop.go(place);
      expect([place, await shop.problems().allTextContents()]).toEqual([place, []]);
    }
    await shop.go('Overview');
    await shop.page.locator('canvas').nth(2).waitFor();
    await shop.picture('overview', 940);
    expect(await shop.neverReloaded()).toBe(true);
    expect(await up.stop()).toBe(0);
  });
});
