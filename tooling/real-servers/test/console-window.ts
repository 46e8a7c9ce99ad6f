import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const PATIENCE_MS = 60_000;

/** A window of a headless Chromium in which somebody works with the console; what goes wrong in it is remembered. */
export class ConsoleWindow {
  readonly page: Page;
  /** What its page did against its policy, errors in it, and answers of a server in trouble. */
  readonly wrong: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
  }

  /** Opens the console with a program, at its login. */
  static async open(program: string, url: string): Promise<ConsoleWindow> {
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1180, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const opened = new ConsoleWindow(browser, page);
    page.on('pageerror', (error) => opened.wrong.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) opened.wrong.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) opened.wrong.push(`request to ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) opened.wrong.push(`${response.status()} of ${response.url()}`);
    });
    await page.goto(url);
    return opened;
  }

  /** Logs in and waits until changes come by themselves. */
  async logIn(token: string): Promise<void> {
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    // A page that is reloaded forgets this.
    await this.page.evaluate("document.body.classList.add('never-reloaded')");
  }

  /** Whether all that was seen came without loading the page again. */
  async neverReloaded(): Promise<boolean> {
    return (await this.page.locator('body.never-reloaded').count()) === 1;
  }

  /** The names of all places of the menu. */
  async places(): Promise<string[]> {
    const names = await this.page.getByRole('navigation').locator('a > span.grow').allTextContents();
    return names.map((name) => name.trim());
  }

  /** Goes to a place of the menu by a click, and waits until it shows what it asked for. */
  async go(place: string): Promise<void> {
    await this.page
      .getByRole('navigation')
      .getByRole('link', { name: new RegExp(`^${place}`) })
      .click();
    await this.page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor();
    await this.shown();
  }

  /** Waits until nothing on the page is still to come. */
  async shown(): Promise<void> {
    await this.page.locator('.loading').waitFor({ state: 'detached' });
  }

  /** The badge beside the heading of a hiring's page becomes this state, without anybody doing anything. */
  async becomes(state: string): Promise<void> {
    const badge = this.page.getByLabel('State of the hiring');
    await badge.getByText(state, { exact: true }).waitFor();
  }

  /** What the page says went wrong. */
  problems(): Locator {
    return this.page.getByRole('main').getByRole('alert');
  }

  /** For the documentation: a picture where `CONSOLE_PICTURES` names a folder. */
  async picture(name: string, height: number): Promise<void> {
    const folder = process.env['CONSOLE_PICTURES'];
    if (folder === undefined) return;
    await this.page.setViewportSize({ width: 1100, height });
    // Where the last click was.
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
