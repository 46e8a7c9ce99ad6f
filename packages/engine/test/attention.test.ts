import { concernOf, DEFAULT_POLICY } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, someHiring, World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REVOKED = { kind: 'unauthorized', problem: 'the key is not accepted' } as const;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

describe('a key that is not accepted for a while', () => {
  test('while a result is settled: the stored settlement goes on, once', async () => {
    world.marketplace.settleFaults.push('later');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(4000);
    world.marketplace.readFault = REVOKED;
    await world.run(HOUR);
    // The operator is alerted as well.
    expect(concernOf(await world.record(id))?.code).toBe('settlement_delayed');
    expect(await world.state(id)).toBe('settling');
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(new Set(world.marketplace.arrived.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  test('while a worker is at work: it is watched again, not told again', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(1000);
    world.marketplace.readFault = REVOKED;
    await world.run(4 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect([await world.state(id), world.hiclaw.messages.length]).toEqual(['acknowledged', 1]);
  });

  test("when a hirer's retry is heard: it is read again until it is known", async () => {
    const id = await world.hire();
    await world.run();
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: `BLOCKED: ${world.task(id)} - no input came`,
    });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
    world.marketplace.retry(id);
    world.marketplace.readFault = REVOKED;
    await world.ingest(someHiring({ hiringId: id }), 'webhook');
    await world.run(HOUR);
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect((await world.record(id)).attempt?.number).toBe(2);
  });
});

describe('a worker that is silent', () => {
  test('after the last message: the owner is asked, and a late activity ends that', async () => {
    const id = await world.hire();
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    expect((await world.attentionOf(id))?.reason.code).toBe('worker_silent');
    await world.workerReads();
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('but read our message while the storage was down: it has the task', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.storageFault = 'connection refused';
    await world.workerReads();
    await world.run(1000);
    world.hiclaw.storageFault = undefined;
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('activities of another task do not count for this one', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    const readAtMs = world.nowMs;
    world.nowMs += 1000;
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: 'TASK_COMPLETED: agrenting-00000000-0000-0000-0000-000000000000-a1-000000000000000000000000 - the other',
    });
    await world.run();
    expect((await world.record(id)).attempt?.progress.lastActivityAtMs).toBe(readAtMs);
  });
});

describe('a result that is held', () => {
  test('is reviewed again once something better lies in the folder', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, 'The task has been completed.');
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    expect((await world.events(id)).filter((event) => event === 'submitted')).toHaveLength(1);
    await world.workerDelivers(id, HAIKU);
    await world.run(3 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.applied).toHaveLength(1);
  });

  test('is reviewed and held again, when it is no better', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, 'See report.md');
    await world.run(HOUR);
    await world.workerDelivers(id, 'Done.');
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    expect((await world.events(id)).filter((event) => event === 'submitted')).toHaveLength(2);
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('is reported as failed shortly before the deadline, so that the hirer is refunded', async () => {
    const id = await world.hire({ deadlineAtMs: world.nowMs + 2 * HOUR });
    await world.run();
    await world.workerDelivers(id, 'TODO');
    await world.run(114 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied.map(({ settlement }) => settlement.endpoint)).toEqual(['failure']);
  });
});

describe('a homeserver that refuses the assignment', () => {
  const refused = { kind: 'refused', problem: 'M_FORBIDDEN' } as const;

  test('for a moment needs nobody: its worker is notified within seconds', async () => {
    world.hiclaw.sendFaults.push(refused, refused, refused);
    const id = await world.hire();
    await world.run(30_000);
    expect(await world.state(id)).toBe('sent');
    const events = (await world.store.hirings.history(id)).map(({ event }) => event);
    expect(events).not.toContain('operator_required');
  });

  test('and goes on to do so needs a person within minutes', async () => {
    world.hiclaw.sendFaults.push(...Array.from({ length: 100 }, () => refused));
    const id = await world.hire();
    await world.run(10 * MINUTE);
    const { state, attempt } = (await world.store.hirings.find(id)) ?? {};
    expect([state, attempt?.progress.attention?.reason.code]).toEqual(['attention', 'message_refused']);
  });
});

