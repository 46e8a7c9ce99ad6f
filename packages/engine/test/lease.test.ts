import {
  instantOf,
  taskIdOf,
  type Claim,
  type Clock,
  type HiringStore,
  type Manager,
  type Messenger,
  type WorkerTask,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lease, LeaseLostError, underLease, type Guards } from '../src/lease.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

test('a clock that was set back while the process stood still does not make a lease last', async () => {
  await world.hire();
  const { holder, leaseMs } = world.settings;
  const time = { nowMs: world.nowMs, elapsedMs: 0 };
  const clock: Clock = { ...world.ports.clock, nowMs: () => time.nowMs, elapsedMs: () => time.elapsedMs };
  const request = { holder, nowMs: time.nowMs, leaseMs, limit: 1 };
  const [claim] = await world.store.hirings.claim(request);
  if (claim === undefined) throw new Error('nothing to claim');
  const renewing = (meanwhile: () => void): Pick<HiringStore, 'renew'> => ({
    async renew(...renewal) {
      const renewed = await world.store.hirings.renew(...renewal);
      meanwhile();
      return renewed;
    },
  });
  const leaseOf = (held: Claim, meanwhile: () => void) =>
    new Lease(held, renewing(meanwhile), clock, leaseMs, instantOf(clock));

  await expect(leaseOf(claim, () => undefined).assertHeldInStore()).resolves.toBeUndefined();
  // It was renewed, and stood still before it knew.
  const stalled = leaseOf(claim, () => {
    time.elapsedMs += leaseMs;
  });
  await expect(stalled.assertHeldInStore()).rejects.toThrow(LeaseLostError);
});

test('the Manager is not asked by a process whose lease ran out', async () => {
  let asked = 0;
  const manager: Manager = {
    async lookAfter() {
      asked += 1;
      return { kind: 'asked', eventId: '$manager' };
    },
  };
  const hiringId = await world.hire();
  const { holder, leaseMs } = world.settings;
  const request = { holder, nowMs: world.nowMs, leaseMs, limit: 1 };
  const [claim] = await world.store.hirings.claim(request);
  if (claim === undefined) throw new Error('nothing to claim');
  const { clock } = world.ports;
  const lease = new Lease(claim, world.store.hirings, clock, leaseMs, instantOf(clock));
  const ports = underLease({ ...world.ports, manager }, lease);
  const worker = { name: 'alice', userId: '@alice:x', roomId: '!a:x' };
  const task: WorkerTask = { worker, hiringId, attempt: 1, taskId: taskIdOf(hiringId, 1, '0'.repeat(24)) };
  await ports.manager?.lookAfter(task);
  lease.lose();
  await expect(ports.manager?.lookAfter(task)).rejects.toThrow(LeaseLostError);
  expect(asked).toBe(1);
});

test('a method that is neither guarded nor named as free does not compile', () => {
  // @ts-expect-error -- `findAssignments` is left out.
  const guards: Guards<Messenger> = { send: 'free' };
  expect(Object.keys(guards)).toEqual(['send']);
});
