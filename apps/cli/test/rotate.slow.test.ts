import { readFile, writeFile } from 'node:fs/promises';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './cli.ts';

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
