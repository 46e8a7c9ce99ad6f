import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { RealWorld } from './world.ts';

describe('a worker in trouble', () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.start();
    await world.startApp();
  });
  afterAll(async () => await world?.close());

  const alice = () => world.hiclaw.worker('alice').process;

  /** Holds the model at the first request of this step, once; resolves when the worker got there. */
  function holdAt(name: string): { readonly there: Promise<void>; release(): void } {
    const there = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let used = false;
    world.hiclaw.model.gate(async ({ step }) => {
      if (step.name !== name || used) return;
      used = true;
      there.resolve();
      await released.promise;
    });
    return { there: there.promise, release: () => released.resolve() };
  }

  /** Waits for its end; says what was handed in, and how often. */
  async function outcome(hiringId: string): Promise<object> {
    const { taskOutput } = await world.ended(hiringId);
    const answered = JSON.stringify(taskOutput).includes('The answer is 42.');
    return { answered, settlements: world.settlements(hiringId) };
  }
  const paidOnce = { answered: true, settlements: ['result'] };

  test('is started when it does not run', async () => {
    expect(alice().running).toBe(false);
    const { id } = world.hire('alice');
    expect(await outcome(id)).toEqual(paidOnce);
    expect(alice().running).toBe(true);
  });

  test('is notified again after it was killed at work', async () => {
    const held = holdAt('work');
    const { id } = world.hire('alice');
    await held.there;
    await alice().kill();
    held.release();
    expect(await outcome(id)).toEqual(paidOnce);
  });

  test('hears us again after its token was revoked and somebody restarted it', async () => {
    await alice().start();
    await world.hiclaw.synapse.revokeTokens(world.hiclaw.worker('alice').userId);
    const { id } = world.hire('alice');
    // It runs and says that it is ready, and hears nothing.
    await until(() => world.marketplace.hirings.get(id)?.status === 'in_progress');
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    expect(world.settlements(id)).toEqual([]);
    await alice().stop();
    await alice().start();
    expect(await outcome(id)).toEqual(paidOnce);
  });

  test('does its work after it was recreated on an empty disk', async () => {
    await alice().wipe();
    const { id } = world.hire('alice');
    expect(await outcome(id)).toEqual(paidOnce);
  });

  test('is heard while the homeserver and the storage are restarted', async () => {
    const held = holdAt('submit');
    const { id } = world.hire('alice');
    await held.there;
    await Promise.all([world.hiclaw.synapse.restart(), world.hiclaw.minio.restart()]);
    held.release();
    expect(await outcome(id)).toEqual(paidOnce);
  });

  test('loses nothing when the adapter itself is restarted meanwhile', async () => {
    const held = holdAt('work');
    const { id } = world.hire('alice');
    await held.there;
    await world.startApp();
    held.release();
    expect(await outcome(id)).toEqual(paidOnce);
    const jobs = world.promptsWith(id).filter((prompt) => prompt.includes('Reminder'));
    expect(jobs).toEqual([]);
  });
});
