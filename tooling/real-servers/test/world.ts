import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startMarketplace,
  type HiringSnapshot,
  type RunningMarketplace,
} from '@agrenting-hiclaw/sandbox/marketplace';
import { AppProcess, until } from '@agrenting-hiclaw/sandbox/testing';
import { writeLifecycleCommand, type LifecycleCommand } from '../src/lifecycle-command.ts';
import { RealHiclaw, type RealHiclawOptions } from '../src/real-hiclaw.ts';
import { toolsIn, type WorkerVersion } from '../src/tools.ts';

export type WorldOptions = Partial<Pick<RealHiclawOptions, 'workers' | 'version' | 'adapterKnown'>>;

/** A worker that has to be started first needs up to a minute, on a machine that does other things longer. */
const PATIENCE_MS = 240_000;

/** Shorter than in production where a test would only wait; a real worker still has time to answer. */
const TIMING = {
  attentionSeconds: 2,
  inspectSeconds: 1,
  quietSeconds: 1,
  unreportedQuietSeconds: 10,
  acknowledgeSeconds: 10,
  silenceSeconds: 20,
  rereadSeconds: 5,
};

const MCP_CLIENT = fileURLToPath(new URL('../../../apps/mcp-client/src/main.ts', import.meta.url));
const PROFILES: Readonly<Record<WorkerVersion, string>> = { '1.0.4': '1.2', '0.1.12': '1.0' };

/** The marketplace's sandbox and a HiClaw of real parts, with what an adapter between them is configured with. */
export class RealWorld {
  readonly folder: string;
  readonly version: WorkerVersion;
  readonly marketplace: RunningMarketplace;
  readonly hiclaw: RealHiclaw;
  readonly hirerId: string;
  readonly ownerId: string;
  readonly ownerToken: string;
  /** Path of MinIO's client. */
  readonly minioClient: string;
  readonly lifecycle: LifecycleCommand;
  readonly agents: readonly { readonly id: string; readonly apiKey: string; readonly worker: string }[];
  readonly #storeKey = randomBytes(32).toString('base64');
  #app: AppProcess | undefined;

  private constructor(
    folder: string,
    version: WorkerVersion,
    marketplace: RunningMarketplace,
    hiclaw: RealHiclaw,
    lifecycle: LifecycleCommand,
    minioClient: string,
    adapterKnown: boolean,
  ) {
    this.minioClient = minioClient;
    this.folder = folder;
    this.version = version;
    this.marketplace = marketplace;
    this.hiclaw = hiclaw;
    this.lifecycle = lifecycle;
    const owner = marketplace.createUser({ name: 'owner' });
    this.ownerId = owner.id;
    this.ownerToken = owner.token;
    this.hirerId = marketplace.createUser({ name: 'hirer', balance: '100000.00' }).id;
    // Where HiClaw does not know the adapter, the test itself offers the workers.
    const offered = adapterKnown ? hiclaw.workers : [];
    this.agents = offered.map(({ name }) => {
      const agent = marketplace.registerAgent({ ownerId: this.ownerId, name, basePrice: '10.00' });
      return { id: agent.id, apiKey: agent.apiKey, worker: name };
    });
  }

  /** Everything but the workers and the adapter. */
  static async start(options: WorldOptions = {}): Promise<RealWorld> {
    const toolsFolder = process.env['REAL_SERVERS_FOLDER'];
    if (toolsFolder === undefined) throw new Error('run these tests with npm run test:real');
    const { workers = ['alice'], version = '1.0.4', adapterKnown } = options;
    const folder = await mkdtemp(join(tmpdir(), 'real-'));
    const tools = toolsIn(toolsFolder);
    const hiclaw = await RealHiclaw.start({
      tools,
      folder,
      version,
      workers,
      ...(adapterKnown === undefined ? {} : { adapterKnown }),
    });
    const marketplace = await startMarketplace({ switches: { rate_limit_per_minute: 10_000 } });
    const lifecycle = await writeLifecycleCommand(folder, hiclaw);
    return new RealWorld(
      folder,
      version,
      marketplace,
      hiclaw,
      lifecycle,
      join(tools.bin, 'mc'),
      adapterKnown !== false,
    );
  }

