import { readFile, writeFile } from 'node:fs/promises';
import { freePort } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { startServer, test, type Evening } from './cli.ts';

const SECRET = 'whsec-of-the-test';

/** An environment whose worker is offered by webhook at a port of this machine, with a key and a secret for signatures. */
async function offered(evening: Evening): Promise<string> {
  const port = await freePort();
  await evening.settleIn();
  await writeFile(evening.config, `${await readFile(evening.config, 'utf8')}webhook:\n  port: ${port}\n`);
  const url = `http://127.0.0.1:${port}/webhook/agrenting/hiring`;
  await evening.register([`--callback-url=${url}`]);
  await writeFile(
    evening.config,
    `${await readFile(evening.config, 'utf8')}  signatureSecrets: [${SECRET}]\n`,
  );
  return url;
}

describe.concurrent('webhook test', () => {
  test('has the bridge keep a trial that is signed, and that never becomes a hiring', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const url = await offered(evening);
    expect(await evening.run(['webhook', 'test'])).toMatchObject({
      exitCode: 3,
      output: expect.stringContaining('up --apps bridge,poller'),
    });
    const app = evening.begin(['up', '--apps', 'bridge']);
    await app.printed('bridge is up');
    const own = await evening.run(['webhook', 'test']);
    expect(own.exitCode, own.output).toBe(0);
    expect(own.output).toContain('HEAD without a key: HTTP 200');
    expect(own.output).toMatch(/test delivery: HTTP 200 .*accepted/);
    expect(own.output).toContain('is in the store, and is not a hiring');
    const listed = await evening.run(['webhook', 'test', '--agent', 'alice', '--json']);
    expect(listed.exitCode, listed.output).toBe(0);
    expect(JSON.parse(listed.output)).toMatchObject({ url, kept: true, head: { status: 200 } });
    expect((await evening.run(['hirings', 'list'])).output).toBe('no hirings\n');
    expect((await evening.run(['deliveries', 'list'])).output).toMatch(/"a test delivery" +webhook/);
    const examined = await evening.run(['doctor']);
    expect(examined.output).toMatch(/✓ webhook: a test delivery to \S+ arrived/);
    expect(examined.output).toMatch(/✓ delivery alice: a test delivery to \S+ arrived/);

    // One whose secret is another.
    const text = await readFile(evening.config, 'utf8');
    await writeFile(evening.config, text.replace(SECRET, 'another-secret-of-it'));
    expect(await evening.run(['webhook', 'test'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('HTTP 401'),
    });
    await app.stop();
  });

  test('gives no key to an address that only the listing names', async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const evening = await openEvening();
    const collected: string[] = [];
    const collector = await startServer((request, response) => {
      collected.push(`${request.method} ${JSON.stringify(request.headers)}`);
      request.resume();
      response.writeHead(200).end();
    });
    onTestFinished(collector.close);
    await evening.settleIn();
    await evening.register([`--callback-url=${collector.url}/webhook`]);
    const text = await readFile(evening.config, 'utf8');
    const ownUrl = 'publicUrl: https://hires.example.com';
    expect(text).toContain(`publicUrl: ${new URL(collector.url).origin}`);
    await writeFile(
      evening.config,
      text.replace(/publicUrl: .*/, `${ownUrl}\n  signatureSecrets: [${SECRET}]`),
    );
    const key = (await readFile(`${evening.folder}/webhook.key`, 'utf8')).trim();

    const doctor = await evening.run(['doctor']);
    expect(doctor.output).toMatch(
      /! delivery alice: its listing names \S+, which is not at webhook\.publicUrl/,
    );
    const tested = await evening.run(['webhook', 'test', '--agent', 'alice']);
    expect(tested).toMatchObject({ exitCode: 2, output: expect.stringContaining('webhook.publicUrl') });
    // The probe for availability is made, as the marketplace makes it: without a key.
    expect(collected.filter((request) => !request.startsWith('HEAD '))).toEqual([]);
    expect(collected.join('\n')).not.toContain(key);
    expect(collected.join('\n')).not.toMatch(/signature|authorization/i);
  });

  test('says where it is lost, and shows no key that is said back', async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const evening = await openEvening();
    await offered(evening);
    const key = (await readFile(`${evening.folder}/webhook.key`, 'utf8')).trim();
    const parrot = await startServer((request, response) => {
      request.resume();
      response.writeHead(request.method === 'HEAD' ? 401 : 200).end(JSON.stringify(request.headers));
    });
    onTestFinished(parrot.close);
    const lost = await evening.run(['webhook', 'test', '--url', parrot.url]);
    expect(lost).toMatchObject({ exitCode: 1, output: expect.stringContaining('is not in the store') });
    expect(lost.output).toContain('✗ HEAD without a key: HTTP 401');
    expect(lost.output).toContain('[redacted]');
    expect(lost.output).not.toContain(key);

    let visited = 0;
    const elsewhere = await startServer((request, response) => {
      visited += 1;
      request.resume();
      response.writeHead(200).end();
    });
    onTestFinished(elsewhere.close);
    const redirecting = await startServer((request, response) => {
      request.resume();
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    onTestFinished(redirecting.close);
    const redirected = await evening.run(['webhook', 'test', '--url', redirecting.url]);
    expect(redirected).toMatchObject({ exitCode: 1, output: expect.stringContaining('HTTP 307') });
    expect(visited).toBe(0);
  });
});
