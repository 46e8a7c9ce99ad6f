import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppProcess, freePort } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

const run = promisify(execFile);
const BRIDGE = fileURLToPath(new URL('../../bridge/src/main.ts', import.meta.url));
const KEY = 'f2b4c6d8e0a1b3c5d7e9f1a3b5c7d9e1';

/** What a reader of the marketplace's page has set (adapter page, A7). */
function pageEnvironment(evening: Evening, port: number): Record<string, string> {
  return {
    AGRENTING_API_KEY: evening.ownerToken,
    AGRENTING_BASE_URL: evening.marketplace.url,
    HIGRESS_API_KEY: KEY,
    MANAGER_MATRIX_ID: '@manager:matrix-local.hiclaw.io:18080',
    WEBHOOK_PORT: String(port),
    TASKS_DIR: `${evening.folder}/tasks`,
    MINIO_ALIAS: 'hiclaw',
    MC_CONFIG_DIR: `${evening.folder}/mc`,
  };
}

async function withMinioClient(evening: Evening): Promise<void> {
  const { endpoint, accessKey, secretKey } = evening.hiclaw.storage;
  const file = `${evening.folder}/mc/config.json`;
  await mkdir(dirname(file), { recursive: true });
  const aliases = { hiclaw: { url: endpoint, accessKey, secretKey, api: 'S3v4', path: 'auto' } };
  await writeFile(file, JSON.stringify({ version: '10', aliases }));
}

describe.concurrent("the bridge instead of the page's server", () => {
  test("with the page's environment alone lists what is missing, each with the command that makes it", async ({
    openEvening,
    expect,
    onTestFinished,
  }) => {
    const evening = await openEvening();
    await withMinioClient(evening);
    await mkdir(`${evening.folder}/tasks`);
    const bridge = new AppProcess({ main: BRIDGE, environment: pageEnvironment(evening, 0) });
    onTestFinished(async () => void (bridge.running && (await bridge.kill())));
    expect(await bridge.ended()).toBe(2);
    const lines = bridge.output.split('\n');
    const remedyOf = (setting: string): string =>
      lines[lines.findIndex((line) => line.startsWith(`  ${setting} is missing`)) + 1] ?? '';
    for (const [setting, command] of [
      ['matrix.homeserverUrl', 'init'],
      ['matrix.userId', 'setup'],
      ['matrix.accessToken', 'setup'],
      ['store.file', 'init'],
      ['store.key', 'init'],
    ] as const) {
      expect([setting, remedyOf(setting)]).toEqual([
        setting,
        expect.stringContaining(`\`agrenting-hiclaw ${command}\``),
      ]);
    }
    // What the page's variables give is not asked for again.
    expect(bridge.output).not.toMatch(/webhook\.|storage\.|marketplace\./);
    expect(bridge.output).not.toContain(KEY);
  });

  test("with the page's environment and its curl examples answers as the page prints, and a hire is paid", async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const port = await freePort();
    await evening.settleIn();
    await withMinioClient(evening);
    await mkdir(`${evening.folder}/tasks`);
    const url = `http://127.0.0.1:${port}/webhook/agrenting/hiring`;
    const environment = pageEnvironment(evening, port);
    const { exitCode, output } = await evening.run(
      [
        'register',
        '--yes',
        '--worker',
        'alice',
        '--description',
        'Notes',
        '--capabilities',
        'writing',
        '--price',
        '10.00',
        `--callback-url=${url}`,
      ],
      { AGRENTING_USER_TOKEN: evening.ownerToken, HIGRESS_API_KEY: KEY },
    );
    expect(exitCode, output).toBe(0);
    await evening.begin(['up', '--apps', 'bridge,poller'], environment).printed('poller is up');

    const shell = async (command: string): Promise<string> =>
      (await run('bash', ['-c', command], { env: { ...environment, PATH: process.env['PATH'] } })).stdout;
    expect(await shell(`curl -s http://127.0.0.1:${port}/health`)).toBe('{"status":"ok"}');
    const posted = await shell(
      `curl -s -X POST ${url} -H "Authorization: ApiKey $HIGRESS_API_KEY" -H "Content-Type: application/json" -d '{"hiring_id": "test", "agent_id": "...", "task": {"description": "test"}}'`,
    );
    expect(JSON.parse(posted)).toMatchObject({ status: 'accepted' });
    expect(await shell(`curl -s -X POST ${url} -d '{}'`)).toBe('{"error":"Unauthorized"}');
    expect(await shell(`curl -s -X POST ${url}x -H "Authorization: $HIGRESS_API_KEY" -d '{}'`)).toBe(
      '{"error":"Not found"}',
    );
    expect(await shell(`curl -s -X POST ${url} -H "Authorization: $HIGRESS_API_KEY" -d '{'`)).toBe(
      '{"error":"Invalid JSON"}',
    );

    const id = await evening.hireAndWait();
    const [folder] = await readdir(`${evening.folder}/tasks`);
    expect(folder).toMatch(new RegExp(`^agrenting-${id}-a1-[0-9a-f]{24}$`));
    const spec = JSON.parse(await readFile(`${evening.folder}/tasks/${folder}/task-spec.json`, 'utf8'));
    expect(spec).toMatchObject({ hiring_id: id, source: 'agrenting.com', status: 'assigned' });
  });
});
