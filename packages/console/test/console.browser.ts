import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleDirectory } from '../src/directory.ts';
import { go, logIn, PATHS, seriousFindings, settled, sidewaysScroll } from './browser-world.ts';
import { POLICY, TOKEN, VIEWER_TOKEN } from './fake-api.ts';
import { HIRINGS, idAt } from './fake-data.ts';
import { HOSTILE } from './fake-detail.ts';
import { withWorld } from './with-world.ts';

const ATTENTION = `hirings/${idAt(0)}`;
const ASKING = `hirings/${idAt(6)}`;
const browser = withWorld();

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const rows = (page: Page) => page.locator('.list:not(.stale) tbody tr');

describe('what is loaded', () => {
  test('first is at most 200 KB, compressed, and is seen within a second', async () => {
    const { page, fake } = await browser.world.visit();
    await logIn(page, TOKEN);
    await settled(page);
    const loaded: string[] = [];
    page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
    const startedAtMs = performance.now();
    await page.reload();
    await page.locator('.figure-value').first().waitFor();
    const seenMs = performance.now() - startedAtMs;
    await settled(page);
    const files = [...new Set(loaded)].filter((path) => !path.startsWith('/api/'));
    const bytes = files
      .map(
        (path) => gzipSync(readFileSync(join(consoleDirectory(), path === '/' ? 'index.html' : path))).length,
      )
      .reduce((sum, size) => sum + size, 0);
    process.stdout.write(
      `first view: ${Math.round(seenMs)} ms, ${Math.round(bytes / 1_000)} KB with its plots\n`,
    );
    expect(files.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(200_000);
    expect(seenMs).toBeLessThanOrEqual(1_000);
    expect(fake.listeners()).toBeGreaterThan(0);
  });

  test('is served with the policy, and has nothing inline', async () => {
    const { page, fake } = await browser.world.visit();
    const response = await page.request.get(fake.url);
    expect(response.headers()['content-security-policy']).toBe(POLICY);
    expect(await response.text()).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=/);
  });

  test('could do nothing else unnoticed', async () => {
    const { page } = await browser.world.visit();
    await page.evaluate(() => {
      document.head.append(
        Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }),
      );
      document.body.setAttribute('style', 'color: red');
    });
    // What the browser says of it comes before the next answer.
    await page.title();
    expect(await browser.world.leave()).toHaveLength(2);
  });

  test('names no other server', () => {
    const texts = readdirSync(join(consoleDirectory(), 'assets'))
      .filter((file) => file.endsWith('.css'))
      .map((file) => readFileSync(join(consoleDirectory(), 'assets', file), 'utf8'));
    expect(texts.join('')).not.toMatch(/https?:|@import/);
  });
});

