import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createMarketplace, createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import {
  agentIdSchema,
  DEFAULT_POLICY,
  hiringIdSchema,
  parseDocumentForm,
  Secret,
  versionOf,
  type Clock,
  type HiringId,
  type Marketplace,
  type Transition,
  type Store,
  commandHiring,
} from '@agrenting-hiclaw/core/domain';
import { DEFAULT_SETTINGS, startEngine, type EnginePorts } from '@agrenting-hiclaw/engine';
import { createGitRepositories } from '@agrenting-hiclaw/git';
import {
  createAttemptRooms,
  createHomeserver,
  createLifecycle,
  createMessenger,
  createObjectStore,
  createRoomListener,
  createTaskStorage,
  type Homeserver,
} from '@agrenting-hiclaw/hiclaw';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { createTaskIds } from '../../src/task-ids.ts';
import { GIT_TOKEN, type Outside } from './outside.ts';
import type { StageClock } from './stage-clock.ts';

/** How long a request may take in the machine's own time: short where a test waits for the end of it. */
const PATIENCE_MS = { usual: 10_000, short: 150 };
/** What a request that has no answer takes by the clock of the stage. */
const SILENCE_MS = 20_000;
/** Between two looks of the ear into the rooms. */
const LISTEN_MS = 15_000;
const MINUTE_MS = 60_000;

interface StorePlace {
  readonly file: string;
  readonly key: string;
}

export interface AdapterOptions {
  /** The outside says nothing at times, so that requests end by their own limits. */
  readonly meetsSilence?: boolean | undefined;
  /** Another process over the same store, which lives longer. */
  readonly beside?: RunningAdapter | undefined;
  /** The owner wants to say yes to each result. */
  readonly asksForYes?: boolean | undefined;
  readonly onTransition?: ((transition: Transition) => void) | undefined;
}

/** Engine, store and the real clients of everything outside, in one process, by the clock of the stage. */
export class RunningAdapter {
  readonly store: Store;
  readonly troubles: string[] = [];
  /** What nobody foresaw. */
  readonly errors: string[] = [];
  readonly place: StorePlace;
  readonly #outside: Outside;
  readonly #closers: (() => Promise<unknown> | void)[] = [];

