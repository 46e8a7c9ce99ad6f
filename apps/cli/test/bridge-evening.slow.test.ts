import { readFile, writeFile } from 'node:fs/promises';
import { freePort } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { startServer, test, type Evening } from './cli.ts';

const report = z.object({
  checks: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      detail: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

type Check = z.infer<typeof report>['checks'][number];

async function looksAt(
  evening: Evening,
  ...names: readonly string[]
): Promise<readonly (Check | undefined)[]> {
  const { output } = await evening.run(['doctor', '--json']);
  const { checks } = report.parse(JSON.parse(output.slice(0, output.lastIndexOf('\n}') + 2)));
  return names.map((name) => checks.find((check) => check.name === name));
}

/** An environment whose worker is offered by webhook at a port of this machine. */
async function offered(evening: Evening): Promise<string> {
  const port = await freePort();
  await evening.settleIn();
  await writeFile(evening.config, `${await readFile(evening.config, 'utf8')}webhook:\n  port: ${port}\n`);
  const url = `http://127.0.0.1:${port}/webhook/agrenting/hiring`;
  const { exitCode, output } = await evening.register([`--callback-url=${url}`]);
  if (exitCode !== 0) throw new Error(output);
  return url;
}

describe.concurrent('an evening by webhook', () => {
  test('is set up with a key that nobody has to think of, and a hire is done and paid', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const url = await offered(evening);
    expect(await readFile(evening.config, 'utf8')).toContain('keysFile:');
    expect(await evening.mode('webhook.key')).toBe(0o600);
    const key = (await readFile(`${evening.folder}/webhook.key`, 'utf8')).trim();
    const [agent] = evening.marketplace.agents();
    expect(agent).toMatchObject({
      metadata: { callback_url: url, callback_auth_header: `Authorization: ApiKey ${key}` },
    });

    const before = await looksAt(evening, 'webhook', 'delivery alice', 'exposure', 'callback alice');
    expect(before.map((check) => check?.status)).toEqual(['failed', 'failed', 'ok', 'failed']);
    expect(before[0]).toMatchObject({ remedy: expect.stringContaining('up --apps bridge,poller') });

    const app = evening.begin(['up', '--apps', 'bridge']);
    await app.printed('bridge is up');
    const up = await looksAt(evening, 'webhook', 'delivery alice', 'exposure', 'callback alice');
    expect(up.map((check) => check?.status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    const { output } = await evening.run(['deliveries', 'list']);
    expect(output).toMatch(/"a test delivery" +webhook/);

    const id = await evening.hireAndWait();
    const shown = await evening.run(['hirings', 'show', id]);
    expect(shown.output).toMatch(/webhook +\d{4}-/);
    expect(app.output).not.toContain(key);
    expect(await app.stop()).toBe(0);
  });

  test('says where a delivery is lost, by checks webhook and delivery', async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    // A gateway that says yes and leads nowhere.
    const nowhere = await startServer((request, response) => {
      request.resume();
      response.writeHead(200).end();
    });
    onTestFinished(nowhere.close);
    await evening.register([`--callback-url=${nowhere.url}/webhook`]);
    const app = evening.begin(['up', '--apps', 'bridge'], { WEBHOOK_PORT: '0' });
    await app.printed('bridge is up');
    const [lost] = await looksAt(evening, 'delivery alice');
    expect(lost).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('is not in the store'),
      remedy: expect.stringContaining('another store'),
    });

    // One that refuses what it is sent.
    const refusing = await startServer((request, response) => {
      request.resume();
      response.writeHead(request.method === 'HEAD' ? 200 : 401).end();
    });
    onTestFinished(refusing.close);
    const port = new URL(refusing.url).port;
    await writeFile(evening.config, `${await readFile(evening.config, 'utf8')}  port: ${port}\n`);
    const [refused] = await looksAt(evening, 'webhook');
    expect(refused).toMatchObject({ status: 'failed', detail: expect.stringContaining('HTTP 401') });
  });

  test.for([
    ['0.0.0.0', 'http://127.0.0.1:1/webhook', 'warning', 'every address'],
    ['172.17.0.1', 'https://bridge.example.com/webhook', 'ok', '172.17.0.1'],
    ['127.0.0.1', 'https://bridge.example.com/webhook', 'warning', 'in a container'],
  ] as const)(
    'says who can reach it at %s with the callback %s, by check exposure',
    async (row, { openEvening, expect }) => {
      const [host, url, status, words] = row;
      const evening = await openEvening();
      await evening.settleIn();
      await evening.register([`--callback-url=${url}`]);
      await writeFile(evening.config, `${await readFile(evening.config, 'utf8')}  host: ${host}\n`);
      const [found] = await looksAt(evening, 'exposure');
      expect(found?.status).toBe(status);
      expect(`${found?.detail} ${found?.remedy}`).toContain(words);
    },
  );

  test('does not start without a key, and says how to make one', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const { exitCode, output } = await evening.run(['up', '--apps', 'bridge']);
    expect(exitCode).toBe(2);
    expect(output).toContain('webhook.keys is missing: forged webhooks could not be detected');
    expect(output).toContain('openssl rand -hex 32');
  });
});
