import {
  agentIdSchema,
  hiringIdSchema,
  NONCE_DIGITS,
  taskIdOf,
  unreadHiring,
  type Hiring,
  type Settlement,
  type TaskId,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { OtherWriters } from '../src/checks/other-writers.ts';
import { PaidAsReviewed } from '../src/checks/paid-as-reviewed.ts';
import { isItsTask, SETTLED_LATE, ASSIGNED_LATE, watchTheOutside } from '../src/checks/outside-invariants.ts';
import { Prng } from '../src/prng.ts';
import { UploadsOnce } from '../src/checks/uploads-once.ts';
import type { Disk } from '../src/disk.ts';
import { FakeAttemptRooms } from '../src/outside/attempt-rooms.ts';
import { Hirers } from '../src/outside/hirers.ts';
import { FakeHomeserver } from '../src/outside/homeserver.ts';
import { Intakes } from '../src/outside/intakes.ts';
import { FakeMarketplace } from '../src/outside/marketplace.ts';
import { FakeRepositories } from '../src/outside/repositories.ts';
import { FakeTaskFolders } from '../src/outside/task-folders.ts';
import { OutageSchedule } from '../src/outside/outages.ts';
import { StorePool } from '../src/store-pool.ts';
import type { Timeline } from '../src/timeline.ts';
import { InFlight } from '../src/in-flight.ts';
import type { Violations } from '../src/violations.ts';
import { calmStage } from './calm-stage.ts';

const START_MS = Date.parse('2026-11-23T10:00:00Z');
const MINUTE = 60_000;
const PROCESS = 'process-1';
const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-000000000000');
const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001');
const hiring: Hiring = {
  ...unreadHiring(hiringId),
  agentId,
  status: 'in_progress',
  description: 'Write a haiku about the sea in autumn',
  deliveryStated: true,
  price: '10.00',
};

const worker = { name: 'worker0', userId: '@worker0:x:18080', roomId: '!worker0:x:18080' };
const before = taskIdOf(hiringId, 1, 'a'.repeat(NONCE_DIGITS));
const after = taskIdOf(hiringId, 1, 'b'.repeat(NONCE_DIGITS));

const pool = new StorePool();
afterAll(async () => {
  await pool.close();
});

/** What may happen does, and at the earliest: what comes into a queue first is done first. */
class LowDice extends Prng {
  override next(): number {
    return 0;
  }
}

/** One outside without faults, but for settlements that all come into a queue, and what the rules say of it. */
class Watched {
  readonly timeline: Timeline;
  readonly lines: string[] = [];
  readonly violations: Violations;
  readonly disk: Disk;
  readonly marketplace: FakeMarketplace;
  readonly homeserver: FakeHomeserver;
  readonly messages = new InFlight<boolean>();
  readonly settlements = new InFlight<number>();

  constructor(disk: Disk) {
    this.disk = disk;
    const stage = calmStage(
      {
        chaosMs: 0,
        settlementOutages: 1,
        settlementAnswers: ['queued'],
        requestsPerMinute: undefined,
        roomPerAttempt: false,
        clearFirst: false,
      },
      START_MS,
      (line) => this.lines.push(line),
    );
    this.timeline = stage.timeline;
    this.violations = stage.violations;
    const prng = new LowDice(1, 'outside');
    const outageSchedule = new OutageSchedule(stage, prng);
    this.marketplace = new FakeMarketplace(stage, prng, outageSchedule);
    const folders = new FakeTaskFolders(stage, prng, outageSchedule);
    const rooms = new FakeAttemptRooms(stage, prng, outageSchedule);
    this.homeserver = new FakeHomeserver(stage, prng, outageSchedule, rooms);
    const elsewhere = new FakeMarketplace(stage, prng, outageSchedule);
    watchTheOutside(stage, {
      disk,
      marketplace: this.marketplace,
      homeserver: this.homeserver,
      folders,
      repositories: new FakeRepositories(stage, prng, outageSchedule),
      hirers: new Hirers(stage, prng, elsewhere, new Intakes(stage, prng, elsewhere, () => [])),
      judged: new PaidAsReviewed(this.violations),
      others: new OtherWriters(stage, folders, this.homeserver),
      uploads: new UploadsOnce(stage),
      claimOf: () => undefined,
      wasItsTask: (message) => this.messages.whenSent(message) ?? false,
      sentAtMsOf: (settlement) => this.settlements.whenSent(settlement),
    });
  }

  /** The attempt has this task from now on. */
  has(taskId: TaskId): void {
    this.disk.tamper('delete from attempts');
    this.disk.tamper(
      `insert into attempts (hiring_id, number, state, hiring, opened_at_ms, received_at_ms, progress, generation, slot_held, task_id)
       values (?, 1, 'staged', '{}', 0, 0, '{}', 1, 0, ?)`,
      hiringId,
      taskId,
    );
  }

  /** A process sends a message; gives what makes it arrive. */
  sends(
    taskId: TaskId,
    purpose: WorkerMessage['purpose'] = 'assignment',
    transactionId?: () => string,
  ): () => Promise<void> {
    const message: WorkerMessage = { worker, hiringId, attempt: 1, taskId, purpose, number: 1 };
    const sending = this.messages.sends(message, isItsTask(this.disk, message));
    return async () => void (await this.homeserver.seenBy(PROCESS, transactionId).send(sending));
  }

  get broken(): readonly string[] {
    return this.violations.all.map(({ rule }) => rule);
  }

  pass(forMs: number): void {
    const untilMs = this.timeline.nowMs + forMs;
    this.timeline.after(forMs, () => undefined);
    while (this.timeline.step(untilMs));
  }

  async read(): Promise<void> {
    await this.marketplace.seenBy(PROCESS).readHiring(agentId, hiringId);
  }

  /** A process sends the failure of an attempt, stored as it has to be. */
  async fail(attempt: number): Promise<void> {
    const settlement: Settlement = {
      endpoint: 'failure',
      generation: 1,
      idempotencyKey: `key-${attempt}`,
      body: `{"reason":"other","attempt":${attempt}}`,
      unknownSends: 0,
    };
    const { endpoint, generation, idempotencyKey, body } = settlement;
    this.disk.tamper(
      'insert into settlements (hiring_id, attempt, generation, endpoint, idempotency_key, body, unknown_sends) values (?, ?, ?, ?, ?, ?, 0)',
      hiringId,
      attempt,
      generation,
      endpoint,
      idempotencyKey,
      body,
    );
    const sending = this.settlements.sends(settlement, this.timeline.nowMs);
    await this.marketplace.seenBy(PROCESS).settle(agentId, hiringId, sending);
  }
}

let watched: Watched;
beforeEach(async () => {
  watched = new Watched(await pool.renew(() => START_MS));
});

describe('a settlement that waits in the queue of the marketplace', () => {
  /** Its attempt fails meanwhile, and the hirer has it run again. */
  async function queuedThenRetried(): Promise<void> {
    const listing = watched.marketplace.hire(agentId, hiring, 'in_progress');
    await watched.read();
    await watched.fail(1);
    watched.pass(1);
    watched.marketplace.setStatus(listing, 'failed');
    watched.marketplace.retry(listing);
  }

  test('was sent in time, though its process has settled the next attempt since', async () => {
    await queuedThenRetried();
    await watched.read();
    await watched.fail(2);
    watched.pass(MINUTE);
    expect(watched.broken).toEqual([]);
    expect(watched.lines.filter((line) => line.includes(SETTLED_LATE))).toHaveLength(1);
  });

  test('was not, where its process had been shown the next attempt', async () => {
    const listing = watched.marketplace.hire(agentId, hiring, 'in_progress');
    watched.marketplace.retry(listing);
    await watched.read();
    await watched.fail(1);
    await watched.read();
    await watched.fail(2);
    watched.pass(MINUTE);
    expect(watched.broken).toEqual(['a result of one attempt never settles another']);
  });
});

describe('a message to a worker', () => {
  const DOUBLED = 'one message per attempt, purpose and number';
  /** Nothing was staged here. */
  const rules = (): readonly string[] =>
    watched.broken.filter((rule) => rule !== 'told only what was staged');
  const late = (): number => watched.lines.filter((line) => line.includes(ASSIGNED_LATE)).length;

  test.each(['after', 'before'])(
    'that was under way as its folder was given up may arrive %s the one about the next folder',
    async (when) => {
      watched.has(before);
      const arrivesLate = watched.sends(before);
      watched.has(after);
      if (when === 'before') await arrivesLate();
      await watched.sends(after)();
      if (when === 'after') await arrivesLate();
      expect([rules(), late()]).toEqual([[], 1]);
    },
  );

  test('may not follow once its worker was told of the folder that is given up', async () => {
    watched.has(before);
    await watched.sends(before)();
    watched.has(after);
    await watched.sends(after)();
    expect(rules()).toEqual([DOUBLED]);
  });

  test('may not be sent about a folder that was given up before', async () => {
    watched.has(after);
    await watched.sends(after)();
    await watched.sends(before)();
    expect([rules(), late()]).toEqual([[DOUBLED], 0]);
  });

  test('takes back a task once, and each task for itself', async () => {
    watched.has(after);
    await watched.sends(before, 'stop')();
    await watched.sends(after, 'stop')();
    expect(rules()).toEqual([]);
    await watched.sends(before, 'stop', () => 'another transaction')();
    expect(rules()).toEqual([DOUBLED]);
  });
});