  constructor(outside: Outside, options: AdapterOptions = {}) {
    const { clock } = outside;
    this.#outside = outside;
    const { file, key } = options.beside?.place ?? this.#newPlace();
    this.place = { file, key };
    this.store = openStore({
      file,
      key: EncryptionKey.fromText(key),
      clockNowMs: () => clock.nowMs(),
    });
    this.#closers.push(async () => await this.store.close());
    const stopping = new AbortController();
    const patienceMs = options.meetsSilence === true ? PATIENCE_MS.short : PATIENCE_MS.usual;
    const { homeserver, ...hiclaw } = this.#hiclaw(patienceMs);
    const ports: EnginePorts = {
      clock,
      random: () => 0.5,
      taskIds: createTaskIds(new Secret(key)),
      store: this.store.hirings,
      activities: this.store.activities,
      marketplace: this.#marketplaceOf(patienceMs),
      ...hiclaw,
      repositories: this.#repositories(patienceMs),
    };
    const engine = startEngine({
      ports: atStage(clock, ports, async () => {
        if (Object.values(outside.gates).some(({ outage }) => outage?.answer.kind === 'silence')) {
          await clock.sleep(SILENCE_MS, stopping.signal);
        }
      }),
      settings: {
        ...DEFAULT_SETTINGS,
        holder: `stage ${options.beside === undefined ? 1 : 2}`,
        reportTo: homeserver.userId,
        // Nobody else has this store, so it need not be asked over and over.
        pollMs: 30 * MINUTE_MS,
        inspectMs: MINUTE_MS,
        policy: () => ({
          ...DEFAULT_POLICY,
          concurrency: 10,
          approve: options.asksForYes === true ? 'results' : 'nothing',
        }),
      },
      events: {
        onStepFailed: ({ state, problem }) => void this.troubles.push(`${state}: ${problem}`),
        onTransition: (transition) => options.onTransition?.(transition),
        onError: (problem, cause) =>
          void this.errors.push(`${problem}${cause instanceof Error ? ` (${cause.stack})` : ''}`),
      },
    });
    // One of them hears for all.
    const ear = options.beside === undefined ? this.#listen(homeserver, stopping.signal) : undefined;
    this.#closers.push(async () => {
      stopping.abort();
      await ear;
      await engine.close();
    });
  }

  /** An intake hears of a hiring. */
  async ingest(id: string): Promise<HiringId> {
    const hiringId = hiringIdSchema.parse(id);
    const snapshot = this.#outside.marketplace.hirings.get(id);
    const agentId = agentIdSchema.parse(snapshot?.agentId);
    const parsed = parseDocumentForm({
      id,
      agent_id: agentId,
      status: snapshot?.status,
      task_description: snapshot?.taskDescription,
      // Lists show what the detail does not.
      ...(snapshot?.deliveryMode === 'push' && {
        task_input: {
          delivery_mode: 'push',
          repo_url: snapshot.repoUrl,
          repo_access_token: GIT_TOKEN,
        },
      }),
    });
    const atMs = this.#outside.clock.nowMs();
    await this.store.hirings.accept([{ intake: 'poll', agentId, atMs, parsed, raw: '{}' }]);
    return hiringId;
  }

  /** The owner says yes to what a hiring waits with. */
  async approve(hiringId: HiringId): Promise<void> {
    await this.#outside.clock.during(async () => {
      const record = await this.store.hirings.find(hiringId);
      if (record === undefined) throw new Error(`no hiring ${hiringId}`);
      await commandHiring(this.store, hiringId, { kind: 'approve', version: versionOf(record) });
    });
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }

  #newPlace(): StorePlace {
    const folder = mkdtempSync(join(tmpdir(), 'outages-'));
    this.#closers.push(() => rmSync(folder, { recursive: true }));
    return { file: join(folder, 'store.db'), key: randomBytes(32).toString('base64') };
  }

  #marketplaceOf(patienceMs: number): Marketplace {
    const { clock, gates, agents } = this.#outside;
    const base = parseBaseUrl(gates.marketplace.url);
    if (base.kind !== 'valid') throw new Error(base.problem);
    const client = createRestClient({
      baseUrl: base.baseUrl,
      clock: impatient(clock, patienceMs),
      budgets: this.store.requestBudgets,
    });
    this.#closers.push(() => client.close());
    return createMarketplace({
      client,
      agents: agents.map(({ id, apiKey }) => ({ agentId: agentIdSchema.parse(id), key: new Secret(apiKey) })),
    });
  }

  #hiclaw(patienceMs: number) {
    const { clock, gates, hiclaw } = this.#outside;
    const { serverName, adapter } = hiclaw.homeserver;
    const homeserver = createHomeserver({
      url: gates.homeserver.url,
      serverName,
      userId: adapter.userId,
      accessToken: new Secret(adapter.accessToken),
      requestTimeoutMs: patienceMs,
    });
    const store = createObjectStore({
      ...hiclaw.storage,
      endpoint: gates.storage.url,
      secretKey: new Secret(hiclaw.storage.secretKey),
      timeoutMs: patienceMs,
    });
    const lifecycle = createLifecycle({
      driver: 'rest',
      url: gates.controller.url,
      token: async () => new Secret('controller-token'),
      timeoutMs: patienceMs,
    });
    this.#closers.push(() => {
      lifecycle.close();
      homeserver.close();
      store.close();
    });
    const { name, userId, roomId } = hiclaw.worker('alice');
    return {
      homeserver,
      messenger: createMessenger({ homeserver, clock }),
      rooms: createAttemptRooms({ homeserver }),
      storage: createTaskStorage({ store, ourUserId: homeserver.userId, profile: '1.0' }),
      lifecycle,
      directory: {
        choose: async () =>
          ({ kind: 'worker', worker: { name, userId, roomId }, roomPerAttempt: false }) as const,
      },
    };
  }

  #repositories(patienceMs: number) {
    const { gates } = this.#outside;
    return createGitRepositories({
      hosts: [{ origin: gates.git.url, private: true }],
      // Git itself takes longer to start than a silent server is to be waited for.
      timeoutMs: Math.max(2_000, patienceMs),
      searchPath: process.env['PATH'],
    });
  }

  /** The ear in the worker's room. It asks again and again instead of having the homeserver wait. */
  async #listen(homeserver: Homeserver, signal: AbortSignal): Promise<void> {
    const { clock, hiclaw } = this.#outside;
    const paced: Homeserver = {
      ...homeserver,
      async call(call) {
        if (call.path === '/v3/sync') await clock.sleep(LISTEN_MS, signal);
        return await clock.during(async () => await homeserver.call(call));
      },
    };
    const { userId, roomId } = hiclaw.worker('alice');
    await createRoomListener({
      homeserver: paced,
      activityLog: this.store.activities,
      clock,
      random: () => 0.5,
      rooms: async () => [{ userId, roomId }],
      sinceMs: clock.nowMs(),
      longPollMs: 0,
    }).run(signal);
  }
}

