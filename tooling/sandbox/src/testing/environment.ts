import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { machineClock } from '../hiclaw/clock.ts';
import { startHiclaw, type HiclawOptions, type RunningHiclaw } from '../hiclaw/index.ts';
import {
  startMarketplace,
  type HiringSnapshot,
  type NewAgent,
  type RunningMarketplace,
} from '../marketplace/index.ts';
import { systemClock } from '../marketplace/clock.ts';
import { until } from './until.ts';

const assignmentSchema = z.object({
  'com.agrenting.purpose': z.literal('assignment'),
  'com.agrenting.hiring_id': z.string(),
  'com.agrenting.number': z.number(),
});

const clearingSchema = z.object({ 'com.agrenting.purpose': z.literal('clear') });

/** Times that let a test end soon; everything else is as in production. */
const TIMING = {
  attentionSeconds: 1,
  inspectSeconds: 0.3,
  quietSeconds: 0.2,
  unreportedQuietSeconds: 2,
  stillSeconds: 0.5,
  blockedSeconds: 1,
  clearSeconds: 2,
  acknowledgeSeconds: 5,
  rereadSeconds: 1,
  leaseSeconds: 1.5,
};

/** How long anything may take on a machine that is busy with other things. */
const PATIENCE_MS = 60_000;

export interface EnvironmentOptions {
  readonly workers?: HiclawOptions['workers'];
  /** Which HiClaw it is: names, the controller's part, the runtimes' task protocols. */
  readonly generation?: HiclawOptions['generation'];
  /** By how much the clocks of the marketplace and of everything in HiClaw are ahead of this machine's. */
  readonly clocksAheadMs?: { readonly marketplace?: number; readonly hiclaw?: number };
  /** Changes to the listing of each agent. */
  readonly listing?: Partial<NewAgent>;
}

/** The app under test, in the process of the test. */
export interface App {
  readonly healthUrl: string;
  close(): Promise<void>;
}

/** Starts the app under test with a configuration file's content. */
export type StartApp<Started extends App> = (settings: Record<string, unknown>) => Promise<Started>;

/** Both sandboxes, an agent per worker, and the configuration with which an adapter works between them. */
export class Environment<Started extends App> {
  readonly folder: string;
  readonly marketplace: RunningMarketplace;
  readonly hiclaw: RunningHiclaw;
  readonly hirerId: string;
  readonly ownerId: string;
  /** The owner's user token. */
  readonly ownerToken: string;
  readonly agents: readonly { readonly id: string; readonly apiKey: string; readonly worker: string }[];
  readonly #startApp: StartApp<Started>;
  readonly #apps: Started[] = [];

  private constructor(
    folder: string,
    marketplace: RunningMarketplace,
    hiclaw: RunningHiclaw,
    listing: Partial<NewAgent>,
    start: StartApp<Started>,
  ) {
    this.#startApp = start;
    this.folder = folder;
    this.marketplace = marketplace;
    this.hiclaw = hiclaw;
    const owner = marketplace.createUser({ name: 'owner' });
    this.ownerId = owner.id;
    this.ownerToken = owner.token;
    this.hirerId = marketplace.createUser({ name: 'hirer', balance: '10000.00' }).id;
    this.agents = hiclaw.workers.map((worker) => {
      const agent = marketplace.registerAgent({
        ownerId: this.ownerId,
        name: worker.name,
        basePrice: '10.00',
        ...listing,
      });
      return { id: agent.id, apiKey: agent.apiKey, worker: worker.name };
    });
  }

  static async start<Started extends App>(
    start: StartApp<Started>,
    { workers = [{ name: 'alice' }], listing = {}, generation, clocksAheadMs = {} }: EnvironmentOptions = {},
  ): Promise<Environment<Started>> {
    const folder = await mkdtemp(join(tmpdir(), 'env-'));
    const limits = { rate_limit_per_minute: 10_000 } as const;
    const marketplace = await startMarketplace({
      switches: limits,
      clock: { ...systemClock, now: () => Date.now() + (clocksAheadMs.marketplace ?? 0) },
    });
    const hiclaw = await startHiclaw({
      workers,
      generation,
      times: { startMs: 100, workMs: 200 },
      clock: { ...machineClock, now: () => Date.now() + (clocksAheadMs.hiclaw ?? 0) },
    });
    return new Environment(folder, marketplace, hiclaw, listing, start);
  }

