import * as http from 'node:http';
import { startGitServer, type GitServer } from '@agrenting-hiclaw/sandbox/git';
import { startHiclaw, type RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import {
  startMarketplace,
  type HiringSnapshot,
  type RunningMarketplace,
} from '@agrenting-hiclaw/sandbox/marketplace';
import { FaultyGate } from './faulty-gate.ts';
import { REPOSITORY_FILES, ScriptedWorker } from './scripted-worker.ts';
import { StageClock } from './stage-clock.ts';

const START_MS = Date.parse('2026-11-23T10:00:00Z');
/** Opens every hirer's repository. */
export const GIT_TOKEN = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

/** What the adapter depends on. */
export const DEPENDENCIES = ['marketplace', 'homeserver', 'storage', 'git', 'controller'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** What a hiring is bought with. */
export interface NewHiring {
  /** From now; a day without it. */
  readonly deadlineMs?: number | undefined;
  /** The change goes to the hirer's repository. */
  readonly pushes?: boolean | undefined;
}

/** Everything outside of the adapter, on real ports, each behind a gate; all by the clock of the stage. */
export class Outside {
  readonly clock: StageClock;
  readonly gates: Readonly<Record<Dependency, FaultyGate>>;
  readonly marketplace: RunningMarketplace;
  readonly hiclaw: RunningHiclaw;
  readonly git: GitServer;
  readonly worker: ScriptedWorker;
  readonly agents: readonly { readonly id: string; readonly apiKey: string }[];
  readonly #hirerId: string;
  readonly #closers: (() => Promise<unknown>)[];
  #hired = 0;

  private constructor(parts: {
    readonly clock: StageClock;
    readonly gates: Readonly<Record<Dependency, FaultyGate>>;
    readonly marketplace: RunningMarketplace;
    readonly hiclaw: RunningHiclaw;
    readonly git: GitServer;
    readonly callbackUrl: string;
    readonly agents: number;
    readonly closers: (() => Promise<unknown>)[];
  }) {
    this.clock = parts.clock;
    this.gates = parts.gates;
    this.marketplace = parts.marketplace;
    this.hiclaw = parts.hiclaw;
    this.git = parts.git;
    this.worker = new ScriptedWorker(parts.hiclaw, parts.clock);
    this.#closers = parts.closers;
    const { marketplace } = parts;
    this.#hirerId = marketplace.createUser({ name: 'Hirer', balance: '1000000.00' }).id;
    const ownerId = marketplace.createUser({ name: 'Owner' }).id;
    this.agents = Array.from({ length: parts.agents }, (_, index) =>
      marketplace.registerAgent({
        ownerId,
        name: `Writer ${index + 1}`,
        capabilities: ['writing'],
        category: 'writing',
        basePrice: '10.00',
        metadata: { callback_url: parts.callbackUrl },
      }),
    );
    parts.clock.atRest = () => this.worker.look();
  }

  /** Starts all of it, with so many agents. */
  static async start(agents = 1): Promise<Outside> {
    const clock = new StageClock(START_MS);
    const closers: (() => Promise<unknown>)[] = [];
    const marketplace = await startMarketplace({
      clock: { now: () => clock.nowMs(), after: (delayMs, run) => clock.after(delayMs, run) },
      // Whether the agent is there is not what this is about, nor how much it may ask, unless a test says so.
      switches: { ping_interval_s: 0, rate_limit_per_minute: 100_000 },
    });
    closers.push(async () => await marketplace.close());
    const hiclaw = await startHiclaw({
      workers: [{ name: 'alice', running: false }],
      clock: {
        now: () => clock.nowMs(),
        sleep: async (durationMs, signal) =>
          await clock.sleep(durationMs, signal ?? new AbortController().signal),
      },
    });
    closers.push(async () => await hiclaw.close());
    const git = await startGitServer({ token: GIT_TOKEN });
    closers.push(async () => await git.close());
    const controller = await listening((incoming, outgoing) => {
      incoming.resume();
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"phase":"Running"}');
    });
    closers.push(controller.close);
    // Anyone who probes the agent or tells it of a hiring is answered.
    const callback = await listening((incoming, outgoing) => {
      incoming.resume();
      outgoing.writeHead(200).end();
    });
    closers.push(callback.close);
    const gateBefore = async (url: string): Promise<FaultyGate> => {
      const gate = await FaultyGate.before(url, () => clock.nowMs());
      closers.push(async () => await gate.close());
      return gate;
    };
    const gates = {
      marketplace: await gateBefore(marketplace.url),
      homeserver: await gateBefore(hiclaw.homeserver.url),
      storage: await gateBefore(hiclaw.storage.endpoint),
      git: await gateBefore(git.url),
      controller: await gateBefore(controller.url),
    };
    const callbackUrl = callback.url;
    return new Outside({ clock, gates, marketplace, hiclaw, git, callbackUrl, agents, closers });
  }

  /** A hirer buys work of an agent; resolves once it is in progress. */
  async hire(hiring: NewHiring = {}, [agent] = this.agents): Promise<HiringSnapshot> {
    if (agent === undefined) throw new Error('there is no agent on the stage');
    const { deadlineMs = 24 * 3_600_000, pushes = false } = hiring;
    this.#hired += 1;
    const { id } = this.marketplace.hire({
      hirerId: this.#hirerId,
      agentId: agent.id,
      taskDescription: 'Write a haiku about the sea in autumn',
      deadlineAt: new Date(this.clock.nowMs() + deadlineMs).toISOString(),
      ...(pushes && {
        deliveryMode: 'push',
        repoUrl: (await this.#repository()).replace(this.git.url, this.gates.git.url),
        repoAccessToken: GIT_TOKEN,
      }),
    });
    return await this.marketplace.hirings.when(id, 'in_progress');
  }

  /** How many commits the newest hiring brought into its repository. */
  async commitsPushed(): Promise<number> {
    const name = this.#repositoryName();
    let count = 0;
    for (const branch of await this.git.branchesOf(name)) {
      if (branch !== 'main') count += (await this.git.commitsOf(name, branch)).length - 1;
    }
    return count;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }

  async #repository(): Promise<string> {
    return await this.git.create(this.#repositoryName(), REPOSITORY_FILES);
  }

  #repositoryName(): string {
    return `hirer/sea-${this.#hired}`;
  }
}

async function listening(
  listener: http.RequestListener,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () =>
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
