import { afterEach, beforeEach, expect, test } from 'vitest';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

/** A hiring that is due in two hours, by the marketplace at first. */
async function dueInTwoHours(): Promise<Awaited<ReturnType<World['hire']>>> {
  const id = await world.hire({ deadlineAtMs: world.nowMs + 2 * HOUR });
  await world.run();
  return id;
}

/** The marketplace shows another deadline from now on, or none. */
function transition(id: Awaited<ReturnType<World['hire']>>, deadlineAtMs: number | undefined): void {
  world.marketplace.hire({ ...world.marketplace.hiringOf(id), deadlineAtMs });
}

const settledBy = () => world.marketplace.applied.map(({ settlement }) => settlement.endpoint);

test('a hirer that gives more time is refunded at the new deadline, and not at the old one', async () => {
  const id = await dueInTwoHours();
  transition(id, world.nowMs + 20 * HOUR);
  await world.workerReads();
  await world.workerDelivers(id, 'ok'); // Too short for the gate: held for its owner.
  await world.run(3 * HOUR);
  expect([await world.state(id), settledBy()]).toEqual(['attention', []]);
  await world.run(16 * HOUR);
  expect(await world.state(id)).toBe('attention');
  await world.run(HOUR);
  expect([await world.state(id), settledBy()]).toEqual(['failed', ['failure']]);
});

test('a task that no worker has taken is given up by the new deadline, earlier or later', async () => {
  const later = await dueInTwoHours();
  transition(later, world.nowMs + 4 * HOUR);
  const earlier = await dueInTwoHours();
  transition(earlier, world.nowMs + HOUR);
  await world.run(57 * MINUTE);
  expect([await world.state(later), await world.state(earlier)]).toEqual(['attention', 'failed']);
  await world.run(2.5 * HOUR);
  expect(await world.state(later)).toBe('attention');
  await world.run(HOUR);
  expect(await world.state(later)).toBe('failed');
});

test('a read that states no deadline takes none away, and the task folder stays as it was written', async () => {
  const id = await dueInTwoHours();
  const [order] = world.hiclaw.orders();
  transition(id, world.nowMs + 3 * HOUR);
  await world.run(5 * MINUTE);
  transition(id, undefined);
  await world.run(2 * HOUR);
  expect(await world.state(id)).toBe('attention');
  await world.run(HOUR);
  expect(await world.state(id)).toBe('failed');
  expect(world.hiclaw.orders()).toEqual([order]);
});
