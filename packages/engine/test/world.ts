import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agentIdSchema,
  DEFAULT_POLICY,
  hiringIdSchema,
  NONCE_DIGITS,
  taskIdOf,
  versionOf,
  type AttemptProgress,
  type Clock,
  type Decision,
  type Hiring,
  type HiringId,
  type HiringRecord,
  type Intake,
  type OperatorCommand,
  type Policy,
  type TaskId,
  type TaskIds,
  type WorkerChoice,
  type CommandOutcome,
  type Store,
  commandHiring,
} from '@agrenting-hiclaw/core/domain';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { StepReading, type EnginePorts } from '../src/context.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from '../src/settings.ts';
import { step } from '../src/step.ts';
import { FakeHiclaw } from './fakes/hiclaw.ts';
import { FakeMarketplace } from './fakes/marketplace.ts';

const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
export const alice = { name: 'alice', userId: '@alice:x:18080', roomId: '!alice:x:18080' };
export const REPORT_TO = '@agrenting:x:18080';
/** The same for every world, since a restored store needs the key that it was made with. */
export const STORE_KEY = EncryptionKey.fromText(randomBytes(32).toString('base64'));
const START_MS = Date.parse('2026-11-23T10:00:00Z');
const MAX_STEPS = 5000;

/** As under one key: the same for every world. */
const taskIds: TaskIds = (hiringId, attempt, renewal) => {
  const digest = createHash('sha256').update(`${hiringId}/${attempt}/${renewal}`).digest('hex');
  return taskIdOf(hiringId, attempt, digest.slice(0, NONCE_DIGITS));
};

let hired = 0;

/** A hiring as the marketplace shows it, due in six hours. */
export function someHiring(changes: Partial<Hiring> = {}): Hiring {
  hired += 1;
  const last = hired.toString(16).padStart(12, '0');
  return {
    hiringId: hiringIdSchema.parse(`550e8400-e29b-41d4-a716-${last}`),
    agentId,
    status: 'in_progress',
    marker: {},
    description: 'Write a haiku about the sea in autumn',
    deliveryMode: 'output',
    deliveryStated: true,
    price: '10.00',
    createdAtMs: START_MS,
    deadlineAtMs: START_MS + 6 * 3_600_000,
    extras: {},
    problems: [],
    ...changes,
  };
}

/** The engine's steps over the real store, under a clock of the test, with fakes for everything outside. */
export class World {
  readonly #folder = mkdtempSync(join(tmpdir(), 'engine-'));
  nowMs = START_MS;
  readonly store: Store;
  readonly marketplace: FakeMarketplace;
  readonly hiclaw: FakeHiclaw;

  /** With what stands outside of another world: the store of that one is gone, but for a file that was restored. */
  constructor(outside?: Pick<World, 'marketplace' | 'hiclaw' | 'nowMs'>, restoredFile?: string) {
    this.nowMs = outside?.nowMs ?? this.nowMs;
    const file = restoredFile ?? join(this.#folder, 'store.db');
    this.store = openStore({ file, key: STORE_KEY, clockNowMs: () => this.nowMs });
    this.marketplace = outside?.marketplace ?? new FakeMarketplace();
    this.hiclaw =
      outside?.hiclaw ??
      new FakeHiclaw(
        this.store.activities,
        () => this.nowMs,
        () => this.nowMs - this.#setMs,
      );
    this.ports = {
      clock: {
        nowMs: () => this.nowMs,
        elapsedMs: () => this.nowMs - this.#setMs,
        sleep: async () => await Promise.resolve(),
      },
      random: () => 0.5,
      taskIds,
      store: this.store.hirings,
      activities: this.#listening(),
      marketplace: this.marketplace,
      messenger: this.hiclaw,
      rooms: this.hiclaw,
      storage: this.hiclaw,
      lifecycle: this.hiclaw,
      directory: { choose: async () => this.choice },
    };
  }

  /** By how much the clock was set. */
  #setMs = 0;

  /** Somebody sets the clock: no time passes. */
  setClock(byMs: number): void {
    this.nowMs += byMs;
    this.#setMs += byMs;
  }

  /** Set while nobody hears what workers say: since when. */
  offlineSinceMs: number | undefined;

  /** The activities in the store, received without a pause except when it is offline. */
  #listening(): EnginePorts['activities'] {
    const { activities } = this.store;
    return {
      position: async (account) => await activities.position(account),
      syncedUntilMs: async () => await Promise.resolve(this.offlineSinceMs ?? this.nowMs),
      listenedMs: async () => await Promise.resolve((this.offlineSinceMs ?? this.nowMs) - this.#setMs),
      record: async (...seen) => await activities.record(...seen),
      since: async (...from) => await activities.since(...from),
      latest: async () => await activities.latest(),
    };
  }

  choice: WorkerChoice = { kind: 'worker', worker: alice, roomPerAttempt: false };
  settings: EngineSettings = { ...DEFAULT_SETTINGS, holder: 'test', reportTo: REPORT_TO };
  ports: EnginePorts;

  /** Its time stands still; sleepers wake when they are called. */
  restingClock(): Clock {
    return {
      ...this.ports.clock,
      sleep: async (_waitMs, signal) =>
        await new Promise((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve());
        }),
    };
  }

