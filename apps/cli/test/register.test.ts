import { readFile, writeFile } from 'node:fs/promises';
import { loadConfiguration } from '@agrenting-hiclaw/runtime';
import { afterAll, beforeAll, describe } from 'vitest';
import { Evening, test } from './cli.ts';

const CALLBACK = 'https://bridge.example.com/webhook/agrenting/hiring';

describe.concurrent('register', () => {
  let whole: Evening;
  beforeAll(async () => {
    whole = await Evening.start();
    await whole.settleIn();
  });
  afterAll(async () => await whole.close());

  test('offers a worker over MCP under the user token, and keeps the key of the agent in a private file', async ({
    expect,
  }) => {
    const evening = await whole.copy();
    const { exitCode, output } = await evening.register(['--name', 'Alice of MCP', '--category', 'coding']);
    expect(exitCode).toBe(0);
    const agent = whole.marketplace.agents().find(({ name }) => name === 'Alice of MCP');
    expect(agent).toMatchObject({
      category: 'coding',
      metadata: { worker_matrix_id: '@alice:matrix-local.hiclaw.io:18080' },
    });
    expect(JSON.stringify(agent)).not.toContain('callback_url');
    const key = (await readFile(`${evening.folder}/agents/alice.key`, 'utf8')).trim();
    expect(await evening.mode('agents/alice.key')).toBe(0o600);
    expect(key).toMatch(/^sealed:v1:/);
    const loaded = await loadConfiguration({ ADAPTER_CONFIG: evening.config });
    if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
    const revealed = loaded.configuration.agents[0]?.key.reveal() ?? '';
    expect(revealed).not.toBe('');
    expect(key).not.toContain(revealed);
    expect(output).not.toContain(revealed);
    expect(await readFile(evening.config, 'utf8')).not.toContain(revealed);
    expect(await readFile(evening.config, 'utf8')).toContain(`id: ${agent?.id ?? ''}`);
    expect((await evening.run(['agents', 'list'])).output).toContain('its key is good');
    const shown = await evening.run(['agents', 'show', 'alice', '--json']);
    expect(JSON.parse(shown.output)).toMatchObject({
      agentId: expect.any(String),
      worker: 'alice',
      name: 'Alice of MCP',
      status: 'active',
      capabilities: ['writing'],
      basePrice: '10.00',
    });
    expect((await evening.run(['agents', 'show', 'zoe'])).exitCode).toBe(2);
  });

  test('offers one by webhook with the address and the header of the bridge', async ({ expect }) => {
    const evening = await whole.copy();
    const header = 'Authorization: ApiKey of-the-bridge';
    const { exitCode } = await evening.register([
      '--name=Alice of the bridge',
      `--callback-url=${CALLBACK}`,
      `--callback-header=${header}`,
    ]);
    expect(exitCode).toBe(0);
    const agent = whole.marketplace.agents().find(({ name }) => name === 'Alice of the bridge');
    expect(agent).toMatchObject({ metadata: { callback_url: CALLBACK, callback_auth_header: header } });
  });

  test.for([
    ['http://bridge.example.com/webhook', 2, 'must use HTTPS'],
    ['not a url', 2, 'must be a URL'],
    ['http://127.0.0.1:8089/webhook/agrenting/hiring', 0, 'registered '],
    ['http://[::1]:8089/webhook', 0, 'registered '],
  ] as const)('with the callback %s ends with %i', async ([url, exitCode, words], { expect }) => {
    const evening = await whole.copy();
    const run = await evening.register([`--callback-url=${url}`]);
    expect(run).toEqual({ exitCode, output: expect.stringContaining(words) });
  });

  test('offers a worker a second time without losing either key', async ({ expect }) => {
    const evening = await whole.copy();
    await evening.register(['--name=First of two']);
    const first = await readFile(`${evening.folder}/agents/alice.key`, 'utf8');
    expect(await evening.register(['--name=Second of two'])).toMatchObject({ exitCode: 2 });
    expect(await evening.register(['--name=Second of two', '--force'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(`${evening.folder}/agents/alice.key`, 'utf8')).toBe(first);
    expect(await evening.mode('agents/alice-2.key')).toBe(0o600);
    expect((await evening.run(['agents', 'list'])).output.match(/its key is good/g)).toHaveLength(2);
    await writeFile(`${evening.folder}/agents/alice.key`, 'another-key\n');
    expect(await evening.run(['agents', 'list'])).toMatchObject({ exitCode: 1 });
  });

  test('keeps nothing when the marketplace does not take the user token', async ({ expect }) => {
    const evening = await whole.copy();
    const before = await readFile(evening.config, 'utf8');
    const run = await evening.run(
      ['register', '--yes', '--worker=alice', '--description=x', '--capabilities=y', '--price=1.00'],
      { AGRENTING_USER_TOKEN: 'ap_wrong' },
    );
    expect(run).toEqual({ exitCode: 1, output: expect.stringContaining('use a user token (ap_…)') });
    expect(await readFile(evening.config, 'utf8')).toBe(before);
    await expect(readFile(`${evening.folder}/agents/alice.key`)).rejects.toThrow('ENOENT');
  });

  test('asks where nobody can be asked only by naming the option', async ({ expect }) => {
    const evening = await whole.copy();
    const run = await evening.run(['register', '--worker=alice']);
    expect(run).toEqual({ exitCode: 2, output: expect.stringContaining('Give --description TEXT') });
  });
});
