import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const MINUTE_MS = 60_000;
const AHEAD_MS = 8 * 60 * MINUTE_MS;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

/** What goes on before the clock is set right, the later ones after the earlier ones. */
const POINTS = ['received', 'sent', 'acknowledged', 'delivered'] as const;

describe('a clock that was eight hours ahead is set right', () => {
  test.for(POINTS)('once a hiring was %s: it is done in minutes all the same', async (point) => {
    const reached = POINTS.indexOf(point);
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const id = await world.hire({ deadlineAtMs });
    if (reached >= 1) await world.run();
    if (reached >= 2) {
      await world.workerReads();
      await world.run(1_000);
    }
    if (reached >= 3) {
      await world.workerDelivers(id, 'The sea in autumn, grey and wide, keeps what the summer said.');
      await world.run();
    }
    world.nowMs -= AHEAD_MS;
    await world.run(MINUTE_MS);
    if (reached < 2) await world.workerReads();
    if (reached < 3) await world.workerDelivers(id, 'The sea in autumn, grey and wide, keeps its word.');
    await world.run(2 * MINUTE_MS);
    expect(await world.state(id)).toBe('completed');
    expect(world.hiclaw.messages).toHaveLength(1);
  });

  test.for(['sent', 'acknowledged'] as const)('the silence of a worker is seen, %s', async (point) => {
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const id = await world.hire({ deadlineAtMs });
    await world.run();
    if (point === 'acknowledged') {
      await world.workerReads();
      await world.run(1_000);
    }
    world.nowMs -= AHEAD_MS;
    await world.run(20 * MINUTE_MS);
    expect(world.hiclaw.messages.length).toBeGreaterThan(1);
    await world.hiclaw.showActivity(alice, { kind: 'typing' });
    await world.workerDelivers(id, 'The sea in autumn, grey and wide, keeps what the summer said.');
    await world.run(2 * MINUTE_MS);
    expect(await world.state(id)).toBe('completed');
  });

  test('a hiring is read again at once, and what the marketplace says of it is seen', async () => {
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const id = await world.hire({ deadlineAtMs });
    await world.run();
    world.nowMs -= AHEAD_MS;
    await world.run(11_000);
    world.marketplace.setStatus(id, 'cancelled');
    await world.run(2 * MINUTE_MS);
    expect(await world.state(id)).toBe('cancelled');
  });

  test('what was heard before a pause is done, and what comes after it is not', async () => {
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const before = await world.hire({ deadlineAtMs });
    world.nowMs -= AHEAD_MS;
    await world.store.pauses.pause(undefined, world.nowMs);
    const after = await world.hire({ deadlineAtMs });
    await world.run(MINUTE_MS);
    expect([await world.state(before), await world.state(after)]).toEqual(['sent', 'failed']);
  });

  test('a pause that began before that keeps out what comes after it', async () => {
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const before = await world.hire({ deadlineAtMs });
    await world.store.pauses.pause(undefined, world.nowMs);
    world.nowMs -= AHEAD_MS;
    const after = await world.hire({ deadlineAtMs });
    await world.run(MINUTE_MS);
    expect([await world.state(before), await world.state(after)]).toEqual(['sent', 'failed']);
  });

  test("a hirer's retry that was heard and could not be read is run", async () => {
    const deadlineAtMs = world.nowMs + 6 * AHEAD_MS;
    world.nowMs += AHEAD_MS;
    const id = await world.hire({ deadlineAtMs });
    world.marketplace.setStatus(id, 'failed');
    await world.run();
    expect(await world.state(id)).toBe('failed');
    world.marketplace.retry(id);
    world.marketplace.readFault = { kind: 'unauthorized', problem: 'planted: forbidden' };
    await world.ingest(world.marketplace.hiringOf(id));
    await world.run();
    world.nowMs -= AHEAD_MS;
    world.marketplace.readFault = undefined;
    await world.run(2 * MINUTE_MS);
    expect(await world.state(id)).toBe('sent');
  });

  test('a worker that was to forget is notified of its task', async () => {
    world.choice = { kind: 'worker', worker: alice, roomPerAttempt: false, clearFirst: true };
    world.nowMs += AHEAD_MS;
    await world.hire({ deadlineAtMs: world.nowMs + 6 * AHEAD_MS });
    await world.run();
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['clear']);
    world.nowMs -= AHEAD_MS;
    await world.run(MINUTE_MS);
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['clear', 'assignment']);
  });
});

test('a worker that was told is found by a clock that dates the hiring after its message', async () => {
  world.hiclaw.sendFaults.push('lost after');
  const id = await world.hire({ createdAtMs: world.nowMs + 15 * MINUTE_MS });
  await world.run();
  await world.hiclaw.showActivity(alice, { kind: 'typing' });
  await world.workerDelivers(id, 'The sea in autumn, grey and wide, keeps what the summer said.');
  await world.run(10 * MINUTE_MS);
  expect(await world.state(id)).toBe('completed');
  expect(world.hiclaw.messages).toHaveLength(1);
});