  /** The marketplace sells a hiring, and an intake hears it. */
  async hire(changes: Partial<Hiring> = {}): Promise<HiringId> {
    const hiring = someHiring(changes);
    this.marketplace.hire(hiring);
    await this.ingest(hiring);
    return hiring.hiringId;
  }

  async ingest(hiring: Hiring, intake: Intake = 'mcp'): Promise<void> {
    const parsed = { kind: 'hiring', hiring } as const;
    await this.store.hirings.accept([
      { intake, agentId, atMs: this.nowMs, parsed, raw: JSON.stringify(hiring) },
    ]);
  }

  /** Runs every step that is due until `untilMs` from now, moving the clock from due time to due time. */
  async run(forMs = 0): Promise<void> {
    let leftMs = forMs;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const claims = await this.store.hirings.claim({
        holder: 'test',
        nowMs: this.nowMs,
        leaseMs: 30_000,
        limit: 10,
      });
      for (const claim of claims) {
        const context = {
          claim,
          record: claim.record,
          ports: this.ports,
          settings: this.settings,
          nowMs: this.nowMs,
          reading: new StepReading(),
        };
        await this.store.hirings.commit(claim, await step(context), this.nowMs);
      }
      if (claims.length > 0) continue;
      const nextMs = await this.store.hirings.nextDueAtMs();
      const waitMs = Math.max(1, (nextMs ?? Infinity) - this.nowMs);
      if (waitMs > leftMs) {
        this.nowMs += leftMs;
        return;
      }
      leftMs -= waitMs;
      this.nowMs += waitMs;
    }
    throw new Error(`still busy after ${MAX_STEPS} steps: a loop spins`);
  }

  async record(hiringId: HiringId): Promise<HiringRecord> {
    const record = await this.store.hirings.find(hiringId);
    if (record === undefined) throw new Error(`no hiring ${hiringId}`);
    return record;
  }

  /** The operator decides about a hiring as it is now, or says something. */
  async command(
    hiringId: HiringId,
    command: Decision | Extract<OperatorCommand, { kind: 'message' }>,
  ): Promise<CommandOutcome> {
    if (command.kind === 'message') return await commandHiring(this.store, hiringId, command);
    const version = versionOf(await this.record(hiringId));
    return await commandHiring(this.store, hiringId, { ...command, version });
  }

  async state(hiringId: HiringId): Promise<string> {
    return (await this.record(hiringId)).state;
  }

  async events(hiringId: HiringId): Promise<string[]> {
    return (await this.store.hirings.history(hiringId)).map(({ event }) => event);
  }

  task(hiringId: HiringId, attempt = 1, renewal = 0): TaskId {
    return this.ports.taskIds(hiringId, attempt, renewal);
  }

  /** The worker reads our newest message, as the Python runtimes show it. */
  async workerReads(): Promise<void> {
    await this.hiclaw.showActivity(alice, { kind: 'receipt', eventId: `$${this.hiclaw.messages.length}` });
    await this.hiclaw.showActivity(alice, { kind: 'typing' });
  }

  /** A hiring that its worker has read and works on, under other rules of its owner where some are given. */
  async atWork(policy?: Partial<Policy>): Promise<HiringId> {
    if (policy !== undefined) {
      this.settings = { ...this.settings, policy: () => ({ ...DEFAULT_POLICY, ...policy }) };
    }
    const id = await this.hire();
    await this.run();
    await this.workerReads();
    await this.run();
    return id;
  }

  /** The line with which a worker reports of a task. */
  line(id: HiringId, marker: string, words: string): string {
    return `${REPORT_TO} ${marker}: ${this.task(id)} - ${words}`;
  }

  /** The usual worker says something in its room. */
  async says(text: string, eventId?: string): Promise<void> {
    await this.hiclaw.showActivity(alice, { kind: 'message', text, eventId });
  }

  async attentionOf(id: HiringId): Promise<AttemptProgress['attention']> {
    return (await this.record(id)).attempt?.progress.attention;
  }

  /** The worker delivers and says so. */
  async workerDelivers(hiringId: HiringId, text: string, task = this.task(hiringId)): Promise<void> {
    this.hiclaw.write(task, 'result.md', text);
    const { worker = alice } = (await this.record(hiringId)).attempt?.progress ?? {};
    const said = { kind: 'message', text: `${REPORT_TO} TASK_COMPLETED: ${task} - done` } as const;
    await this.hiclaw.showActivity(worker, said, this.store.activities);
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.#folder, { recursive: true });
  }
}