describe('a deadline that passes while a person is needed', () => {
  test('finds the result that came meanwhile, and does not report it as failed', async () => {
    const id = await world.hire();
    await world.run();
    const refused = { kind: 'refused', problem: 'not in the room' } as const;
    world.hiclaw.sendFaults.push(...Array.from({ length: 100 }, () => refused));
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    world.hiclaw.sendFaults.length = 0;
    await world.workerDelivers(id, HAIKU);
    // Nobody looked, because the adapter was down until then.
    world.nowMs += 6 * HOUR;
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is reported as failed with the setting, as without attention', async () => {
    world.settings = { ...world.settings, failOverdue: true };
    const id = await world.hire({ deadlineAtMs: world.nowMs + 10 * MINUTE });
    await world.run();
    await world.workerReads();
    await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} QUESTION: which sea?` });
    await world.run(HOUR);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied[0]?.settlement.body).toContain('"reason":"timeout"');
  });

  test("tells the hirer nothing of the owner's own affairs", async () => {
    world.hiclaw.sendFaults.push(
      ...Array.from(
        { length: 1000 },
        () => ({ kind: 'refused', problem: 'http://10.0.0.7 said M_FORBIDDEN' }) as const,
      ),
    );
    const id = await world.hire();
    await world.run(6 * HOUR);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied[0]?.settlement.body).not.toContain('10.0.0.7');
  });
});

test("a worker's words stand in no cause, for causes are logged", async () => {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, questions: 'owner' }) };
  const id = await world.hire();
  await world.run();
  await world.hiclaw.showActivity(alice, {
    kind: 'message',
    text: `${REPORT_TO} QUESTION: is canary the key?`,
  });
  await world.run(MINUTE);
  const blocked = await world.hire();
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, concurrency: 2 }) };
  await world.run(MINUTE);
  await world.hiclaw.showActivity(alice, {
    kind: 'message',
    text: `BLOCKED: ${world.task(blocked)} - the canary file is missing`,
  });
  await world.run(MINUTE);
  expect([await world.state(id), await world.state(blocked)]).toEqual(['attention', 'failed']);
  const transitions = [
    ...(await world.store.hirings.history(id)),
    ...(await world.store.hirings.history(blocked)),
  ];
  expect(transitions.map(({ cause }) => cause).join('\n')).not.toContain('canary');
});

test('a worker whose start took long still gets the time to listen before it is notified', async () => {
  let starts = 0;
  world.hiclaw.ensureReady = async () => {
    starts += 1;
    if (starts > 1) return { kind: 'ready' };
    world.nowMs += MINUTE;
    return { kind: 'starting', waitMs: 30_000 };
  };
  const id = await world.hire();
  await world.run(29_000);
  expect([starts, await world.state(id), world.hiclaw.sends]).toEqual([1, 'staged', 0]);
});

test('an attempt that was settled once settles under a new generation when it is decided again', async () => {
  world.marketplace.settleFaults.push('refused');
  const id = await world.hire();
  await world.run();
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('attention');
  const [claim] = await world.store.hirings.claim({
    holder: 'operator',
    nowMs: world.nowMs + HOUR,
    leaseMs: 1000,
    limit: 1,
  });
  if (claim === undefined) throw new Error('nothing was due');
  const restart = { event: 'operator_restarted', cause: 'the operator', dueAtMs: world.nowMs } as const;
  expect(await world.store.hirings.commit(claim, restart, world.nowMs)).toBe('committed');
  world.hiclaw.write(world.task(id), 'result.md', `${HAIKU}\n(better)`);
  await world.run(5 * MINUTE);
  expect(await world.state(id)).toBe('completed');
  expect(world.marketplace.arrived.map(({ generation }) => generation)).toEqual([1, 3]);
});
