import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

/** Changes the token in the settings of alice. */
async function putToken(evening: Evening, token: string): Promise<void> {
  evening.putAliceSettings(
    evening.aliceSettings.replace(/"accessToken": "[^"]*"/, `"accessToken": "${token}"`),
  );
}

describe.concurrent('tokens', () => {
  test('are told apart: stale, none, and one that is good', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    const mc = `--mc=${evening.hiclaw.manager.minioClient}`;
    const check = async () => (await evening.run(['tokens', 'check', mc])).output;
    expect(await check()).toMatch(/alice\s+stale\s+refused by the homeserver/);
    await putToken(evening, 'PLACEHOLDER');
    expect(await check()).toMatch(/alice\s+none/);

    const login = await evening.run(['tokens', 'login', 'alice', '--yes', mc]);
    expect(login).toMatchObject({ exitCode: 0, output: expect.stringContaining('restart alice') });
    expect(login.output).toContain('can act as the worker');
    expect(await check()).toMatch(/alice\s+usable/);
    const token = /"accessToken": "([^"]*)"/.exec(evening.aliceSettings)?.[1] ?? '';
    expect(token.length).toBeGreaterThan(8);
    expect(login.output).not.toContain(token);
  });

  test('are got for nobody without a yes, with a wrong password, or for who is not there', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    const mc = `--mc=${evening.hiclaw.manager.minioClient}`;
    const before = evening.aliceSettings;
    expect(await evening.run(['tokens', 'login', 'alice', mc])).toMatchObject({ exitCode: 2 });
    expect(await evening.run(['tokens', 'login', 'zoe', '--yes', mc])).toMatchObject({ exitCode: 2 });
    const wrong = await evening.run(['tokens', 'login', 'alice', '--yes', mc], {
      WORKER_MATRIX_PASSWORD: 'wrong',
    });
    expect(wrong).toMatchObject({ exitCode: 1, output: expect.stringContaining('password') });
    expect(evening.aliceSettings).toBe(before);
  });
});
