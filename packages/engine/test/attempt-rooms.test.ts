import { DEFAULT_POLICY } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const MINUTE = 60_000;
const bob = { name: 'bob', userId: '@bob:x:18080', roomId: '!bob:x:18080' };

let world: World;
beforeEach(() => {
  world = new World();
  world.choice = { kind: 'worker', worker: alice, roomPerAttempt: true };
});
afterEach(async () => await world.close());

async function roomsInUse(): Promise<string[]> {
  return (await world.store.rooms.inUse()).map(({ roomId }) => roomId);
}

describe('a room per attempt', () => {
  test('is opened before the folder is written, and everything is said there', async () => {
    const id = await world.hire();
    await world.run();
    expect(await world.state(id)).toBe('sent');
    const { attempt } = await world.record(id);
    expect(attempt?.progress.worker).toEqual({ ...alice, roomId: '!attempt-1' });
    expect(world.hiclaw.messages.map(({ worker }) => worker.roomId)).toEqual(['!attempt-1']);
    expect(world.hiclaw.orders().map(({ worker }) => worker.roomId)).toEqual(['!attempt-1']);
    expect(await roomsInUse()).toEqual(['!attempt-1']);
  });

  test('two hirings of one worker never share one', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, concurrency: 2 }) };
    await world.hire();
    await world.hire();
    await world.run();
    expect(world.hiclaw.messages.map(({ worker }) => worker.roomId).sort()).toEqual([
      '!attempt-1',
      '!attempt-2',
    ]);
  });

  test('whose opening was answered into the void is opened once', async () => {
    world.hiclaw.roomFaults.push('lost after');
    await world.hire();
    await world.run(MINUTE);
    expect([...world.hiclaw.rooms.values()]).toEqual(['!attempt-1']);
    expect(world.hiclaw.messages.map(({ worker }) => worker.roomId)).toEqual(['!attempt-1']);
  });

  test('that the homeserver takes later is no failed try, however often it says so', async () => {
    world.hiclaw.roomFaults.push(
      ...Array.from({ length: 50 }, () => ({ kind: 'limited', retryAfterMs: 1_000 }) as const),
    );
    const id = await world.hire();
    await world.run(20_000);
    expect((await world.record(id)).lastFailure).toBeUndefined();
    await world.run(40_000);
    expect(await world.state(id)).toBe('sent');
    expect([...world.hiclaw.rooms.values()]).toEqual(['!attempt-1']);
  });

  test('that the homeserver refuses is a matter for a person, and continues automatically once it is allowed', async () => {
    world.hiclaw.roomFaults.push({ kind: 'refused', problem: 'no rooms for you' });
    const id = await world.hire();
    await world.run();
    expect(await world.state(id)).toBe('attention');
    expect((await world.attentionOf(id))?.reason).toEqual({
      code: 'room_refused',
      problem: 'no rooms for you',
    });
    await world.run(6 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test('a worker that has not come yet is waited for and invited again; who never comes is a matter for a person', async () => {
    const absent = { kind: 'not_joined', problem: 'alice has not joined' } as const;
    world.hiclaw.sendFaults.push(absent, absent);
    const id = await world.hire();
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');

    world.hiclaw.sendFaults.push(...Array.from({ length: 9 }, () => absent));
    const other = await world.hire();
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, concurrency: 2 }) };
    await world.run(20 * MINUTE);
    expect(await world.events(other)).toContain('operator_required');
  });

  test('a worker is not invited again before the time that the homeserver names', async () => {
    const absent = { kind: 'not_joined', problem: 'alice has not joined' } as const;
    world.hiclaw.sendFaults.push(absent, absent);
    const id = await world.hire();
    await world.run();
    world.hiclaw.roomFaults.push({ kind: 'limited', retryAfterMs: 2 * MINUTE });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('staged');
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test('another worker gets another room, and the first one is over', async () => {
    world.hiclaw.readiness.push({ kind: 'failed', problem: 'broken' });
    world.hiclaw.storageFault = 'down';
    const id = await world.hire();
    await world.run();
    world.choice = { kind: 'worker', worker: bob, roomPerAttempt: true };
    world.hiclaw.storageFault = undefined;
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('sent');
    expect(world.hiclaw.messages[0]?.worker).toEqual({ ...bob, roomId: '!attempt-2' });
    expect(await roomsInUse()).toEqual(['!attempt-2']);
    expect((await world.store.rooms.ended(world.nowMs + 1, 10)).map(({ roomId }) => roomId)).toEqual([
      '!attempt-1',
    ]);
  });

  test('is over with its attempt', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, 'Grey waves fold and fall\nthe last boats come home empty');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(await roomsInUse()).toEqual([]);
    const [room] = await world.store.rooms.ended(world.nowMs + 1, 10);
    expect(room).toEqual({ roomId: '!attempt-1', userId: alice.userId, taskId: world.task(id) });

    await world.store.rooms.left('!attempt-1', world.nowMs);
    expect(await world.store.rooms.ended(world.nowMs + 1, 10)).toEqual([]);
  });
});
