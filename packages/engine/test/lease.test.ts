import { instantOf, type Claim, type Clock, type HiringStore } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lease, LeaseLostError } from '../src/lease.ts';
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
