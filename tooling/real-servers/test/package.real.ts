import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHiclaw, type RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { startMarketplace, type RunningMarketplace } from '@agrenting-hiclaw/sandbox/marketplace';
import { AppProcess, until } from '@agrenting-hiclaw/sandbox/testing';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

async function run(folder: string, program: string, ...programArguments: readonly string[]): Promise<void> {
  const child = spawn(program, programArguments, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (exitCode !== 0)
    throw new Error(`${program} ${programArguments.join(' ')} ended with ${exitCode}:\n${output}`);
}

/** Here because the registry is needed to install what it depends on. */
describe('the package of the command line tool', () => {
  let folder: string;
  let marketplace: RunningMarketplace;
  let hiclaw: RunningHiclaw;
  const running: AppProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'package-'));
    marketplace = await startMarketplace();
    hiclaw = await startHiclaw({
      workers: [{ name: 'alice' }],
      adapterKnown: false,
      times: { startMs: 100, workMs: 200, pullEveryMs: 200 },
    });
  });
  afterAll(async () => {
    await Promise.all(running.map(async (process) => (process.running ? await process.kill() : undefined)));
    await Promise.all([marketplace?.close(), hiclaw?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  test('is installed into an empty folder, serves the console and brings a hire to its pay', async () => {
    await run(ROOT, process.execPath, 'tooling/checks/src/pack.ts', folder);
    const [tarball = ''] = await readdir(folder);
    await run(folder, 'npm', 'init', '-y');
    await run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`);

    const owner = marketplace.createUser({ name: 'owner' });
    const begin = (...commandArguments: readonly string[]): AppProcess => {
      const started = new AppProcess({
        main: join(folder, 'node_modules', 'agrenting-hiclaw', 'dist', 'main.js'),
        arguments: [...commandArguments, `--config=${folder}/adapter.yaml`],
        environment: {
          ADAPTER_HEALTH_PORT: '0',
          ADAPTER_ADMIN_PORT: '0',
          HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
          HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
          AGRENTING_USER_TOKEN: owner.token,
        },
      });
      running.push(started);
      return started;
    };
    const good = async (...commandArguments: readonly string[]): Promise<void> => {
      const command = begin(...commandArguments);
      const exitCode = await command.ended();
      if (exitCode !== 0)
        throw new Error(`${commandArguments[0] ?? ''} ended with ${exitCode}:\n${command.output}`);
    };
    await good(
      'init',
      '--yes',
      `--marketplace=${marketplace.url}`,
      `--homeserver=${hiclaw.homeserver.url}`,
      `--storage=${hiclaw.storage.endpoint}`,
    );
    await good('setup', '--yes', `--mc=${hiclaw.manager.minioClient}`);
    await good('workers', 'install-skill', 'alice', `--mc=${hiclaw.manager.minioClient}`);
    await good('register', '--yes', '--description=x', '--capabilities=y', '--price=10.00');
    await good('admin', 'token', '--role=operator', '--name=olga');
    const up = begin('up', '--apps=mcp-client,poller,admin-api');
    await up.printed('the console is at');
    const [, consoleUrl = ''] = /the console is at (\S+)/.exec(up.output) ?? [];
    const page = await (await fetch(consoleUrl)).text();
    const [, script = ''] = /<script type="module"[^>]* src="\.\/([^"]+)"/.exec(page) ?? [];
    expect((await fetch(consoleUrl + script)).headers.get('cache-control')).toContain('immutable');
    await until(() => marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0));
    const { id } = marketplace.hire({
      hirerId: marketplace.createUser({ name: 'hirer', balance: '100.00' }).id,
      agentId: marketplace.agents()[0]?.id ?? '',
      taskDescription: 'Write a note about escrow.',
    });
    await marketplace.hirings.when(id, 'completed', 60_000);
    expect(marketplace.ledger.balance(owner.id).available).toBe('9.50');
    expect(await up.stop()).toBe(0);
  });
});
