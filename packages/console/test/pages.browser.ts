import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { go, logIn, seriousFindings, settled, sidewaysScroll } from './browser-world.ts';
import { TOKEN, VIEWER_TOKEN } from './fake-api.ts';
import { AGENTS, idAt } from './fake-data.ts';
import { withWorld } from './with-world.ts';

const ADA = AGENTS[0]?.agentId ?? '';
const browser = withWorld();

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const cards = (page: Page) => page.locator('.cards > li, .rows > li');
const names = async (page: Page): Promise<readonly string[]> =>
  await page.locator('main h2').allTextContents();

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

describe('workers', () => {
  test('are stopped after it was said what they are at, and what is left to do is said', async () => {
    const { page, fake } = await browser.world.enter('workers');
    await page.getByRole('button', { name: 'Stop… ada' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('It is working on:').waitFor();
    await dialog.getByRole('link', { name: 'Fix the flaky login test' }).first().waitFor();
    await dialog.getByText('the adapter restarts it automatically').waitFor();
    expect(fake.commands).toEqual([]);
    await page.getByRole('button', { name: 'Stop the worker' }).click();
    await page.getByText('ada is stopped').waitFor();
    await page.getByText('It was working on 00000002. The adapter restarts it automatically').waitFor();
    expect(fake.effects.map(({ path }) => path)).toEqual(['/workers/ada/stop']);
  });

  test('are found among hundreds', async () => {
    const { page, fake } = await browser.world.visit();
    fake.faults.moreWorkers = 450;
    await logIn(page, TOKEN);
    await go(page, 'workers');
    await page.getByText('60 of 454 are shown').waitFor();
    expect(await cards(page).count()).toBe(60);
    expect((await names(page)).slice(0, 2)).toEqual(['vera', 'ada']);
    await page.getByRole('button', { name: 'Show 60 more' }).click();
    await expect.poll(async () => await cards(page).count()).toBe(120);
    await page.getByLabel('Search').fill('worker-449');
    await expect.poll(async () => await names(page)).toEqual(['worker-449']);
    await page.getByLabel('Search').fill('');
    await choose(page, 'State', 'needs you (1)');
    await expect.poll(async () => await names(page)).toEqual(['vera']);
    expect(page.url()).toMatch(/#\/workers\?state=needs-operator$/);
    await page.getByLabel('Search').fill('ada');
    await page.getByRole('link', { name: 'Show all workers' }).click();
    await page.getByText('60 of 454 are shown').waitFor();
  });

  test('are two thousand at most, and it is said that there are more', async () => {
    const { page, fake } = await browser.world.visit();
    fake.faults.moreWorkers = 2_100;
    await logIn(page, TOKEN);
    await go(page, 'workers');
    await page.getByText('60 of 2,000 are shown').waitFor();
    await page.getByText('More entries exist').waitFor();
    expect(fake.reads('/workers')).toBe(10);
  });

  test('come and go by themselves when something moves', async () => {
    const { page, fake } = await browser.world.enter('workers');
    await expect.poll(() => fake.listeners()).toBe(1);
    fake.faults.moreWorkers = 1;
    fake.change(2, { state: 'submitted' });
    await expect.poll(async () => await names(page), { timeout: 3_000 }).toContain('worker-000');
  });
});

describe('agents', () => {
  test('are shown with those first that cannot be hired, and narrowed', async () => {
    const { page } = await browser.world.enter('agents');
    expect(await names(page)).toEqual(['Vera, translator', 'Boris, translator', 'Ada, translator']);
    await choose(page, 'Show', 'can be hired (1)');
    await expect.poll(async () => await names(page)).toEqual(['Ada, translator']);
    expect(await cards(page).first().textContent()).toMatch(
      /Session.*held since yesterday, last ping .* ago, 0 drops\s+\(mcp-client-4711\)/,
    );
    await go(page, '');
    await page.getByRole('link', { name: /[0-9] offline/ }).click();
    await expect.poll(async () => await names(page)).toEqual(['Vera, translator']);
  });

  test('that are paused by half say so', async () => {
    const { page, fake } = await browser.world.enter('agents');
    fake.faults.halfDone = { problem: 'its listing stays active', todo: 'Set it on the marketplace.' };
    await page.getByRole('button', { name: 'Pause Ada, translator' }).click();
    await expect
      .poll(async () => await page.getByRole('alert').textContent())
      .toMatch(/its listing stays active.*Set it on the marketplace\./);
    await page.getByRole('button', { name: 'Resume Ada, translator' }).waitFor();
  });

  test('are registered by a form that says what is wrong, with the keyboard alone', async () => {
    const { page, fake } = await browser.world.enter('agents');
    await page.getByRole('link', { name: 'Register an agent' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Register an agent').waitFor();
    await page.getByRole('button', { name: 'Register the agent' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Choose a worker.').waitFor();
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(5);
    const worker = page.getByRole('combobox', { name: 'Worker' });
    await expect.poll(async () => await worker.evaluate((it) => it === document.activeElement)).toBe(true);
    expect(fake.commands).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.type('nora');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    for (const text of [' Nora ', 'Writes prose.', 'writing, prose', '12,50']) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.getByText('Enter dollars with').waitFor();
    const price = page.getByLabel(/^Price/);
    expect(
      await price.evaluate(
        (it) => document.getElementById(it.getAttribute('aria-describedby') ?? '')?.textContent,
      ),
    ).toMatch(/25 or 25\.50/);
    await price.fill('12.50');
    await page.keyboard.press('Enter');
    await heading(page, 'Agents').waitFor();
    await page.getByText('Nora is registered').waitFor();
    await page
      .getByText('`up` loads it within seconds; restart other processes that use the configuration.')
      .waitFor();
    await page.getByRole('heading', { name: 'Nora', exact: true }).waitFor();
    expect(fake.effects).toMatchObject([
      {
        path: '/agents',
        body: {
          worker: 'nora',
          name: 'Nora',
          description: 'Writes prose.',
          capabilities: ['writing', 'prose'],
          price: '12.50',
        },
      },
    ]);
  });

  test('that are refused keep what was typed, and say what to do', async () => {
    const { page, fake } = await browser.world.enter(`agents/${ADA}`);
    fake.faults.refusal = {
      status: 409,
      detail: 'the marketplace took other words',
      todo: 'Check the listing on the marketplace.',
    };
    await page.getByLabel('New description').fill('Translates.');
    await page.getByRole('button', { name: 'Change the listing' }).click();
    await expect
      .poll(async () => await page.getByRole('alert').textContent())
      .toMatch(/took other words.*Check the listing on the marketplace\./);
    expect(await page.getByLabel('New description').inputValue()).toBe('Translates.');
    expect(fake.effects).toEqual([]);
  });

  test('are changed by what was changed alone', async () => {
    const { page, fake } = await browser.world.enter('agents');
    await page.getByRole('link', { name: 'Change listing of Ada, translator' }).click();
    await heading(page, 'Listing').waitFor();
    await page.getByRole('button', { name: 'Change the listing' }).click();
    await page.getByText('No changes yet.').waitFor();
    expect(await page.getByLabel('Capabilities').inputValue()).toBe('translation, writing');
    expect(fake.commands).toEqual([]);
    await page.getByLabel(/^Price/).fill('30');
    await page.getByRole('button', { name: 'Change the listing' }).click();
    await page.getByText('Changed the listing of Ada, translator').waitFor();
    expect(fake.effects).toMatchObject([{ path: `/agents/${ADA}`, body: { basePrice: '30' } }]);
    expect(Object.keys(fake.effects[0]?.body ?? {}).toSorted()).toEqual(['basePrice', 'commandId']);
  });

  test('are neither registered nor changed by a viewer', async () => {
    const { page } = await browser.world.enter('agents/register', { token: VIEWER_TOKEN });
    await page.getByText('Log in with an operator token.').waitFor();
    await go(page, `agents/${ADA}`);
    await page.getByText('Log in with an operator token.').waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
  });
});

test('what waits for a person is decided about in the list, with what there is to read', async () => {
  const { page, fake } = await browser.world.enter('attention');
  const asking = page.locator('.cards > li', { hasText: 'Write a landing page' });
  await asking.getByRole('button', { name: /^Answer no/ }).click();
  await page.getByRole('alertdialog').getByText('May I run `npm install`?').waitFor();
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByText('Answer sent').waitFor();
  const held = page.locator('.cards > li', { hasText: 'Translate release notes' });
  await held.getByRole('button', { name: /^Approve/ }).click();
  await page.getByRole('region', { name: 'The held result' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await held.getByRole('button', { name: /^Retry/ }).click();
  await page.getByRole('button', { name: 'Hand over again' }).click();
  await held.waitFor({ state: 'detached' });
  expect(fake.effects.map(({ path }) => path)).toEqual([
    `/hirings/${idAt(6)}/answer`,
    `/hirings/${idAt(0)}/retry`,
  ]);
});

test('an alert leads to its hiring', async () => {
  const { page } = await browser.world.enter('alerts');
  await page.getByRole('link', { name: `Open hiring ${idAt(0)}` }).click();
  await heading(page, 'Hiring 00000000').waitFor();
  expect(page.url()).toMatch(new RegExp(`#/hirings/${idAt(0)}$`));
});

describe('long lists', () => {
  test.each([
    ['rooms', 130],
    ['audit', 120],
  ])('such as %s are shown page by page', async (path, all) => {
    const { page } = await browser.world.enter(path);
    const rows = page.locator('.list tbody tr');
    for (const shown of [50, 100, all]) {
      await expect.poll(async () => await rows.count()).toBe(shown);
      if (shown < all) await page.getByRole('button', { name: 'Show older' }).click();
    }
    expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0);
  });

  test('lead to their hirings, and say in what state a room is and what became of a deed', async () => {
    const { page } = await browser.world.enter('rooms');
    const rows = page.locator('.list tbody tr');
    expect(await rows.nth(0).textContent()).toMatch(/adaopen|ada.*open$/);
    expect(await rows.nth(20).textContent()).toMatch(/ended.*ago$/);
    expect(await rows.nth(45).textContent()).toMatch(/left.*ago$/);
    await go(page, 'audit');
    expect(await rows.nth(0).textContent()).toMatch(
      /^Hirings: approve.*done 202.*olga, operator127\.0\.0\.1/,
    );
    expect(await rows.nth(3).textContent()).toMatch(/^Agents: change listing/);
    expect(await rows.nth(4).textContent()).toMatch(/^Log in.*refused 401.*nobody known/);
    expect(await rows.nth(5).textContent()).toMatch(/^Workers: ping.*failed 424/);
    await page.getByRole('link', { name: idAt(2) }).click();
    await heading(page, 'Hiring 00000002').waitFor();
  });
});

test('the doctor shows first what is wrong, with its remedy, and looks again only when it is asked to', async () => {
  const { page, fake } = await browser.world.enter('doctor');
  await expect
    .poll(async () => await page.locator('.check-row .strong').allTextContents())
    .toEqual(['agent-key vera', 'disk', 'webhook', 'store', 'marketplace', 'matrix-account', 'storage']);
  expect(await page.getByText('the bridge is not set up').isVisible()).toBe(false);
  await page.getByText('5 checks passed or skipped').click();
  await page.getByText('the bridge is not set up').waitFor();
  await page.getByText('1 failed').waitFor();
  await page.getByText('Make room, or set retention.payloadDays lower.').waitFor();
  expect(fake.reads('/doctor')).toBe(1);
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect.poll(() => fake.reads('/doctor')).toBe(2);
  fake.faults.events = true;
  fake.dropEvents();
  await page.getByText('Polling').waitFor();
  // The overview is asked for every ten seconds now, the doctor is not.
  const before = fake.reads('/overview');
  await expect.poll(() => fake.reads('/overview'), { timeout: 15_000 }).toBeGreaterThan(before);
  expect(fake.reads('/doctor')).toBe(2);
});

test('keys are shown by where they stand, those with a problem first, and only those in files are rotated', async () => {
  const { page, fake } = await browser.world.enter('keys');
  const rows = page.locator('.key-row');
  expect(await rows.locator('.row-head .strong').allTextContents()).toEqual(['vera', 'ada', 'boris']);
  expect(await rows.nth(0).textContent()).toMatch(/problem.*in its own file.*refuses this key/);
  expect(await rows.nth(2).getByRole('button').count()).toBe(0);
  await page.getByRole('button', { name: 'Rotate key… vera' }).click();
  await page.getByRole('button', { name: 'Rotate the key' }).click();
  await page.getByText('vera has a new key').waitFor();
  expect(fake.effects.map(({ path }) => path.split('/').at(-1))).toEqual(['rotate-key']);
});

test('the policy is said in words, and for an agent what differs', async () => {
  const { page } = await browser.world.enter('policy');
  await page.getByText('nothing needs your yes').waitFor();
  const other = page.locator('section', { hasText: 'Other for vera' });
  expect(await other.locator('dt').allTextContents()).toEqual([
    'Lowest price',
    'Repositories',
    'Approval',
    'Agent',
  ]);
  await other.getByText('work and results need your approval').waitFor();
  await page.getByText('2 of 3 agents use the common policy.').waitFor();
});

describe('by the keyboard', () => {
  test.each([
    'attention',
    'agents',
    'workers',
    'agents/register',
    `agents/${ADA}`,
    'doctor',
    'rooms',
    'keys',
    'policy',
    'audit',
  ])('everything of %s is come to, and seen when one is there', async (path) => {
    const { page } = await browser.world.enter(path);
    const wanted = await page
      .locator('main :is(a, button, summary, input:not([aria-hidden]), textarea)')
      .count();
    await page.locator('main h1').focus();
    const missed: string[] = [];
    for (let reached = 0; reached < wanted; reached += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element.closest('main') === null)
          return `left the page at ${element?.tagName}`;
        const styles = [getComputedStyle(element), getComputedStyle(element, '::after')];
        const isSeen = styles.some(
          ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px',
        );
        return isSeen ? '' : `cannot be seen: ${element.outerHTML.slice(0, 120)}`;
      });
      if (seen !== '') missed.push(seen);
    }
    expect({ path, wanted: wanted > 0, missed }).toEqual({ path, wanted: true, missed: [] });
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test(
    'what is asked and what is wrong is without serious findings of axe',
    { timeout: 120_000 },
    async () => {
      const { page } = await browser.world.enter('workers', { colorScheme });
      await page.getByRole('button', { name: 'Stop… ada' }).click();
      await page.getByText('It is working on:').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await go(page, 'agents/register');
      await page.getByRole('button', { name: 'Register the agent' }).click();
      await page.getByText('Choose a worker.').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await go(page, 'attention');
      await page
        .getByRole('button', { name: /^Approve/ })
        .first()
        .click();
      await page.getByRole('region', { name: 'The held result' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    },
  );
});

test('a phone of 360 pixels shows what is asked and what is wrong without scrolling sideways', async () => {
  const { page } = await browser.world.enter('workers', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await page.getByRole('button', { name: 'Stop… ada' }).click();
  await page.getByText('It is working on:').waitFor();
  expect(await sidewaysScroll(page)).toBe(0);
  await page.getByRole('button', { name: 'Stop the worker' }).click();
  await page.getByText('ada is stopped').waitFor();
  await go(page, 'agents/register');
  await page.getByRole('button', { name: 'Register the agent' }).click();
  await page.getByText('Choose a worker.').waitFor();
  expect(await sidewaysScroll(page)).toBe(0);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Audit' }).click();
  await heading(page, 'Audit').waitFor();
  await settled(page);
});
