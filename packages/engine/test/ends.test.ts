import { DEFAULT_POLICY, isEnd, STATES, type HiringId, type OpenState } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNAVAILABLE = { kind: 'unavailable', problem: 'planted' } as const;

let world: World;
let deadlineAtMs: number;
beforeEach(() => {
  world = new World();
  deadlineAtMs = world.nowMs + HOUR;
  const deadline = { ...world.settings.deadline, maxDurationMs: 2 * HOUR, maxOverdueMs: 2 * HOUR };
  world.settings = { ...world.settings, deadline };
});
afterEach(async () => {
  await world.close();
});

async function hired(): Promise<HiringId> {
  const id = await world.hire({ deadlineAtMs });
  await world.run();
  return id;
}

async function taken(): Promise<HiringId> {
  const id = await hired();
  await world.workerReads();
  await world.run(1000);
  return id;
}

/** A wait that nobody ends, for each open state; one that is new has to be put here. */
const WAITS: Readonly<Record<OpenState, Readonly<Record<string, () => Promise<HiringId>>>>> = {
  received: {
    async 'the marketplace never starts it'() {
      const id = await world.hire({ deadlineAtMs });
      world.marketplace.setStatus(id, 'queued');
      return id;
    },
    async 'the marketplace never answers'() {
      world.marketplace.readFault = UNAVAILABLE;
      return await hired();
    },
  },
  confirmed: {
    async 'the storage is down'() {
      world.hiclaw.storageFault = 'planted';
      return await hired();
    },
    async 'no room can be opened'() {
      world.choice = { kind: 'worker', worker: alice, roomPerAttempt: true };
      world.hiclaw.open = async () => UNAVAILABLE;
      return await hired();
    },
  },
  staged: {
    async 'the worker has no place'() {
      world.ports.store.reserveWorker = async () => false;
      return await hired();
    },
    async 'the worker is always being started'() {
      world.hiclaw.ensureReady = async () => ({ kind: 'starting', waitMs: MINUTE });
      return await hired();
    },
    async 'the homeserver always asks for patience'() {
      world.hiclaw.send = async () => ({ kind: 'limited', retryAfterMs: MINUTE });
      return await hired();
    },
    async 'no worker may be told as yet'() {
      world.settings = { ...world.settings, adoptOnly: true };
      return await hired();
    },
  },
  sent: {
    'the worker shows no activity': hired,
    async 'the storage goes down'() {
      const id = await hired();
      world.hiclaw.storageFault = 'planted';
      return id;
    },
  },
  acknowledged: {
    'the worker does nothing more': taken,
    async 'the worker asks, and nobody answers'() {
      const id = await taken();
      await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} QUESTION: which sea?` });
      return id;
    },
    async 'the storage goes down'() {
      const id = await taken();
      world.hiclaw.storageFault = 'planted';
      return id;
    },
    async 'its result changes with every look'() {
      const id = await taken();
      let looks = 0;
      world.hiclaw.inspect = async () => ({
        kind: 'folder',
        metaStatus: 'completed',
        workerObjects: ['result.md'],
        versions: new Map([['result.md', '1']]),
        hasResult: true,
        changed: [],
        digest: String((looks += 1)),
      });
      world.settings = { ...world.settings, quietMs: MINUTE };
      return id;
    },
  },
  submitted: {
    async 'the result cannot be read'() {
      world.hiclaw.collect = async () => UNAVAILABLE;
      const id = await taken();
      await world.workerDelivers(id, HAIKU);
      return id;
    },
    async 'the files are never taken'() {
      world.marketplace.upload = async () => ({ kind: 'later', problem: 'planted' });
      const id = await taken();
      world.hiclaw.write(world.task(id), 'sea.txt', HAIKU);
      await world.workerDelivers(id, HAIKU);
      return id;
    },
  },
  settling: {
    async 'the key is not accepted'() {
      world.marketplace.settle = async () => ({ kind: 'unauthorized', problem: 'planted' });
      const id = await taken();
      await world.workerDelivers(id, HAIKU);
      return id;
    },
    async 'the marketplace always asks for patience'() {
      world.marketplace.settle = async () => ({ kind: 'later', problem: 'planted' });
      const id = await taken();
      await world.workerDelivers(id, HAIKU);
      return id;
    },
  },
  attention: {
    async 'the owner holds it back while its worker is at work'() {
      const id = await taken();
      await world.command(id, { kind: 'hold' });
      return id;
    },
    async 'nobody says yes to the work'() {
      world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, approve: 'work' }) };
      return await hired();
    },
    async 'nobody says yes to the result'() {
      world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, approve: 'results' }) };
      const id = await taken();
      await world.workerDelivers(id, HAIKU);
      return id;
    },
    async 'nobody answers the worker'() {
      world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, questions: 'owner' }) };
      const id = await taken();
      await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} QUESTION: which sea?` });
      return id;
    },
  },
};

/** The code of what it waits for, undefined at its end. */
async function codeOf(id: HiringId): Promise<string | undefined> {
  const record = await world.record(id);
  if (record.state !== 'attention') return undefined;
  return (record.attempt?.progress.attention ?? record.attention)?.reason.code;
}

const REFUNDED = ['failed', undefined, ['failure']];

/** State, code and settlements at last: none where the hiring is not ours, or the marketplace may have its settlement. */
const ENDS: Readonly<Record<OpenState, readonly unknown[]>> = {
  received: ['attention', 'not_confirmed', []],
  confirmed: REFUNDED,
  staged: REFUNDED,
  sent: REFUNDED,
  acknowledged: REFUNDED,
  submitted: REFUNDED,
  settling: ['attention', 'not_settled', []],
  attention: REFUNDED,
};

