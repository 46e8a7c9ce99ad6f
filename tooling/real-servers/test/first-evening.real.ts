import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppProcess, until } from '@agrenting-hiclaw/sandbox/testing';
import { RealWorld } from './world.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const SHORT_SILENCE = 'timing:\n  acknowledgeSeconds: 30\n  silenceSeconds: 45\n';
const REGISTRATION_TOKEN = 'join-this-hiclaw';

describe('a HiClaw that knows nothing of us', () => {
  let world: RealWorld;
  let folder: string;
  const running: AppProcess[] = [];
  beforeAll(async () => {
    world = await RealWorld.start({ adapterKnown: false });
    await world.hiclaw.synapse.allowRegistration(REGISTRATION_TOKEN);
    folder = await mkdtemp(join(tmpdir(), 'evening-'));
  });
  afterAll(async () => {
    await Promise.all(running.map(async (process) => (process.running ? await process.kill() : undefined)));
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a command with what a person would have in the shell. */
  function begin(...commandArguments: readonly string[]): AppProcess {
    const { admin, minio } = world.hiclaw;
    const { root, url } = minio;
    const process = new AppProcess({
      main: CLI,
      arguments: [...commandArguments, `--config=${folder}/adapter.yaml`],
      environment: {
        ADAPTER_HEALTH_PORT: '0',
        HICLAW_REGISTRATION_TOKEN: REGISTRATION_TOKEN,
        HICLAW_ADMIN_PASSWORD: admin.password,
        AGRENTING_USER_TOKEN: world.ownerToken,
        MC_HOST_agentteams: `http://${root.user}:${root.password}@${new URL(url).host}`,
        MC_CONFIG_DIR: `${folder}/mc`,
      },
    });
    running.push(process);
    return process;
  }

  async function run(...commandArguments: readonly string[]) {
    const command = begin(...commandArguments);
    await until(() => !command.running, 240_000);
    const exitCode = await command.ended();
    await note(commandArguments, command.output);
    return { exitCode, output: command.output };
  }

  /** For the documentation: what a person would have seen, where `TRANSCRIPT` names a file. */
  async function note(words: readonly string[], output: string): Promise<void> {
    const file = process.env['TRANSCRIPT'];
    if (file === undefined) return;
    const typed = words.map((word) => (/[\s[]/.test(word) ? `'${word}'` : word)).join(' ');
    const text = `$ agrenting-hiclaw ${typed}\n${output}\n`.replaceAll(folder, '~/agrenting');
    await appendFile(file, text);
  }

  /** The same for a command that has to come out well; gives what it printed. */
  async function good(...commandArguments: readonly string[]): Promise<string> {
    const { exitCode, output } = await run(...commandArguments);
    if (exitCode !== 0) throw new Error(`${commandArguments[0] ?? ''} ended with ${exitCode}:\n${output}`);
    return output;
  }

  const setup = async (...more: readonly string[]) =>
    await good('setup', '--yes', `--mc=${world.minioClient}`, '--verify-seconds=30', ...more);

  test('is brought to a paid hire by init, setup, register, doctor and up', async () => {
    const { synapse, minio } = world.hiclaw;
    await good(
      'init',
      '--yes',
      `--marketplace=${world.marketplace.url}`,
      `--homeserver=${synapse.url}`,
      `--storage=${minio.url}`,
      `--lifecycle=${JSON.stringify([world.lifecycle.path])}`,
    );
    // A worker that forgets its job is notified again after a quarter of an hour, which no test waits for.
    await appendFile(join(folder, 'adapter.yaml'), SHORT_SILENCE);
    await world.hiclaw.worker('alice').process.start();
    // Its worker reads at its start whom it listens to, so set-up restarts it.
    const made = await setup();
    expect(made).toContain('HiClaw 1.2 (there is a bucket agentteams-storage)');
    expect(made).toContain('✓ restart of alice');
    expect(made).toContain('it responded in a new room');
    await good('workers', 'install-skill', 'alice', `--mc=${world.minioClient}`);
    await good(
      'register',
      '--yes',
      '--worker=alice',
      '--description=Answers questions',
      '--capabilities=writing',
      '--price=10.00',
    );
    // It reads its skills at its start, too.
    await good('workers', 'restart', 'alice', '--yes');
    expect(await good('doctor', '--start')).toContain(' 0 failed');

    const up = begin('up');
    await up.printed('poller is up');
    await until(() =>
      world.marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0),
    );
    const agent = world.marketplace.agents().find(({ name }) => name === 'Alice');
    const { id } = world.marketplace.hire({
      hirerId: world.hirerId,
      agentId: agent?.id ?? '',
      taskDescription: 'What is the answer?',
    });
    await world.ended(id).catch(async (error: unknown) => {
      const { output } = await run('hirings', 'show', id);
      throw new Error(`${String(error)}\n--- hirings show\n${output}\n--- up\n${up.output}`, {
        cause: error,
      });
    });
    await good('hirings', 'show', id);
    expect(world.settlements(id)).toEqual(['result']);
    // Its model is shown the skill that it was given.
    expect(world.promptsWith('agrenting-task').length).toBeGreaterThan(0);
    expect(await up.stop()).toBe(0);
    const files = ['matrix.token', 'matrix.password', 'storage.secret', 'store.key', 'agents/alice.key'];
    for (const file of files) {
      const secret = (await readFile(join(folder, file), 'utf8')).trim();
      for (const process of running) expect(process.output).not.toContain(secret);
    }
  });

  test('is left as it was by undo', async () => {
    expect(await setup('--undo')).toContain('undone');
    const settings = await world.hiclaw.minio.get('agents/alice/openclaw.json');
    expect(settings).not.toContain('@agrenting:');
    const denied = await run('doctor', '--json');
    expect(denied.exitCode).not.toBe(0);
  });
});
