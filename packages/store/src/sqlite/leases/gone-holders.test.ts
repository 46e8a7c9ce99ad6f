import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;
let clock: { nowMs: number };
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store, clock } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const LONG = { leaseMs: 600_000, limit: 10 };

test('leases and hirings of a holder that is gone are free at once, and nobody else loses any', async () => {
  const [mine, others] = [newHiringId(), newHiringId()];
  await store.hirings.accept([deliveryOf(mine)]);
  const [lost] = await store.hirings.claim({ holder: 'gone', nowMs: 1_000, ...LONG });
  await store.hirings.accept([deliveryOf(others)]);
  const [kept] = await store.hirings.claim({ holder: 'alive', nowMs: 1_000, ...LONG });
  await store.leases.take('rooms', 'gone', 1_000, LONG.leaseMs);
  await store.leases.take('polling', 'alive', 1_000, LONG.leaseMs);

  clock.nowMs = 2_000;
  expect(await store.freeGone((holder) => holder === 'gone')).toBe(2);
  expect(await store.leases.take('rooms', 'next', 2_000, LONG.leaseMs)).toBe(true);
  expect(await store.leases.take('polling', 'next', 2_000, LONG.leaseMs)).toBe(false);
  const claims = await store.hirings.claim({ holder: 'next', nowMs: 2_000, ...LONG });
  expect(claims.map(({ record }) => record.hiringId)).toEqual([mine]);

  // Were it not gone after all, it could do nothing more.
  if (lost === undefined || kept === undefined) throw new Error('nothing was claimed');
  expect(await store.hirings.renew(lost, 2_000, 1_000)).toBe(false);
  expect(await store.hirings.commit(lost, { cause: 'too late', dueAtMs: 3_000 }, 2_000)).toBe('lost');
  expect(await store.hirings.renew(kept, 2_000, 1_000)).toBe(true);
});

test('a hiring that an operator held when its process was killed is free as well', async () => {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId)]);
  const operating = openTestStore(join(directory.path, 'store.db'), { holder: 'killed' });
  const killed = Promise.withResolvers<never>();
  const holding = operating.store.whileHeld(hiringId, LONG.leaseMs, async () => await killed.promise);
  await expect.poll(async () => await store.hirings.nextDueAtMs()).toBe(601_000);
  expect(await store.freeGone((holder) => holder === 'killed')).toBe(1);
  expect(await store.hirings.claim({ holder: 'next', nowMs: 1_000, ...LONG })).toHaveLength(1);
  killed.reject(new Error('killed'));
  await expect(holding).rejects.toThrow('killed');
  await operating.store.close();
});

test('where nobody is gone, nothing is written', async () => {
  await store.leases.take('rooms', 'alive', 1_000, LONG.leaseMs);
  expect(await store.freeGone(() => false)).toBe(0);
  expect(await store.leases.held('rooms', 1_000)).toBe(true);
});
