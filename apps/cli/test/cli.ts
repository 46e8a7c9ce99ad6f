import { createServer, type RequestListener } from 'node:http';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHiclaw, type HiclawOptions, type RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { startMarketplace, type RunningMarketplace } from '@agrenting-hiclaw/sandbox/marketplace';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { test as base } from 'vitest';
import { z } from 'zod';
import { runCli } from '../src/program.ts';

const ALICE_SETTINGS = 'agents/alice/openclaw.json';
/** The program. */
export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Run {
  readonly exitCode: number;
  readonly output: string;
}

const shownSchema = z.object({ hiring: z.object({ version: z.string() }) });

/** An empty folder between both sandboxes, in which the command line tool is run. */
export class Evening {
  readonly folder: string;
  readonly marketplace: RunningMarketplace;
  readonly hiclaw: RunningHiclaw;
  readonly ownerToken: string;
  readonly ownerId: string;
  readonly hirerId: string;
  readonly #running: AppProcess[] = [];
  readonly #copies: string[] = [];

  private constructor(folder: string, marketplace: RunningMarketplace, hiclaw: RunningHiclaw) {
    this.folder = folder;
    this.marketplace = marketplace;
    this.hiclaw = hiclaw;
    const owner = marketplace.createUser({ name: 'owner' });
    this.ownerToken = owner.token;
    this.ownerId = owner.id;
    this.hirerId = marketplace.createUser({ name: 'hirer', balance: '1000.00' }).id;
  }

  static async start(options: HiclawOptions = {}): Promise<Evening> {
    const folder = await mkdtemp(join(tmpdir(), 'cli-'));
    const marketplace = await startMarketplace({ switches: { rate_limit_per_minute: 10_000 } });
    const hiclaw = await startHiclaw({
      workers: [{ name: 'alice' }],
      adapterKnown: false,
      times: { startMs: 100, workMs: 200, pullEveryMs: 200 },
      ...options,
    });
    return new Evening(folder, marketplace, hiclaw);
  }

  /** Another folder with the same files, between the same sandboxes. The creator of the first one closes both. */
  async copy(): Promise<Evening> {
    const folder = await mkdtemp(join(tmpdir(), 'cli-'));
    await cp(this.folder, folder, { recursive: true });
    const text = await readFile(this.config, 'utf8');
    const copy = new Evening(folder, this.marketplace, this.hiclaw);
    await writeFile(copy.config, text.replaceAll(this.folder, folder), { mode: 0o600 });
    this.#copies.push(folder);
    return copy;
  }

  get config(): string {
    return join(this.folder, 'adapter.yaml');
  }

  /** Starts a command in the folder; secrets come as variables, as they do from a person's shell. */
  begin(commandArguments: readonly string[], environment: Readonly<Record<string, string>> = {}): AppProcess {
    const started = new AppProcess({
      main: MAIN,
      arguments: [...commandArguments, '--config', this.config],
      // Nobody asks for its health here, and any other port may be taken.
      environment: { ADAPTER_HEALTH_PORT: '0', ...environment },
    });
    this.#running.push(started);
    return started;
  }

  /** Runs a command to its end, in this process: a start of Node for each would take most of the time. */
  async run(
    commandArguments: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    last: readonly string[] = ['--config', this.config],
  ): Promise<Run> {
    let output = '';
    const print = (text: string): void => {
      output += text;
    };
    const { PATH, HOME } = process.env;
    const exitCode = await runCli([...commandArguments, ...last], {
      environment: { PATH, HOME, ADAPTER_HEALTH_PORT: '0', ...environment },
      folder: this.folder,
      interactive: false,
      colours: false,
      stop: new AbortController().signal,
      user: 'tester',
      onHangUp: () => undefined,
      print,
      writeError: print,
    });
    return { exitCode, output };
  }

  /** Decides about a hiring as it is now, where nobody can be asked. */
  async decide(kind: string, id: string, ...more: readonly string[]): Promise<Run> {
    const shown = await this.run(['hirings', 'show', id, '--json']);
    const { version } = shownSchema.parse(JSON.parse(shown.output)).hiring;
    return await this.run(['hirings', kind, id, '--yes', '--expect', version, ...more]);
  }

  async init(more: readonly string[] = []): Promise<Run> {
    const { homeserver, storage, manager } = this.hiclaw;
    return await this.run([
      'init',
      '--yes',
      `--marketplace=${this.marketplace.url}`,
      `--homeserver=${homeserver.url}`,
      `--storage=${storage.endpoint}`,
      `--lifecycle=${JSON.stringify([manager.lifecycleCommand])}`,
      ...more,
    ]);
  }

  async setup(more: readonly string[] = []): Promise<Run> {
    return await this.run(
      ['setup', '--yes', '--verify-seconds', '5', '--mc', this.hiclaw.manager.minioClient, ...more],
      {
        HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
        HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
      },
    );
  }

  /** Both of them, without a word to the workers; throws when one of them does not come out well. */
  async settleIn(): Promise<void> {
    for (const { exitCode, output } of [await this.init(), await this.setup(['--no-verify'])]) {
      if (exitCode !== 0) throw new Error(output);
    }
  }

  async register(more: readonly string[] = []): Promise<Run> {
    const offer = ['--description', 'Writes notes', '--capabilities', 'writing', '--price', '10.00'];
    return await this.run(['register', '--yes', '--worker', 'alice', ...offer, ...more], {
      AGRENTING_USER_TOKEN: this.ownerToken,
    });
  }

  /** Hires the agent that was registered and waits until it is done and paid; gives the hiring's id. */
  async hireAndWait(): Promise<string> {
    const hirer = this.marketplace.createUser({ balance: '100.00' });
    const [agent] = this.marketplace.agents();
    const { id } = this.marketplace.hire({
      hirerId: hirer.id,
      agentId: agent?.id ?? '',
      taskDescription: 'Write a note about escrow.',
    });
    await this.marketplace.hirings.when(id, 'completed', 60_000);
    return id;
  }

  /** The Matrix settings of the worker alice, in storage. */
  get aliceSettings(): string {
    return this.hiclaw.object(ALICE_SETTINGS)?.toString() ?? '';
  }

  /** Writes it as somebody with the owner's rights would. */
  putAliceSettings(text: string): void {
    this.hiclaw.put(ALICE_SETTINGS, text);
  }

  async mode(name: string): Promise<number> {
    return (await stat(join(this.folder, name))).mode & 0o777;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#running.map(async (started) => (started.running ? await started.kill() : undefined)),
    );
    await Promise.all([this.marketplace.close(), this.hiclaw.close()]);
    for (const folder of [this.folder, ...this.#copies]) await rm(folder, { recursive: true, force: true });
  }
}

/** A server on this machine with the given responses; gives its address. */
export async function startServer(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const test = base.extend<{ openEvening: (options?: HiclawOptions) => Promise<Evening> }>({
  openEvening: async ({ task: _ofThisTest }, use) => {
    const evenings: Evening[] = [];
    await use(async (options) => {
      const evening = await Evening.start(options);
      evenings.push(evening);
      return evening;
    });
    await Promise.all(evenings.map(async (evening) => await evening.close()));
  },
});