describe('the login', () => {
  test('says why a token is refused and what to do', async () => {
    const { page } = await browser.world.visit();
    await page.getByLabel('Token').fill('wrong');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => await page.getByRole('alert').textContent())
      .toMatch(/No one has this token.*Take it from/);
  });

  test('leads to the place that was asked for, and out again', async () => {
    const { page } = await browser.world.visit();
    await page.evaluate(() => {
      location.hash = '#/agents';
    });
    await logIn(page, TOKEN);
    await heading(page, 'Agents').waitFor();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await heading(page, 'Log in').waitFor();
    await page.reload();
    await heading(page, 'Log in').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  test('is asked for again once the session is over', async () => {
    const { page, fake } = await browser.world.enter();
    fake.endSessions();
    await go(page, 'workers').catch(() => undefined);
    await heading(page, 'Log in').waitFor();
    await logIn(page, TOKEN);
    await heading(page, 'Workers').waitFor();
    expect(page.url()).toMatch(/#\/workers$/);
  });

  test('leaves nothing that a server at another port of this machine gets', async () => {
    const { page } = await browser.world.enter();
    const got: IncomingHttpHeaders[] = [];
    const neighbour = createServer(({ headers }, response) => {
      got.push(headers);
      response.end('<!doctype html><title>Neighbour</title>');
    });
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    const address = neighbour.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const other = await page.context().newPage();
      await other.goto(`http://127.0.0.1:${port}/`);
      expect(await other.evaluate('[document.cookie, sessionStorage.length, localStorage.length]')).toEqual([
        '',
        0,
        0,
      ]);
      expect(got.length).toBeGreaterThan(0);
      expect(got.filter(({ cookie, authorization }) => (cookie ?? authorization) !== undefined)).toEqual([]);
      expect(await page.context().cookies()).toEqual([]);
      // The page itself is still logged in.
      await page.reload();
      await page.getByRole('navigation').waitFor();
    } finally {
      neighbour.closeAllConnections();
      await new Promise((resolve) => neighbour.close(resolve));
    }
  });

  test('of a viewer shows no commands', async () => {
    const { page } = await browser.world.enter(ATTENTION, { token: VIEWER_TOKEN });
    await page.getByText('You have read-only access.').waitFor();
    for (const path of ['attention', 'agents', 'workers', 'alerts', 'keys', 'rooms', 'audit', 'policy']) {
      await go(page, path);
      expect(
        await page
          .getByRole('main')
          .getByRole('button', { name: /^(?!Show older)/ })
          .count(),
      ).toBe(0);
      expect(await page.getByRole('link', { name: /^Register|^Change/ }).count()).toBe(0);
    }
  });
});

describe('the list of hirings', () => {
  test('is narrowed by state, agent and worker, and says so in the address', async () => {
    const { page } = await browser.world.enter('hirings');
    expect(await rows(page).count()).toBe(50);
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'failed' }).click();
    await expect
      .poll(async () => [...new Set(await page.locator('.list tbody .badge').allTextContents())])
      .toEqual(['failed']);
    await page.getByRole('combobox', { name: 'Worker' }).click();
    await page.getByRole('option', { name: 'vera' }).click();
    await expect
      .poll(async () => [...new Set(await page.locator('.list tbody td:nth-child(3)').allTextContents())])
      .toEqual(['vera']);
    expect(page.url()).toMatch(/#\/hirings\?state=failed&worker=vera$/);
    await page.reload();
    await expect
      .poll(async () => [...new Set(await page.locator('.list tbody .badge').allTextContents())])
      .toEqual(['failed']);
  });

  test('is searched by id and by title', async () => {
    const { page } = await browser.world.enter('hirings');
    await page.getByLabel('Search').fill(idAt(3).slice(0, 8));
    await expect.poll(async () => await rows(page).count()).toBe(1);
    await page.getByLabel('Search').fill('landing');
    await expect
      .poll(async () => new Set(await page.locator('.row-link').allTextContents()))
      .toEqual(new Set(['Write a landing page']));
    await page.getByLabel('Search').fill('nobody wants this');
    await page.getByText('No hirings match these filters').waitFor();
    await page.getByRole('link', { name: 'Show all hirings' }).click();
    await expect.poll(async () => await rows(page).count()).toBe(50);
  });

  test('is turned page by page, and back', async () => {
    const { page } = await browser.world.enter('hirings');
    const first = async () => await page.locator('.list:not(.stale) .id').first().getAttribute('title');
    for (const index of [0, 50, 100]) {
      await expect.poll(first).toBe(idAt(index));
      await page.getByRole('link', { name: 'Older' }).click();
    }
    await expect.poll(first).toBe(idAt(150));
    await page.getByRole('button', { name: 'Back' }).click();
    await expect.poll(first).toBe(idAt(100));
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(first).toBe(idAt(0));
  });

  test('is as fast at the end of a million as at its beginning', async () => {
    const { page } = await browser.world.enter('hirings');
    const timesMs: number[] = [];
    for (const cursor of [50, 500_000, HIRINGS - 50]) {
      const startedAtMs = performance.now();
      await go(page, `hirings?cursor=${cursor}`);
      await page.locator(`.list:not(.stale) .id[title="${idAt(cursor)}"]`).waitFor();
      timesMs.push(performance.now() - startedAtMs);
      expect(await rows(page).count()).toBe(50);
    }
    process.stdout.write(`a page at 50, at 500,000, at the end: ${timesMs.map(Math.round).join(', ')} ms\n`);
    expect(Math.max(...timesMs)).toBeLessThan(500);
    expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0);
  });
});

