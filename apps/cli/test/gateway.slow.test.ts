import { readFile, writeFile } from 'node:fs/promises';
import { startGateway, type RunningGateway } from '@agrenting-hiclaw/sandbox/hiclaw';
import { freePort } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

/** To the letter, as the env file of HiClaw holds it. */
const PASSWORD = 'Passw0rd#1 "x"';
const ADMIN = { HICLAW_ADMIN_PASSWORD: PASSWORD };

/** A worker that is offered behind a gateway, and the bridge, which runs. */
async function behind(evening: Evening, gateway: RunningGateway): Promise<readonly string[]> {
  const port = await freePort();
  await evening.settleIn();
  await writeFile(evening.config, `${await readFile(evening.config, 'utf8')}webhook:\n  port: ${port}\n`);
  const registered = await evening.register([`--callback-url=${gateway.url}/webhook/agrenting/hiring`]);
  if (registered.exitCode !== 0) throw new Error(registered.output);
  await evening.begin(['up', '--apps', 'bridge']).printed('bridge is up');
  return [`--console=${gateway.consoleUrl}`, `--gateway=${gateway.url}`, '--bridge-host=127.0.0.1'];
}

describe.concurrent("HiClaw's gateway before the bridge, with a simulated Higress", () => {
  test('is set up, tried and checked, and a hire goes through it', async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const gateway = await startGateway({ userName: 'admin', password: PASSWORD });
    onTestFinished(async () => await gateway.close());
    const evening = await openEvening();
    const options = await behind(evening, gateway);

    const before = await evening.run(['gateway', 'check', ...options], ADMIN);
    expect(before.exitCode).toBe(1);
    expect(before.output).toContain('service: it is not there');
    const made = await evening.run(['gateway', 'setup', ...options], ADMIN);
    expect(made.exitCode, made.output).toBe(0);
    for (const line of [
      'HEAD without a key through the gateway: HTTP 200',
      'POST without a key through the gateway: HTTP 401',
      'POST with a wrong key through the gateway: HTTP 403',
      'POST with the key through the gateway: HTTP 200',
    ]) {
      expect(made.output).toContain(line);
    }
    // It may be repeated, and read back.
    expect((await evening.run(['gateway', 'setup', ...options], ADMIN)).exitCode).toBe(0);
    const file = `${evening.folder}/hiclaw-manager.env`;
    await writeFile(file, `# of the installation\nHICLAW_ADMIN_PASSWORD=${PASSWORD}\n`);
    const checked = await evening.run(['gateway', 'check', ...options, `--hiclaw-env=${file}`]);
    expect(checked.exitCode, checked.output).toBe(0);
    expect(checked.output).not.toContain(PASSWORD);

    await evening.hireAndWait();

    expect((await evening.run(['gateway', 'undo', ...options], ADMIN)).exitCode).toBe(0);
    expect((await evening.run(['gateway', 'check', ...options], ADMIN)).exitCode).toBe(1);
    expect((await fetch(`${gateway.url}/webhook/agrenting/hiring`, { method: 'HEAD' })).status).toBe(404);
  });

  test('says what is missing or wrong: password, console, session, an address that it cannot reach', async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const gateway = await startGateway({ userName: 'admin', password: PASSWORD });
    onTestFinished(async () => await gateway.close());
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register(['--callback-url=https://bridge.example.com/webhook']);
    const at = `--console=${gateway.consoleUrl}`;
    const said = async (more: readonly string[], environment: Record<string, string> = ADMIN) =>
      await evening.run(['gateway', 'setup', ...more], environment);

    expect(await said([at])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('which a gateway in a container cannot reach'),
    });
    expect(await said([at, '--bridge-host=172.17.0.1'], {})).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('HICLAW_ADMIN_PASSWORD'),
    });
    expect(await said([at, '--bridge-host=172.17.0.1'], { HICLAW_ADMIN_PASSWORD: 'wrong' })).toMatchObject({
      output: expect.stringContaining('does not accept user admin (HTTP 401)'),
    });
    expect(await said(['--console=http://127.0.0.1:1', '--bridge-host=172.17.0.1'])).toMatchObject({
      output: expect.stringContaining('does not answer'),
    });
    const key = (await readFile(`${evening.folder}/webhook.key`, 'utf8')).trim();
    const made = await said([at, '--bridge-host=host.docker.internal', '--domain=bridge.example.com']);
    expect(made.exitCode, made.output).toBe(0);
    expect(made.output).not.toContain(key);
  });
});
