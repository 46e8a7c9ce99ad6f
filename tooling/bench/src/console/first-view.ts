import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { atMost, figure, type Row } from '../rows.ts';
import { median } from '../statistics.ts';
import type { Report } from '../report.ts';
import type { ServedApi } from './serve-admin-api.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ROUNDS = 9;
const run = promisify(execFile);

/** Makes the page that is served. */
export async function buildPage(): Promise<void> {
  await run('pnpm', ['--filter', '@agrenting-hiclaw/console', 'run', 'build:page']);
}

/** How long it takes from the address until the figures of the overview are seen, with nothing kept from the last time. */
export async function firstViewRows({ url, token }: ServedApi, report: Report): Promise<readonly Row[]> {
  if (!existsSync(CHROMIUM)) {
    report(`  the first view is not measured: there is no ${CHROMIUM}, and CHROMIUM names no other`);
    return [];
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 850 } });
      const page = await context.newPage();
      await page.goto(url);
      await page.getByLabel('Token').fill(token);
      await page.keyboard.press('Enter');
      await page.locator('.figure-value').first().waitFor();
      const kept = await page.evaluate<string>('JSON.stringify(sessionStorage)');
      await context.close();

      // Logged in, and with an empty cache.
      const fresh = await browser.newContext({ viewport: { width: 1280, height: 850 } });
      await fresh.addInitScript({ content: `Object.assign(sessionStorage, ${kept});` });
      const view = await fresh.newPage();
      const startedMs = performance.now();
      await view.goto(url, { waitUntil: 'commit' });
      await view.locator('.figure-value').first().waitFor();
      // The first round starts the browser.
      if (round > 0) times.push(performance.now() - startedMs);
      await fresh.close();
    }
    return [
      atMost('first view in headless Chromium', median(times), 'ms', 1_000),
      figure('  the slowest of them', Math.max(...times), 'ms'),
    ];
  } finally {
    await browser.close();
  }
}