describe('a command', () => {
  test('that is double-clicked arrives once', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    fake.faults.commandMs = 300;
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('button', { name: 'Approve the result' }).dblclick();
    await page.getByText('Result approved').waitFor();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(fake.commands).toHaveLength(1);
    expect(fake.commands[0]).toMatchObject({
      path: `/${ATTENTION}/approve`,
      body: { commandId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    await expect.poll(async () => await page.locator('.page-head .badge').textContent()).toBe('submitted');
  });

  test('names what it decides about, shows all of it, and is sent for just that', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    await page.getByRole('button', { name: /^Approve/ }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('region', { name: 'The held result' }).waitFor();
    const words = await dialog.innerText();
    for (const shown of [
      idAt(0),
      'Translate release notes into German',
      'ada',
      '$25.00',
      'release-notes.de.md',
    ]) {
      expect(words).toContain(shown);
    }
    const { version } = fake.hiring(0);
    await page.getByRole('button', { name: 'Approve the result' }).click();
    await page.getByText('Result approved').waitFor();
    expect(fake.effects).toMatchObject([{ body: { version } }]);
  });

  test('is not sent for what has changed under the dialog, until it was looked at', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    await page.getByRole('button', { name: /^Fail/ }).click();
    const send = page.getByRole('button', { name: 'Report as failed' });
    await expect.poll(async () => await send.isEnabled()).toBe(true);
    fake.change(0, {
      needs: {
        reason: 'result_echo',
        why: 'the result is held: another one',
        todo: 'Read it.',
        quote: null,
        approves: 'result',
      },
    });
    const notice = page.getByRole('alertdialog').getByRole('alert');
    await notice.getByText('This hiring has changed since you opened it.').waitFor();
    expect(await send.isEnabled()).toBe(false);
    await page.getByRole('button', { name: 'Show current version' }).click();
    await notice.waitFor({ state: 'detached' });
    await send.click();
    await page.getByText('Failure submitted').waitFor();
    expect(fake.commands).toHaveLength(1);
  });

  test('about a result is preceded by a look into its files, as text and never as a page', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    await page.getByRole('button', { name: /^Approve/ }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Show release-notes.de.md' }).click();
    const text = dialog.getByRole('region', { name: 'Text of release-notes.de.md' });
    await text.waitFor();
    expect(await text.innerText()).toContain('<script>alert(2)</script>');
    expect(await text.innerText()).toContain('U+202E');
    expect(await text.locator('script, img, a').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Hide release-notes.de.md' }).click();
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save release-notes.de.md' }).click();
    expect((await saved).suggestedFilename()).toBe('release-notes.de.md');
    fake.faults.fileChanged = true;
    await dialog.getByRole('button', { name: 'Show release-notes.de.md' }).click();
    await dialog.getByText('is not the one that was reviewed').waitFor();
  });

  test('whose answer is lost is sent again as the same', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    fake.faults.lostAnswers = 2;
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('button', { name: 'Approve the result' }).click();
    await page.getByText('Result approved').waitFor();
    expect(fake.commands.length).toBeGreaterThanOrEqual(3);
    expect(fake.effects).toHaveLength(1);
  });

  test('that got no answer at all is the same when it is clicked again', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    fake.faults.lostAnswers = Infinity;
    await page.getByRole('button', { name: /^Message/ }).click();
    await page.getByLabel('Text').fill('Please use English.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('The adapter did not answer.').waitFor();
    fake.faults.lostAnswers = 0;
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Message sent').waitFor();
    expect(fake.effects).toHaveLength(1);
    expect(new Set(fake.commands.map(({ body }) => body['commandId'])).size).toBe(1);
  });

  test('to fail says its reason', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    await page.getByRole('button', { name: /^Fail/ }).click();
    await page.getByLabel(/^Reason/).fill('It took too long.');
    await page.getByRole('button', { name: 'Report as failed' }).click();
    await page.getByText('Failure submitted').waitFor();
    expect(fake.effects).toMatchObject([
      { path: `/${ATTENTION}/fail`, body: { reason: 'It took too long.' } },
    ]);
  });

  test('to submit or to message carries the text, and nothing empty', async () => {
    const { page, fake } = await browser.world.enter(ATTENTION);
    await page.getByRole('button', { name: /^Submit a result/ }).click();
    await page.getByRole('button', { name: 'Submit as the result' }).click({ force: true });
    expect(fake.commands).toEqual([]);
    await page.getByLabel('Result', { exact: true }).fill('Hier ist es.');
    await page.getByRole('button', { name: 'Submit as the result' }).click();
    await page.getByText('Result submitted').waitFor();
    await go(page, `hirings/${idAt(12)}`);
    await page.getByRole('button', { name: /^Message/ }).click();
    await page.getByRole('combobox', { name: 'To' }).click();
    await page.getByRole('option', { name: 'The hirer' }).click();
    await page.getByLabel('Text').fill('A moment, please.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Message sent').waitFor();
    expect(fake.effects.map(({ path, body }) => [path.split('/').at(-1), body['text'], body['to']])).toEqual([
      ['submit', 'Hier ist es.', undefined],
      ['message', 'A moment, please.', 'hirer'],
    ]);
  });

  test('to answer, retry and hold goes to the hiring', async () => {
    const { page, fake } = await browser.world.enter(ASKING);
    await page.getByRole('button', { name: /^Answer yes/ }).click();
    await page.getByText('May I run `npm install`?').last().waitFor();
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.getByText('Answer sent').waitFor();
    await page.getByRole('button', { name: /^Hold/ }).click();
    await page.getByRole('button', { name: 'Hold it' }).click();
    await page.getByText('It is held').waitFor();
    await page.getByRole('button', { name: /^Retry/ }).click();
    await page.getByRole('button', { name: 'Hand over again' }).click();
    await page.getByText('Handed over again').waitFor();
    expect(fake.effects[0]?.body).toMatchObject({ question: '$question:matrix-local.hiclaw.io' });
    expect(fake.effects.map(({ path, body }) => [path.split('/').at(-1), body['answer']])).toEqual([
      ['answer', 'yes'],
      ['hold', undefined],
      ['retry', undefined],
    ]);
  });

  test('to agents, workers and alerts is one click, but for a key', async () => {
    const { page, fake } = await browser.world.enter('agents');
    await page.getByRole('button', { name: 'Pause Ada, translator' }).click();
    await page.getByRole('button', { name: 'Resume Ada, translator' }).waitFor();
    await page.getByRole('button', { name: /^Rotate key… Ada/ }).click();
    await page.getByText('refuses the old one from then on').waitFor();
    await page.getByRole('button', { name: 'Rotate the key' }).click();
    await page.getByText('Ada, translator has a new key').waitFor();
    await go(page, 'workers');
    await page.getByRole('button', { name: 'Ping vera' }).click();
    await page.getByText('vera responded').waitFor();
    await go(page, 'alerts');
    await page.getByRole('button', { name: /^Send a test/ }).click();
    await page.getByText('Test alert queued').waitFor();
    expect(
      fake.effects.map(({ path }) =>
        path
          .split('/')
          .slice(1)
          .filter((part) => !part.includes('-e54a-')),
      ),
    ).toEqual([
      ['agents', 'pause'],
      ['agents', 'rotate-key'],
      ['workers', 'vera', 'ping'],
      ['alerts', 'test'],
    ]);
  });

  test('from the attention list is in reach at once, and what is done leaves the list', async () => {
    const { page, fake } = await browser.world.enter('attention');
    const cards = page.locator('.cards > li');
    const before = await cards.count();
    await cards
      .first()
      .getByRole('button', { name: /^Approve/ })
      .click();
    await page.getByRole('button', { name: 'Approve the result' }).click();
    await expect.poll(async () => await cards.count()).toBe(before - 1);
    expect(fake.effects).toHaveLength(1);
  });
});

