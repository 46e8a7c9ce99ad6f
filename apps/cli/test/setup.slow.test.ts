import { readFile, rm, writeFile } from 'node:fs/promises';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { createObjectStore } from '@agrenting-hiclaw/hiclaw';
import { describe, vi } from 'vitest';
import { test } from './cli.ts';

describe.concurrent('setup', () => {
  test('shows every change before it makes it, and makes none', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    const before = await readFile(evening.config, 'utf8');
    const { exitCode, output } = await evening.setup(['--dry-run']);
    expect(exitCode).toBe(0);
    for (const step of [
      'account',
      'worker alice',
      'room of alice',
      'allow-lists of alice',
      'storage user',
      'check of alice',
    ]) {
      expect(output).toContain(`+ ${step}:`);
    }
    expect(await readFile(evening.config, 'utf8')).toBe(before);
    expect(evening.aliceSettings).not.toContain('agrenting');
  });

  test('may be repeated, and is undone without taking what was there before', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const { hiclaw } = evening;
    const settings = () => evening.aliceSettings;
    const members = () =>
      hiclaw
        .rooms()
        .find(({ name }) => name === 'Worker: alice')
        ?.members.toSorted();
    const [settingsBefore, membersBefore] = [settings(), members()];
    await evening.init();
    expect((await evening.setup()).exitCode).toBe(0);
    expect(JSON.parse(settings())).toMatchObject({
      channels: { matrix: { dm: { allowFrom: expect.arrayContaining([hiclaw.homeserver.adapter.userId]) } } },
    });
    const again = await evening.setup(['--json']);
    expect(again.exitCode).toBe(0);
    const steps: unknown = JSON.parse(again.output.slice(again.output.indexOf('{')));
    expect(JSON.stringify(steps)).not.toContain('changed');

    const undone = await evening.setup(['--undo']);
    expect(undone).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(settings())).toEqual(JSON.parse(settingsBefore));
    expect(members()).toEqual(membersBefore);
    expect(await evening.setup(['--undo'])).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('there is nothing to undo'),
    });
  });

  test('takes the token of the newest login, with a new configuration beside the old files', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await writeFile(`${evening.folder}/matrix.token`, 'of-an-older-login\n');
    await rm(evening.config);
    await evening.init();
    expect(await evening.setup(['--no-verify'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(`${evening.folder}/matrix.token`, 'utf8')).not.toContain('of-an-older-login');
    expect(await evening.setup(['--no-verify'])).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('is logged in'),
    });
  });

  test('gives the storage user of an earlier set-up the right to delete, once', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    const journal = `${evening.folder}/setup.json`;
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.replaceAll('storage-delete', 'storage-user'));
    const again = await evening.setup(['--no-verify']);
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toContain('storage user: agrenting may also delete');
    expect((await evening.setup(['--no-verify'])).output).not.toContain('may also delete');
  });

  test('lets the storage user see the session files of workers where that is wanted', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening({
      times: { startMs: 100, workMs: 200, pullEveryMs: 200, pushEveryMs: 200 },
    });
    await evening.init();
    expect(await evening.setup(['--session-files'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(evening.config, 'utf8')).toContain('sessionFiles: true');
    const sessions = () => evening.hiclaw.objects('agents/alice/.copaw/sessions/');
    await vi.waitUntil(() => sessions().length > 0, { timeout: 30_000 });
    const [session] = sessions();
    const { endpoint, bucket } = evening.hiclaw.storage;
    const secret = (await readFile(`${evening.folder}/storage.secret`, 'utf8')).trim();
    const store = createObjectStore({
      endpoint,
      bucket,
      accessKey: 'agrenting',
      secretKey: new Secret(secret),
    });
    expect(await store.stat(session?.key ?? '')).toMatchObject({ kind: 'object' });
    expect(await store.stat('agents/alice/openclaw.json')).toMatchObject({ kind: 'refused' });
    store.close();
  });

  test('says which worker does not hear, and what to do', async ({ openEvening, expect }) => {
    const evening = await openEvening({ workers: [{ name: 'alice', running: false }] });
    await evening.init();
    const { exitCode, output } = await evening.setup(['--verify-seconds', '1']);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/✗ check of alice: alice showed no activity within 1 s: is it running/);
  });

  test('says it again to a worker that has not read its changed allow-list yet', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening({ times: { startMs: 100, workMs: 200, pullEveryMs: 4_000 } });
    await evening.init();
    const { exitCode, output } = await evening.setup(['--verify-seconds', '30']);
    expect(output).toContain('it responded in a new room, so');
    expect(exitCode).toBe(0);
    expect(evening.hiclaw.worker('alice').log.join()).toContain('is not allowed');
  });

  test('falls back to the room of the worker where a room of its own is not heard', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    // As in a HiClaw that knows the adapter in groups only.
    const text = evening.aliceSettings;
    const groupsOnly = text.replace(/("dm": \{[^}]*"allowFrom": \[)[^\]]*/, '$1');
    evening.putAliceSettings(groupsOnly);
    const proved = await evening.run(['setup', '--yes', '--verify-seconds', '2']);
    expect(proved.output).toContain('it responded only in its own room');
    expect(await readFile(evening.config, 'utf8')).toContain('rooms: worker');
  });

  test.for([
    ['without any way to an account', {}, [], 2, 'Give --hiclaw-env FILE'],
    [
      'with a wrong registration token',
      { HICLAW_REGISTRATION_TOKEN: 'wrong' },
      [],
      1,
      'check HICLAW_REGISTRATION_TOKEN',
    ],
    ['with a file that is not there', {}, ['--hiclaw-env', 'nowhere.env'], 2, 'Correct --hiclaw-env'],
    [
      'without a way to any worker',
      { HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token' },
      [],
      1,
      'Give the password of the admin',
    ],
    [
      'with a worker that is not there',
      {
        HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
        HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
      },
      ['--workers', 'zoe'],
      2,
      'Known are: alice',
    ],
  ] as const)(
    'ends %s and says what to do',
    async ([_what, environment, more, exitCode, words], { openEvening, expect }) => {
      const evening = await openEvening();
      await evening.init();
      const run = await evening.run(['setup', '--yes', '--no-verify', ...more], environment);
      expect(run.output).toContain(words);
      expect(run.exitCode).toBe(exitCode);
    },
  );

  test('takes what it needs from the env file of the installation, of either generation', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening({ admin: { password: 'Passw0rd#1' } });
    await evening.init();
    const file = `${evening.folder}/agentteams.env`;
    await writeFile(
      file,
      'AGENTTEAMS_REGISTRATION_TOKEN=sandbox-registration-token\nAGENTTEAMS_ADMIN_USER=admin\nAGENTTEAMS_ADMIN_PASSWORD=Passw0rd#1\n',
    );
    const run = await evening.run([
      'setup',
      '--yes',
      '--no-verify',
      `--hiclaw-env=${file}`,
      `--mc=${evening.hiclaw.manager.minioClient}`,
    ]);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.output).not.toContain('Passw0rd');
  });
});

describe.concurrent('an account that the admin makes', () => {
  test('needs no registration token, and leaves the password in no room', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    const made = await evening.run(
      ['setup', '--yes', '--no-verify', '--account', 'seller', '--mc', evening.hiclaw.manager.minioClient],
      { HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password' },
    );
    expect(made.exitCode, made.output).toBe(0);
    expect(await readFile(evening.config, 'utf8')).toMatch(/userId: "?@seller:/);
    const password = (await readFile(`${evening.folder}/matrix.password`, 'utf8')).trim();
    const rooms = evening.hiclaw.rooms().flatMap(({ roomId }) => evening.hiclaw.timeline(roomId));
    expect(JSON.stringify(rooms)).not.toContain(password);
    expect(made.output).not.toContain(password);
    // It may be repeated.
    const again = await evening.run(['setup', '--yes', '--no-verify', '--account', 'seller'], {
      HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
    });
    expect(again.exitCode, again.output).toBe(0);
  });

  test('is never one that is there already: its password stays as it is', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    const taken = await evening.run(['setup', '--yes', '--no-verify', '--account', 'alice'], {
      HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
    });
    expect(taken.exitCode).not.toBe(0);
    expect(taken.output).toContain('check the name alice and its password');
  });
});
