import { spawn } from 'node:child_process';
import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

const KEY = 'agents/alice/openclaw.json';

/** Changes the token in the settings of alice, as somebody with the owner's rights would. */
async function putToken(evening: Evening, token: string): Promise<void> {
  const text = evening.hiclaw.object(KEY)?.toString() ?? '';
  const child = spawn(evening.hiclaw.manager.minioClient, ['pipe', `hiclaw/hiclaw-storage/${KEY}`], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(text.replace(/"accessToken": "[^"]*"/, `"accessToken": "${token}"`));
  await new Promise((resolve) => child.on('close', resolve));
}

describe.concurrent('tokens', () => {
  test('are told apart: stale, none, and one that is good', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    await evening.setup(['--no-proof']);
    const mc = `--mc=${evening.hiclaw.manager.minioClient}`;
    const check = async () => (await evening.run(['tokens', 'check', mc])).output;
    expect(await check()).toMatch(/alice\s+stale\s+refused by the homeserver/);
    await putToken(evening, 'PLACEHOLDER');
    expect(await check()).toMatch(/alice\s+none/);

    const login = await evening.run(['tokens', 'login', 'alice', '--yes', mc]);
    expect(login).toMatchObject({ exitCode: 0, output: expect.stringContaining('restart alice') });
    expect(login.output).toContain('can act as the worker');
    expect(await check()).toMatch(/alice\s+usable/);
    const token = /"accessToken": "([^"]*)"/.exec(evening.hiclaw.object(KEY)?.toString() ?? '')?.[1] ?? '';
    expect(token.length).toBeGreaterThan(8);
    expect(login.output).not.toContain(token);
  });

  test('are got for nobody without a yes, with a wrong password, or for who is not there', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.init();
    await evening.setup(['--no-proof']);
    const mc = `--mc=${evening.hiclaw.manager.minioClient}`;
    const before = evening.hiclaw.object(KEY)?.toString();
    expect(await evening.run(['tokens', 'login', 'alice', mc])).toMatchObject({ exitCode: 2 });
    expect(await evening.run(['tokens', 'login', 'zoe', '--yes', mc])).toMatchObject({ exitCode: 2 });
    const wrong = await evening.run(['tokens', 'login', 'alice', '--yes', mc], {
      WORKER_MATRIX_PASSWORD: 'wrong',
    });
    expect(wrong).toMatchObject({ exitCode: 1, output: expect.stringContaining('password') });
    expect(evening.hiclaw.object(KEY)?.toString()).toBe(before);
  });
});
