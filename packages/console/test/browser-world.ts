import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { z } from 'zod';
import { startFakeApi, TOKEN, type FakeApi } from './fake-api.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Every place of the page, and its title. */
export const PATHS = [
  ['', 'Overview'],
  ['attention', 'Attention'],
  ['hirings', 'Hirings'],
  ['hirings/00000000-e29b-41d4-a716-446655440000', 'Hiring 00000000'],
  ['agents', 'Agents'],
  ['workers', 'Workers'],
  ['earnings', 'Earnings'],
  ['alerts', 'Alerts'],
  ['settings', 'Settings'],
  ['agents/register', 'Register an agent'],
  ['agents/4816cd2a-e54a-4e6b-8fa1-61d360cccf80', 'Listing'],
  ['doctor', 'Doctor'],
  ['rooms', 'Rooms'],
  ['keys', 'Keys'],
  ['policy', 'Policy'],
  ['audit', 'Audit'],
] as const;

/** A browser, and for each visit a fake API of its own; what a page does against its policy is remembered. */
export class BrowserWorld {
  readonly #browser: Browser;
  readonly #ends: (() => Promise<readonly string[]>)[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<BrowserWorld> {
    if (!existsSync(CHROMIUM)) {
      throw new Error(`There is no ${CHROMIUM}: apt-get install chromium, or say in CHROMIUM where it is.`);
    }
    return new BrowserWorld(await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }));
  }

  /** A window at the login. */
  async visit(options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly fake: FakeApi }> {
    const fake = await startFakeApi();
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 850 }, ...options });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('dialog', (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) wrong.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(fake.url)) wrong.push(`request to ${request.url()}`);
    });
    this.#ends.push(async () => {
      await context.close();
      await fake.close();
      return wrong;
    });
    await page.goto(fake.url);
    return { page, fake };
  }

  /** A window at a place, logged in. */
  async enter(
    path = '',
    options: BrowserContextOptions & { readonly token?: string } = {},
  ): Promise<{ readonly page: Page; readonly fake: FakeApi }> {
    const { token = TOKEN, ...rest } = options;
    const { page, fake } = await this.visit(rest);
    await logIn(page, token);
    if (path !== '') await go(page, path);
    return { page, fake };
  }

  /** Ends what a test opened, and says what its pages did against their policy. */
  async leave(): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const end of this.#ends.splice(0)) wrong.push(...(await end()));
    return wrong;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

export async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page
    .getByRole('navigation')
    .or(page.getByRole('button', { name: 'Menu' }))
    .first()
    .waitFor();
}

/** Goes to a place, and waits until it is there and has its answers. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${path}`);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
  if (new URL(page.url()).hash.replace(/^#\/?/, '') === '') await page.locator('canvas').nth(2).waitFor();
}

const findingsSchema = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

/** What axe-core finds that is serious or critical. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // What moves or fades in has other colours while it does.
  await page.evaluate(async () => {
    await Promise.all(
      document.getAnimations().map(async ({ finished, effect }) => {
        if (effect?.getComputedTiming().iterations !== Infinity) await finished;
      }),
    );
  });
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate('axe.run(document).then(({ violations }) => violations)');
  return findingsSchema
    .parse(found)
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`);
}

/** How far the page can be scrolled sideways, in pixels. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