test('the evidence of a hiring is saved, although no link could ask for it', async () => {
  const { page } = await browser.world.enter(ATTENTION);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export evidence' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`agrenting-${idAt(0)}.zip`);
  expect(readFileSync(await download.path(), 'utf8')).toBe('PK');
});

test('earnings are saved as they are shown', async () => {
  const { page } = await browser.world.enter('earnings');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const path = await (await saved).path();
  const lines = readFileSync(path, 'utf8').split('\r\n');
  expect(lines[0]).toBe('agent_id,day,hirings,gross_cents,fee_cents,net_cents,taken_back,taken_back_cents');
  expect(lines).toHaveLength(1 + 28 + 1);
  expect(lines[1]).toMatch(/^4816cd2a-[\w-]+,\d{4}-\d\d-\d\d,3,7500,375,7125,0,0$/);
});

describe('what changes', () => {
  test('is shown without a reload', async () => {
    const { page, fake } = await browser.world.enter(`hirings/${idAt(2)}`);
    const state = page.locator('.page-head .badge');
    await expect.poll(async () => await state.textContent()).toBe('acknowledged');
    await expect.poll(() => fake.listeners()).toBe(1);
    fake.change(2, { state: 'submitted' });
    await expect.poll(async () => await state.textContent(), { timeout: 3_000 }).toBe('submitted');
    await go(page, 'hirings');
    fake.change(0, { state: 'completed', needs: null });
    await expect
      .poll(async () => await page.locator('.list tbody .badge').first().textContent(), { timeout: 3_000 })
      .toBe('completed');
  });

  test('while events were lost is caught up with', async () => {
    const { page, fake } = await browser.world.enter(`hirings/${idAt(2)}`);
    await expect.poll(() => fake.listeners()).toBe(1);
    fake.dropEvents();
    fake.change(2, { state: 'settling' });
    await page.getByText('Polling').waitFor();
    await expect
      .poll(async () => await page.locator('.page-head .badge').textContent(), { timeout: 15_000 })
      .toBe('settling');
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('while nobody looked is caught up with, and no connection is held meanwhile', async () => {
    const { page, fake } = await browser.world.enter(`hirings/${idAt(2)}`);
    const look = async (hidden: boolean) =>
      await page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await expect.poll(() => fake.listeners()).toBe(1);
    await look(true);
    await expect.poll(() => fake.listeners()).toBe(0);
    fake.change(2, { state: 'settling' });
    await look(false);
    await expect.poll(async () => await page.locator('.page-head .badge').textContent()).toBe('settling');
    expect(fake.listeners()).toBe(1);
  });

  test('is asked for where events are refused', async () => {
    const { page, fake } = await browser.world.visit();
    fake.faults.events = true;
    await logIn(page, TOKEN);
    await go(page, `hirings/${idAt(2)}`);
    await page.getByText('Polling').waitFor();
    fake.change(2, { state: 'settling' });
    await expect
      .poll(async () => await page.locator('.page-head .badge').textContent(), { timeout: 15_000 })
      .toBe('settling');
  });
});

test('what outsiders wrote stays text on every page', async () => {
  const { page } = await browser.world.enter(ATTENTION);
  const shown = await page.getByRole('region', { name: 'Description of the work' }).textContent();
  expect(shown).toContain(HOSTILE.slice(0, 80));
  for (const hidden of ['\u202E', '\u202C', '\u0007', '\u200B']) expect(shown).not.toContain(hidden);
  expect(await page.getByTitle('U+202E right-to-left override').count()).toBeGreaterThan(0);
  for (const [path] of PATHS) {
    await go(page, path);
    const made = await page
      .locator('img, iframe, main script, a[href^="javascript"], a[href*="evil"], [onerror], main b')
      .count();
    expect({ path, made, scroll: await sidewaysScroll(page) }).toEqual({ path, made: 0, scroll: 0 });
  }
});

describe('the keyboard alone', () => {
  const focused = async (page: Page): Promise<string> =>
    await page.evaluate(() => {
      const { activeElement } = document;
      return `${activeElement?.tagName.toLowerCase()} ${activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim().slice(0, 40)}`;
    });
  /** Scrolls or tabs until the element has the focus, which must be visible. */
  async function tabTo(page: Page, wanted: RegExp): Promise<void> {
    for (let steps = 0; !wanted.test(await focused(page)); steps += 1) {
      if (steps === 60) throw new Error(`Tab does not come to ${wanted}`);
      await page.keyboard.press('Tab');
    }
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null) return false;
      const styles = [getComputedStyle(element), getComputedStyle(element, '::after')];
      return styles.some(
        ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px',
      );
    });
    expect({ at: await focused(page), seen }).toMatchObject({ seen: true });
  }

  test('logs in, finds a hiring, approves it and comes back', async () => {
    const { page, fake } = await browser.world.visit();
    await heading(page, 'Log in').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await heading(page, 'Overview').waitFor();
    await settled(page);
    await tabTo(page, /^a Skip to the content/);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await tabTo(page, /^a Need you/);
    await page.keyboard.press('Enter');
    await heading(page, 'Attention').waitFor();
    await expect.poll(async () => await focused(page)).toBe('h1 Attention');
    await tabTo(page, /^a Translate release notes/);
    await page.keyboard.press('Enter');
    await heading(page, 'Hiring 00000000').waitFor();
    await settled(page);
    await tabTo(page, /^button Approve/);
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    for (let steps = 0; steps < 6; steps += 1) {
      await page.keyboard.press('Tab');
      // From its end the focus comes back to its beginning, by way of a guard that is no part of the page.
      await expect
        .poll(
          async () =>
            await page.evaluate(() => document.activeElement?.closest('[role="alertdialog"]') !== null),
        )
        .toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await expect.poll(async () => await focused(page)).toMatch(/^button Approve/);
    expect(fake.commands).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await tabTo(page, /^button Approve the result/);
    await page.keyboard.press('Enter');
    await page.getByText('Result approved').waitFor();
    expect(fake.effects).toHaveLength(1);
  });

  test('chooses, and changes the appearance', async () => {
    const { page } = await browser.world.enter('hirings');
    await tabTo(page, /^button .*State|^button Any/);
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.type('failed');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('state=failed');
    await page.getByRole('button', { name: /^Account/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'Dark' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    const ground = async () => await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await expect.poll(ground).toBe('rgb(15, 20, 21)');
    await page.reload();
    await expect.poll(ground).toBe('rgb(15, 20, 21)');
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('every page is without serious findings of axe', { timeout: 180_000 }, async () => {
    const { page } = await browser.world.visit({ colorScheme });
    expect(await seriousFindings(page)).toEqual([]);
    await logIn(page, TOKEN);
    for (const [path] of PATHS) {
      await go(page, path);
      expect({ path, found: await seriousFindings(page) }).toEqual({ path, found: [] });
    }
  });

  test('what opens is without serious findings of axe', { timeout: 180_000 }, async () => {
    const { page } = await browser.world.enter(ATTENTION, { colorScheme });
    for (const name of [/^Approve/, /^Fail/, /^Submit/, /^Message/]) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('alertdialog').waitFor();
      expect({ name, found: await seriousFindings(page) }).toEqual({ name, found: [] });
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menu').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await go(page, 'hirings');
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('listbox').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});

test('the appearance follows the system', async () => {
  const { page } = await browser.world.enter('', { colorScheme: 'dark' });
  const ground = async () => await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(15, 20, 21)');
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await ground()).toBe('rgb(244, 246, 246)');
});

test('a phone of 360 pixels shows every page without scrolling sideways', { timeout: 120_000 }, async () => {
  const { page } = await browser.world.visit({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  expect(await sidewaysScroll(page)).toBe(0);
  await logIn(page, TOKEN);
  for (const [path, title] of PATHS) {
    await go(page, path);
    await heading(page, title).waitFor();
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('main .list td, main .list th, main .button')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map((element) => element.textContent),
    );
    expect({ path, cut, scroll: await sidewaysScroll(page) }).toEqual({ path, cut: [], scroll: 0 });
    expect({ path, found: await seriousFindings(page) }).toEqual({ path, found: [] });
  }
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Agents' }).click();
  await heading(page, 'Agents').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

describe('where there is nothing to show', () => {
  test('each page says so, and what to do', async () => {
    const { page, fake } = await browser.world.visit();
    fake.faults.empty = true;
    await logIn(page, TOKEN);
    await page.getByText('No hirings in the last 24 hours').waitFor();
    for (const [path, text] of [
      ['attention', 'Nothing needs your attention'],
      ['hirings', 'No hiring yet'],
      ['agents', 'No agent yet'],
      ['workers', 'No worker yet'],
      ['alerts', 'No alerts yet'],
      ['rooms', 'No room yet'],
      ['keys', 'No key yet'],
      ['audit', 'No entries yet'],
      ['agents/register', 'There are no workers to register'],
    ] as const) {
      await page.goto(`${fake.url}/#/${path}`);
      await page.getByText(text).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    }
  });

  test('because the adapter is in trouble, each page says what it said and tries again', async () => {
    const { page, fake } = await browser.world.enter();
    fake.faults.reads = { status: 503, detail: 'The store does not answer.', todo: 'Look at the disk.' };
    await page.goto(`${fake.url}/#/workers`);
    await expect
      .poll(async () => await page.getByRole('alert').textContent(), { timeout: 10_000 })
      .toMatch(/The store does not answer\..*Look at the disk\./);
    fake.faults.reads = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'vera' }).waitFor();
  });

  test('because a hiring is not known', async () => {
    const { page } = await browser.world.enter();
    await page.evaluate(() => {
      location.hash = '#/hirings/%3Cimg%20src=x%3E';
    });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/There is no hiring <img src=x>\..*Look it up/);
  });
});
