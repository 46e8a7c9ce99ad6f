import { afterEach, beforeEach, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RESULT = 'STATUS: SUCCESS\nSUMMARY: a haiku\n\nGrey waves fold and fall\nthe last boats come home';
const AWAY = { kind: 'unknown', problem: 'planted: the homeserver is away' } as const;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

const settledBy = () => world.marketplace.applied.map(({ settlement }) => settlement.endpoint);

/** A hiring whose worker delivers while the homeserver is away, so that nothing of it is heard. */
async function deliveredUnheard() {
  const id = await world.hire({ deadlineAtMs: world.nowMs + 30 * MINUTE });
  await world.run();
  world.hiclaw.sendFaults.push(...Array.from({ length: 500 }, () => AWAY));
  await world.run(5 * MINUTE);
  world.hiclaw.write(world.task(id), 'result.md', RESULT);
  const wroteAtMs = world.nowMs;
  await world.run(30 * MINUTE);
  return { id, wroteAtMs };
}

test('a result of which nothing was heard by the deadline waits for its owner, and is not refunded', async () => {
  const { id } = await deliveredUnheard();
  expect([await world.state(id), settledBy()]).toEqual(['attention', []]);
  expect((await world.attentionOf(id))?.reason).toEqual({ code: 'result_without_activity' });
});

test('it is paid once the room is heard again, and shows that the worker was at it before', async () => {
  const { id, wroteAtMs } = await deliveredUnheard();
  world.hiclaw.sendFaults.length = 0;
  await world.hiclaw.showActivity(
    alice,
    { kind: 'receipt', eventId: '$1' },
    world.store.activities,
    wroteAtMs - MINUTE,
  );
  await world.hiclaw.showActivity(
    alice,
    { kind: 'message', text: world.line(id, 'TASK_COMPLETED', 'a haiku') },
    world.store.activities,
    wroteAtMs,
  );
  await world.run(5 * MINUTE);
  expect([await world.state(id), settledBy()]).toEqual(['completed', ['result']]);
});

test('it is refunded long past the deadline, where nobody says yes to it', async () => {
  const { id } = await deliveredUnheard();
  await world.run(25 * HOUR);
  expect([await world.state(id), settledBy()]).toEqual(['failed', ['failure']]);
});

test('what was delivered while no process ran is paid, though the first step comes before the room is read', async () => {
  const id = await world.hire();
  await world.run();
  world.hiclaw.write(world.task(id), 'result.md', RESULT);
  const wroteAtMs = world.nowMs;
  world.nowMs += 7 * HOUR;
  await world.run(500);
  const done = { kind: 'message', text: world.line(id, 'TASK_COMPLETED', 'done') } as const;
  await world.hiclaw.showActivity(
    alice,
    { kind: 'receipt', eventId: '$1' },
    world.store.activities,
    wroteAtMs,
  );
  await world.hiclaw.showActivity(alice, done, world.store.activities, wroteAtMs);
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('completed');
});

test('a folder without a result keeps nobody from the refund', async () => {
  const id = await world.hire({ deadlineAtMs: world.nowMs + 30 * MINUTE });
  await world.run(30 * MINUTE);
  expect([await world.state(id), settledBy()]).toEqual(['failed', ['failure']]);
});