  /** Of the adapter that runs. */
  get configFile(): string {
    return join(this.folder, 'adapter.json');
  }

  /** The configuration file's content, with sections replaced. */
  settings(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const { synapse, minio, adapter, adapterStorage } = this.hiclaw;
    return {
      marketplace: { baseUrl: this.marketplace.url },
      agents: this.agents.map(({ id, apiKey, worker }) => ({ id, key: apiKey, worker })),
      matrix: { homeserverUrl: synapse.url, userId: adapter.userId, accessToken: adapter.accessToken },
      hiclaw: { profile: PROFILES[this.version] },
      storage: { endpoint: minio.url, bucket: minio.bucket, ...adapterStorage },
      ...this.withRooms('per-hiring'),
      lifecycle: { driver: 'script', command: [this.lifecycle.path], startedWaitSeconds: 20 },
      store: { file: join(this.folder, 'store.sqlite'), key: this.#storeKey },
      health: { port: 0 },
      log: { level: 'error' },
      timing: TIMING,
      ...changes,
    };
  }

  /** The map of workers, each with its rooms made so. */
  withRooms(rooms: 'per-hiring' | 'worker', assignmentsPerWorker = 1): Record<string, unknown> {
    const list = this.hiclaw.workers.map(({ name, userId, roomId }) => ({
      name,
      userId,
      roomId,
      runtime: 'copaw',
      rooms,
    }));
    return { workers: { list }, policy: { assignmentsPerWorker } };
  }

  /** Starts the adapter, replacing the one that runs. */
  async startApp(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#app?.stop();
    const app = await AppProcess.start(this.folder, this.settings(changes), { main: MCP_CLIENT });
    this.#app = app;
    await until(() => {
      if (!app.running) throw new Error(`the adapter ended: ${app.output.slice(-3_000)}`);
      const listening = this.marketplace.sessions
        .list()
        .filter(({ subscriptions }) => subscriptions.length > 0);
      return listening.length >= this.agents.length;
    });
  }

  hire(worker: string, taskDescription = 'What is the answer?'): HiringSnapshot {
    const agentId = this.agents.find((agent) => agent.worker === worker)?.id ?? '';
    return this.marketplace.hire({ hirerId: this.hirerId, agentId, taskDescription });
  }

  async ended(
    hiringId: string,
    status: 'completed' | 'failed' | 'cancelled' = 'completed',
  ): Promise<HiringSnapshot> {
    try {
      return await this.marketplace.hirings.when(hiringId, status, PATIENCE_MS);
    } catch (error) {
      throw new Error(`${String(error)}\n${await this.#workersSaid()}`, { cause: error });
    }
  }

  /** The end of each worker's log: what to look into when a hiring did not get there. */
  async #workersSaid(): Promise<string> {
    const logs = this.hiclaw.workers.map(async ({ name }) => {
      const text = await readFile(this.hiclaw.worker(name).process.logFile, 'utf8').catch(String);
      return `--- log of ${name}\n${text.slice(-6_000)}`;
    });
    return (await Promise.all(logs)).join('\n');
  }

  settlements(hiringId: string): string[] {
    return this.marketplace.requests
      .list({ hiringId })
      .filter(({ operation, applied }) => applied && /result|failure/.test(operation))
      .map(({ operation }) => operation);
  }

  /** Prompts of the model in which this text stands. */
  promptsWith(text: string): string[] {
    return this.hiclaw.model.requests.map(({ prompt }) => prompt).filter((prompt) => prompt.includes(text));
  }

  async close(): Promise<void> {
    await this.#app?.stop();
    await Promise.all([this.marketplace.close(), this.hiclaw.close(), this.lifecycle.close()]);
    if (process.env['REAL_SERVERS_KEEP'] === undefined)
      await rm(this.folder, { recursive: true, force: true });
  }
}