/** Waits for answers by the machine's own time, which is the time of real servers. */
function impatient(clock: StageClock, patienceMs: number): Clock {
  return {
    nowMs: () => clock.nowMs(),
    elapsedMs: () => clock.elapsedMs(),
    sleep: async (_waitMs, signal) => {
      await pause(patienceMs, undefined, { signal }).catch(() => undefined);
    },
  };
}

/** The ports, during whose calls the time of the stage stands still. `after` runs behind each of them. */
function atStage(clock: StageClock, ports: EnginePorts, after: () => Promise<void>): EnginePorts {
  const { marketplace, messenger, rooms, storage, lifecycle, repositories } = ports;
  const timed =
    <Arguments extends readonly unknown[], Outcome>(call: (...given: Arguments) => Promise<Outcome>) =>
    async (...given: Arguments): Promise<Outcome> => {
      const outcome = await clock.during(async () => await call(...given));
      await after();
      return outcome;
    };
  return {
    ...ports,
    marketplace: {
      readHiring: timed(async (...given) => await marketplace.readHiring(...given)),
      settle: timed(async (...given) => await marketplace.settle(...given)),
      upload: timed(async (...given) => await marketplace.upload(...given)),
      artifacts: timed(async (...given) => await marketplace.artifacts(...given)),
      artifactDigest: timed(async (...given) => await marketplace.artifactDigest(...given)),
      sendMessage: timed(async (...given) => await marketplace.sendMessage(...given)),
      context: timed(async (...given) => await marketplace.context(...given)),
    },
    messenger: {
      send: timed(async (...given) => await messenger.send(...given)),
      findAssignments: timed(async (...given) => await messenger.findAssignments(...given)),
    },
    rooms: { open: timed(async (...given) => await rooms.open(...given)) },
    storage: {
      stage: timed(async (...given) => await storage.stage(...given)),
      inspect: timed(async (...given) => await storage.inspect(...given)),
      verify: timed(async (...given) => await storage.verify(...given)),
      collect: timed(async (...given) => await storage.collect(...given)),
      read: timed(async (...given) => await storage.read(...given)),
      addMessage: timed(async (...given) => await storage.addMessage(...given)),
      forgetToken: timed(async (...given) => await storage.forgetToken(...given)),
      noteDelegated: timed(async (...given) => await storage.noteDelegated(...given)),
    },
    lifecycle: { ensureReady: timed(async (...given) => await lifecycle.ensureReady(...given)) },
    repositories: repositories && {
      source: timed(async (...given) => await repositories.source(...given)),
      push: timed(async (...given) => await repositories.push(...given)),
    },
  };
}
