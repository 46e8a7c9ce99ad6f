import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { MAIN, test } from './cli.ts';

const MOUNTS = ['--mount', '--map-root-user', 'sh', '-c'];
/** Whether this machine lets us mount for a process of ours alone. */
const mayMount = spawnSync('unshare', [...MOUNTS, 'mount --bind /tmp /tmp']).status === 0;

/** Runs a script of the shell with mounts of its own; gives its exit code and everything that it printed. */
async function inMounts(script: string, ...scriptArguments: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ADAPTER_HEALTH_PORT: '0', AGRENTING_USER_TOKEN: 'ap_of_nobody' };
  return await new Promise<{ readonly code: unknown; readonly output: string }>((resolve) => {
    execFile('unshare', [...MOUNTS, script, ...scriptArguments], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });
}

describe.concurrent('keys rotate', () => {
  test('trades the key of an agent for a new one, with which the next hire is done and paid', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const file = `${evening.folder}/agents/alice.key`;
    const sealed = await readFile(file, 'utf8');
    const app = evening.begin(['up', '--apps', 'mcp-client']);
    await app.printed('MCP session subscribed');
    const rotated = await evening.run(['keys', 'rotate', 'alice', '--yes']);
    expect(rotated.exitCode, rotated.output).toBe(0);
    expect(rotated.output).toContain('loads the new key within seconds');
    const fresh = await readFile(file, 'utf8');
    expect(fresh).toMatch(/^sealed:v1:/);
    expect(fresh).not.toBe(sealed);
    expect(await evening.mode('agents/alice.key')).toBe(0o600);

    await until(() => app.output.split('MCP session subscribed').length === 3);
    expect(app.output).toContain('The configuration changed: restarting all apps.');
    await evening.hireAndWait();

    // The old one is dead, and what was sealed with another key is no configuration to start with.
    await writeFile(file, 'sealed:v1:damaged');
    await app.printed('The apps keep running with the previous configuration');
    await evening.hireAndWait();
    await writeFile(file, sealed);
    const { output } = await evening.run(['doctor']);
    expect(output).toMatch(/agent-key alice.*(?:401|UNAUTHORIZED)/i);
  });

  // As a systemd unit with ProtectSystem=strict mounts them.
  test.skipIf(!mayMount)('asks for no key that it could not write', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const { folder, config } = evening;
    const sealed = await readFile(`${folder}/agents/alice.key`, 'utf8');
    const readOnly = async (...cli: readonly string[]) =>
      await inMounts(
        `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"`,
        `${folder}/agents`,
        process.execPath,
        '--conditions=agrenting-hiclaw-source',
        MAIN,
        ...cli,
        '--config',
        config,
      );
    const rotated = await readOnly('keys', 'rotate', 'alice', '--yes');
    expect(rotated).toMatchObject({ code: 2, output: expect.stringContaining('cannot be written (EROFS)') });
    expect(rotated.output).toContain('ReadWritePaths');
    // The old key is as good as before.
    expect(await readFile(`${folder}/agents/alice.key`, 'utf8')).toBe(sealed);
    expect((await evening.run(['doctor'])).output).toContain('the marketplace accepts it');

    const offer = ['--description', 'Notes', '--capabilities', 'writing', '--price', '10.00', '--force'];
    const registered = await readOnly('register', '--yes', '--worker', 'alice', ...offer);
    expect(registered.code, registered.output).not.toBe(0);
    expect(evening.marketplace.agents()).toHaveLength(1);
  });

  test('writes no key into the file of another agent', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const sealed = await readFile(`${evening.folder}/agents/alice.key`, 'utf8');
    const rotated = await evening.run(['keys', 'rotate', 'alice', '--yes'], {
      AGRENTING_API_KEY: 'ak_of-another-agent',
      AGRENTING_AGENT_ID: '11111111-1111-4111-8111-111111111111',
    });
    expect(rotated).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('the key in use is not the one in'),
    });
    expect(await readFile(`${evening.folder}/agents/alice.key`, 'utf8')).toBe(sealed);
  });

  test('changes nothing where the marketplace says no, and says what to do where nobody knows', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const file = `${evening.folder}/agents/alice.key`;
    const sealed = await readFile(file, 'utf8');
    evening.marketplace.faults.add({
      kind: 'connection_lost_after_apply',
      operation: 'rotate_key',
      times: 1,
    });
    const unknown = await evening.run(['keys', 'rotate', 'alice', '--yes']);
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.output).toContain('create a new key on the dashboard');
    const refused = await evening.run(['keys', 'rotate', 'alice', '--yes']);
    expect(refused).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('the marketplace does not accept the key: HTTP 401'),
    });
    expect(await readFile(file, 'utf8')).toBe(sealed);
    expect(await evening.run(['keys', 'rotate', 'zoe', '--yes'])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('no agent is assigned to worker zoe'),
    });
  });
});