describe.each(STATES.filter((state) => !isEnd(state)))('in state %s', (state) => {
  test.each(Object.entries(WAITS[state]))('%s: it comes to an end', async (_, wait) => {
    const id = await wait();
    // In parts, so that a test that spins is seen.
    for (let hour = 0; hour < 4; hour += 1) await world.run(HOUR);
    const endpoints = world.marketplace.applied.map(({ settlement }) => settlement.endpoint);
    expect([await world.state(id), await codeOf(id), endpoints]).toEqual(ENDS[state]);
  });
});

test('a settlement that is not taken past the deadline is sent again automatically, under its key', async () => {
  const settle = world.marketplace.settle.bind(world.marketplace);
  const id = await WAITS.settling['the key is not accepted']?.();
  if (id === undefined) throw new Error('no such wait');
  for (let hour = 0; hour < 4; hour += 1) await world.run(HOUR);
  const key = (await world.record(id)).attempt?.settlement?.idempotencyKey;
  world.marketplace.settle = settle;
  await world.run(2 * HOUR);
  expect(await world.state(id)).toBe('completed');
  expect(world.marketplace.arrived.map(({ idempotencyKey }) => idempotencyKey)).toEqual([key]);
});

describe.each(['running', 'accepted', 'queued', 'constructor'])(
  'a hiring that is %s from the start',
  (status) => {
    test('is reported within minutes, once, is read further, and begins automatically', async () => {
      const id = await world.hire({ deadlineAtMs: world.nowMs + 6 * HOUR });
      world.marketplace.setStatus(id, status);
      await world.run(9 * MINUTE);
      expect(await world.state(id)).toBe('received');
      await world.run(4 * MINUTE);
      expect([await world.state(id), await codeOf(id)]).toEqual(['attention', 'not_confirmed']);
      const { reads } = world.marketplace;
      await world.run(HOUR);
      expect(world.marketplace.reads - reads).toBeGreaterThan(10);
      expect(await world.events(id)).toEqual(['operator_required']);
      world.marketplace.setStatus(id, 'in_progress');
      await world.run(6 * MINUTE);
      await world.workerReads();
      await world.workerDelivers(id, HAIKU);
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('completed');
    });

    test('and was heard before an outage is reported only once it has been so for minutes', async () => {
      const id = await world.hire();
      world.marketplace.readFault = UNAVAILABLE;
      await world.run(HOUR);
      world.marketplace.readFault = undefined;
      world.marketplace.setStatus(id, status);
      await world.run(5 * MINUTE);
      world.marketplace.setStatus(id, 'in_progress');
      await world.run(6 * MINUTE);
      expect(await world.events(id)).not.toContain('operator_required');
    });
  },
);

test('a hiring whose payment is pending is waited for as long as a hiring may take', async () => {
  const id = await world.hire();
  world.marketplace.setStatus(id, 'pending_payment');
  await world.run(HOUR);
  expect(await world.state(id)).toBe('received');
  await world.run(2 * HOUR);
  expect([await world.state(id), await codeOf(id)]).toEqual(['attention', 'not_confirmed']);
});

test('a hiring that never becomes ours is read less and less often, and begins when it does', async () => {
  const id = await WAITS.received['the marketplace never starts it']?.();
  if (id === undefined) throw new Error('no such wait');
  await world.run(24 * HOUR);
  expect(world.marketplace.reads).toBeLessThan(400);
  world.marketplace.setStatus(id, 'in_progress');
  await world.run(10 * MINUTE);
  expect((await world.record(id)).attempt?.number).toBe(1);
});

test('a result that is found long past the deadline is still taken', async () => {
  const id = await taken();
  await world.workerDelivers(id, HAIKU);
  world.nowMs += 48 * HOUR;
  await world.run(10 * MINUTE);
  expect(await world.state(id)).toBe('completed');
});

test.each(['mcp', 'webhook', 'poll'] as const)(
  'a dispute and a refund after the end are noted once each, as soon as %s tells of the hiring',
  async (intake) => {
    const id = await taken();
    await world.workerDelivers(id, HAIKU);
    await world.run(10 * MINUTE);
    const { attempt } = await world.record(id);
    if (attempt === undefined) throw new Error('it has no attempt');
    const before = await world.events(id);
    for (const status of ['disputed', 'disputed', 'refunded', 'refunded']) {
      world.marketplace.setStatus(id, status);
      await world.ingest(attempt.hiring, intake);
      await world.run(MINUTE);
    }
    expect((await world.events(id)).slice(before.length)).toEqual(['dispute_opened', 'payment_reversed']);
    expect(await world.record(id)).toMatchObject({ state: 'completed', money: 'unpaid' });
  },
);

test('what is disputed when it ends is known to be, and is paid when that is decided so', async () => {
  const id = await taken();
  world.marketplace.setStatus(id, 'disputed');
  await world.run(10 * MINUTE);
  const record = await world.record(id);
  expect(record).toMatchObject({ state: 'cancelled', money: 'unpaid_disputed' });
  for (const status of ['disputed', 'completed']) {
    world.marketplace.setStatus(id, status);
    await world.ingest(record.received.hiring);
    await world.run(MINUTE);
  }
  expect((await world.events(id)).slice(-2)).toEqual(['over_disputed', 'payment_released']);
  expect(await world.record(id)).toMatchObject({ state: 'cancelled', money: 'paid' });
});
