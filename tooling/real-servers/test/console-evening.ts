import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHiclaw, type RunningHiclaw, type SandboxWorker } from '@agrenting-hiclaw/sandbox/hiclaw';
import {
  startMarketplace,
  type HiringSnapshot,
  type RunningMarketplace,
} from '@agrenting-hiclaw/sandbox/marketplace';
import { AppProcess, until } from '@agrenting-hiclaw/sandbox/testing';
import { WorkGate } from './work-gate.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const PATIENCE_MS = 60_000;

/** An empty folder between both sandboxes, in which a new user runs the command line tool as processes. */
export class ConsoleEvening {
  readonly folder: string;
  readonly marketplace: RunningMarketplace;
  readonly hiclaw: RunningHiclaw;
  /** Holds the work of workers that were told to wait for it. */
  readonly gate: WorkGate;
  readonly ownerId: string;
  readonly #ownerToken: string;
  readonly #hirerId: string;
  readonly #processes: AppProcess[] = [];

  private constructor(
    folder: string,
    marketplace: RunningMarketplace,
    hiclaw: RunningHiclaw,
    gate: WorkGate,
  ) {
    this.folder = folder;
    this.marketplace = marketplace;
    this.hiclaw = hiclaw;
    this.gate = gate;
    const owner = marketplace.createUser({ name: 'owner' });
    this.ownerId = owner.id;
    this.#ownerToken = owner.token;
    this.#hirerId = marketplace.createUser({ name: 'hirer', balance: '1000.00' }).id;
  }

  static async start(workers: readonly string[]): Promise<ConsoleEvening> {
    const folder = await mkdtemp(join(tmpdir(), 'console-evening-'));
    const gate = new WorkGate();
    const marketplace = await startMarketplace({ switches: { rate_limit_per_minute: 10_000 } });
    const hiclaw = await startHiclaw({
      workers: workers.map((name) => ({ name })),
      adapterKnown: false,
      times: { startMs: 100, workMs: 200, pullEveryMs: 200 },
      clock: gate,
    });
    return new ConsoleEvening(folder, marketplace, hiclaw, gate);
  }

  get configuration(): string {
    return join(this.folder, 'adapter.yaml');
  }

  /** What every process printed. */
  get output(): string {
    return this.#processes.map(({ output }) => output).join('\n');
  }

  /** Starts a command with what a person would have in the shell. */
  begin(...words: readonly string[]): AppProcess {
    const started = new AppProcess({
      main: CLI,
      arguments: [...words, `--config=${this.configuration}`],
      environment: {
        ADAPTER_HEALTH_PORT: '0',
        ADAPTER_ADMIN_PORT: '0',
        HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
        HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
        AGRENTING_USER_TOKEN: this.#ownerToken,
      },
    });
    this.#processes.push(started);
    return started;
  }

  /** Runs a command that has to come out well; gives what it printed. */
  async good(...words: readonly string[]): Promise<string> {
    const command = this.begin(...words);
    const exitCode = await command.ended();
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}:\n${command.output}`);
    return command.output;
  }

  /** From the empty folder to where `up` can be run, with an agent for each worker. */
  async setUp(): Promise<void> {
    const { homeserver, storage, manager } = this.hiclaw;
    await this.good(
      'init',
      '--yes',
      `--marketplace=${this.marketplace.url}`,
      `--homeserver=${homeserver.url}`,
      `--storage=${storage.endpoint}`,
      `--lifecycle=${JSON.stringify([manager.lifecycleCommand])}`,
    );
    await this.good('setup', '--yes', '--verify-seconds=20', `--mc=${manager.minioClient}`);
    for (const { name } of this.hiclaw.workers) {
      await this.good(
        'register',
        '--yes',
        `--worker=${name}`,
        '--description=Writes notes',
        '--capabilities=writing',
        '--price=10.00',
      );
    }
  }

  /** Starts the apps and waits until hires are heard. Gives the process and the address of the console. */
  async up(): Promise<{ readonly up: AppProcess; readonly url: string }> {
    const up = this.begin('up', '--apps=mcp-client,poller,admin-api');
    await up.printed('the console is at');
    const [, url = ''] = /the console is at (\S+)/.exec(up.output) ?? [];
    await until(
      () =>
        this.marketplace.sessions.list().filter(({ subscriptions }) => subscriptions.length > 0).length >=
        this.hiclaw.workers.length,
      PATIENCE_MS,
    );
    return { up, url };
  }

  worker(name: string): SandboxWorker {
    return this.hiclaw.worker(name);
  }

  /** Hires the agent of a worker. */
  hire(worker: string, taskDescription: string): HiringSnapshot {
    const agent = this.marketplace.agents().find(({ name }) => name.toLowerCase() === worker);
    if (agent === undefined) throw new RangeError(`no agent is offered for ${worker}`);
    return this.marketplace.hire({ hirerId: this.#hirerId, agentId: agent.id, taskDescription });
  }

  async completed(hiringId: string): Promise<void> {
    await this.marketplace.hirings.when(hiringId, 'completed', PATIENCE_MS);
  }

  /** What the owner was paid so far, in dollars. */
  get paid(): string {
    return this.marketplace.ledger.balance(this.ownerId).available;
  }

  /** What the marketplace took as the outcome of a hiring. */
  settlements(hiringId: string): string[] {
    return this.marketplace.requests
      .list({ hiringId })
      .filter(({ operation, applied }) => applied && /result|failure/.test(operation))
      .map(({ operation }) => operation);
  }

  async close(): Promise<void> {
    this.gate.open();
    await Promise.all(
      this.#processes.map(async (started) => (started.running ? await started.kill() : undefined)),
    );
    await Promise.all([this.marketplace.close(), this.hiclaw.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
