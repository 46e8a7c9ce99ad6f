import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

/** A folder with a store that heard one hiring; gives its id. */
async function worked(evening: Evening): Promise<string> {
  await evening.settleIn();
  await evening.register();
  const app = evening.begin(['up', '--apps', 'mcp-client']);
  await app.printed('MCP session subscribed');
  const id = await evening.hireAndWait();
  await app.stop();
  return id;
}

describe.concurrent('the store', () => {
  test('is backed up while the adapter works, and comes back with what it held', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const id = await worked(evening);
    const app = evening.begin(['up', '--apps', 'mcp-client']);
    await app.printed('MCP session subscribed');
    const backup = join(evening.folder, 'copy.sqlite');
    const made = await evening.run(['backup', backup]);
    expect(made).toMatchObject({ exitCode: 0, output: expect.stringContaining('store key') });
    expect(await evening.mode('copy.sqlite')).toBe(0o600);
    expect(await evening.run(['backup', backup])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('already exists'),
    });

    // Somebody works on the store.
    const busy = await evening.run(['restore', '--yes', backup]);
    expect(busy).toMatchObject({ exitCode: 3, output: expect.stringContaining('is in use by a process') });
    expect(busy.output).toContain('Stop agrenting-hiclaw up or the apps');
    await app.stop();

    const later = await evening.run(['restore', '--yes', backup, '--json']);
    expect(later.exitCode, later.output).toBe(0);
    const names = await readdir(evening.folder);
    expect(names.filter((name) => name.includes('.before-'))).toHaveLength(1);
    expect(names.filter((name) => /restored|partial/.test(name))).toEqual([]);
    expect(await evening.run(['hirings', 'show', id])).toMatchObject({ exitCode: 0 });
  });

  test('is not touched by a backup of another key, or by what is no backup', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    const backup = join(evening.folder, 'copy.sqlite');
    await evening.run(['backup', backup]);
    const names = await readdir(evening.folder);
    const other = { ADAPTER_STORE_KEY: Buffer.alloc(32, 7).toString('base64'), AGRENTING_API_KEY: 'ap_x' };
    // The agent's key is sealed with the store's own key, so another agent replaces it.
    const wrong = await evening.run(['restore', '--yes', backup], { ...other, AGRENTING_AGENT_ID: '' });
    expect(wrong.exitCode).toBe(2);
    await writeFile(join(evening.folder, 'text'), 'no database');
    const nothing = await evening.run(['restore', '--yes', join(evening.folder, 'text')]);
    expect(nothing.exitCode).not.toBe(0);
    expect(nothing.output).toMatch(/damaged or not a database|not a backup/);
    const absent = await evening.run(['restore', '--yes', join(evening.folder, 'absent')]);
    expect(absent.output).toContain('cannot be read');
    await rm(join(evening.folder, 'text'));
    expect(await readdir(evening.folder)).toEqual(names);
  });

  test('that is lost is rebuilt, and one that is not lost is left alone', async ({ openEvening, expect }) => {
    const evening = await openEvening({ times: { startMs: 100, workMs: 60_000, pullEveryMs: 200 } });
    await evening.settleIn();
    await evening.register();
    const first = evening.begin(['up', '--apps', 'mcp-client']);
    await first.printed('MCP session subscribed');
    const [agent] = evening.marketplace.agents();
    const { id } = evening.marketplace.hire({
      hirerId: evening.hirerId,
      agentId: agent?.id ?? '',
      taskDescription: 'Write a note.',
    });
    await first.printed('"to":"acknowledged"');
    await first.stop();

    const known = await evening.run(['rebuild']);
    expect(known).toMatchObject({ exitCode: 1, output: expect.stringContaining('holds 1 hiring') });
    for (const name of await readdir(evening.folder)) {
      if (name.startsWith('adapter.sqlite')) await rm(join(evening.folder, name));
    }
    const rebuilt = await evening.run(['rebuild', '--json']);
    expect(rebuilt.exitCode, rebuilt.output).toBe(0);
    expect(rebuilt.output).toContain('{"rebuild":"ok"');
    expect(rebuilt.output).toContain(id);
  });
});
