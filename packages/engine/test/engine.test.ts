import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HiringId, Marketplace } from '@agrenting-hiclaw/core/domain';
import { startEngine, type Engine } from '../src/engine.ts';
import { World } from './world.ts';

let world: World;
let engine: Engine | undefined;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await engine?.close();
  await world.close();
});

test('begins nothing more once it was told to close, and gives back what it had just claimed', async () => {
  const id = await world.hire();
  const { store } = world.ports;
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow = Object.create(store, {
    claim: {
      value: async (...request: Parameters<typeof store.claim>) => {
        const claims = await store.claim(...request);
        asked.resolve();
        await go.promise;
        return claims;
      },
    },
    release: { value: async (...claim: Parameters<typeof store.release>) => await store.release(...claim) },
    onChange: { value: (listener: () => void) => store.onChange(listener) },
    nextDueAtMs: { value: async () => await store.nextDueAtMs() },
  });
  engine = startEngine({
    ports: { ...world.ports, store: slow, clock: world.restingClock() },
    settings: world.settings,
  });
  await asked.promise;
  const closed = engine.close();
  go.resolve();
  await closed;
  expect([await world.state(id), world.marketplace.reads]).toEqual(['received', 0]);
  expect(await world.store.hirings.nextDueAtMs()).toBe(world.nowMs);
});

test('an outcome that the store refuses shows as trouble, and is looked at again after a wait', async () => {
  const id = await world.hire();
  const { store } = world.ports;
  let refusals = 0;
  const commit = store.commit.bind(store);
  store.commit = async (claim, step, nowMs) => {
    refusals += 1;
    if (refusals === 1) throw new Error('planted: would be changed');
    return await commit(claim, step, nowMs);
  };
  const errors: string[] = [];
  engine = startEngine({
    ports: { ...world.ports, clock: world.restingClock() },
    settings: world.settings,
    events: { onError: (problem) => errors.push(problem) },
  });
  await vi.waitFor(
    async () => expect((await world.record(id)).lastFailure?.reason.code).toBe('commit_refused'),
    { timeout: 30_000 },
  );
  expect(errors).toEqual([`hiring ${id} could not be committed`]);
  expect(await world.store.hirings.nextDueAtMs()).toBeGreaterThan(world.nowMs);
});

describe('a process that stood still until another took over', () => {
  /** A hiring whose settlement was put off, and is due again now. */
  async function dueToSettle(): Promise<HiringId> {
    world.marketplace.settleFaults.push('later');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, 'Grey waves fold and fall, and the last boats come home empty.');
    await world.run(4000);
    world.nowMs = (await world.store.hirings.nextDueAtMs()) ?? world.nowMs;
    return id;
  }

  /** Runs one step whose read of the marketplace takes until the lease is over and `meanwhile` has happened. */
  async function standStill(meanwhile: () => Promise<void>): Promise<string[]> {
    const { marketplace } = world.ports;
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const slow: Marketplace = {
      upload: async (...batch) => await marketplace.upload(...batch),
      artifacts: async (...hiring) => await marketplace.artifacts(...hiring),
      artifactDigest: async (...asked) => await marketplace.artifactDigest(...asked),
      context: async (agentId) => await marketplace.context(agentId),
      readHiring: async (agentId, hiringId) => {
        const read = await marketplace.readHiring(agentId, hiringId);
        asked.resolve();
        await go.promise;
        return read;
      },
      settle: async (...settlement) => await marketplace.settle(...settlement),
      sendMessage: async (...message) => await marketplace.sendMessage(...message),
    };
    const errors: string[] = [];
    engine = startEngine({
      ports: { ...world.ports, marketplace: slow, clock: world.restingClock() },
      settings: world.settings,
      events: { onError: (problem) => errors.push(problem) },
    });
    await asked.promise;
    world.nowMs += world.settings.leaseMs;
    await meanwhile();
    go.resolve();
    await vi.waitFor(() => expect(errors).not.toEqual([]), { timeout: 30_000 });
    return errors;
  }

  test('settles nothing', async () => {
    const id = await dueToSettle();
    const arrived = world.marketplace.arrived.length;
    const errors = await standStill(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await world.run();
    });
    expect(errors).toEqual([`hiring ${id} was taken over while a step ran`]);
    expect([await world.state(id), world.marketplace.arrived.length]).toEqual(['cancelled', arrived]);
  });

  test('settles nothing either when the clock was set back meanwhile', async () => {
    const id = await dueToSettle();
    const arrived = world.marketplace.arrived.length;
    const errors = await standStill(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await world.run();
      world.nowMs -= world.settings.leaseMs;
    });
    expect(errors).toEqual([`hiring ${id} was taken over while a step ran`]);
    expect([await world.state(id), world.marketplace.arrived.length]).toEqual(['cancelled', arrived]);
  });
});