  /** The configuration file's content, with sections replaced. */
  settings(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const { storage, manager } = this.hiclaw;
    return {
      marketplace: { baseUrl: this.marketplace.url },
      agents: this.agents.map(({ id, apiKey, worker }) => ({ id, key: apiKey, worker })),
      matrix: this.matrix(),
      storage,
      workers: { registryFile: join(manager.home, 'workers-registry.json') },
      lifecycle: { driver: 'script', command: [manager.lifecycleCommand], startedWaitSeconds: 0.5 },
      store: { file: join(this.folder, 'store.sqlite'), key: this.storeKey },
      health: { port: 0 },
      log: { level: 'error' },
      timing: TIMING,
      ...changes,
    };
  }

  matrix(): Record<string, unknown> {
    const { url, adapter } = this.hiclaw.homeserver;
    return { homeserverUrl: url, userId: adapter.userId, accessToken: adapter.accessToken };
  }

  /** The times of its configuration. */
  readonly timing = TIMING;

  readonly storeKey = randomBytes(32).toString('base64');

  async startApp(changes: Readonly<Record<string, unknown>> = {}): Promise<Started> {
    const app = await this.#startApp(this.settings(changes));
    this.#apps.push(app);
    return app;
  }

  healthUrls(): string[] {
    return this.#apps.map(({ healthUrl }) => healthUrl);
  }

  async listening(sessions = this.agents.length): Promise<void> {
    await until(
      () =>
        this.marketplace.sessions.list().filter(({ subscriptions }) => subscriptions.length > 0).length >=
        sessions,
    );
  }

  hire(
    worker = 'alice',
    taskDescription = 'Write a note about escrow for newcomers.',
    more: object = {},
  ): HiringSnapshot {
    const agent = this.agents.find((listed) => listed.worker === worker);
    return this.marketplace.hire({
      hirerId: this.hirerId,
      agentId: agent?.id ?? '',
      taskDescription,
      ...more,
    });
  }

  async ended(
    hiringId: string,
    status: 'completed' | 'failed' | 'cancelled' = 'completed',
  ): Promise<HiringSnapshot> {
    return await this.marketplace.hirings.when(hiringId, status, PATIENCE_MS);
  }

  /** What the adapter said in a worker's room, but for the command that clears it before a task. */
  said(worker = 'alice'): string[] {
    return this.saidEvents(worker).map(({ content }) => JSON.stringify(content));
  }

  /** The same, as the homeserver keeps it. */
  saidEvents(worker = 'alice'): ReturnType<RunningHiclaw['timeline']> {
    const { roomId } = this.hiclaw.worker(worker);
    return this.hiclaw
      .timeline(roomId)
      .filter(
        ({ sender, type, content }) =>
          type === 'm.room.message' &&
          sender === this.hiclaw.homeserver.adapter.userId &&
          !clearingSchema.safeParse(content).success,
      );
  }

  /** The assignments in a worker's room, oldest first: hiring and number. */
  assignments(worker = 'alice'): string[] {
    return this.saidEvents(worker).flatMap(({ content }) => {
      const assignment = assignmentSchema.safeParse(content).data;
      if (assignment === undefined) return [];
      return [`${assignment['com.agrenting.hiring_id']} ${assignment['com.agrenting.number']}`];
    });
  }

  settlements(hiringId: string): string[] {
    const received = this.marketplace.requests.list({ hiringId });
    return received
      .filter(({ operation, applied }) => applied && /result|failure/.test(operation))
      .map(({ operation }) => operation);
  }

  async close(): Promise<void> {
    await Promise.all(this.#apps.map(async (app) => await app.close()));
    await Promise.all([this.marketplace.close(), this.hiclaw.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
