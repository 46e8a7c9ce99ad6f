import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { RealWorld } from './world.ts';

describe('a hire over MCP, done by a real worker', () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.start();
    await world.hiclaw.worker('alice').process.start();
    await world.startApp();
  });
  afterAll(async () => await world?.close());

  test('is done and paid', async () => {
    const { id } = world.hire('alice');
    const hiring = await world.ended(id);
    expect(JSON.stringify(hiring.taskOutput)).toContain('The answer is 42.');
    expect(world.settlements(id)).toEqual(['result']);
    expect(world.marketplace.ledger.audit().balanced).toBe(true);
  });

  test("keeps one hirer's words out of the prompts of another's job", async () => {
    const [first, second] = ['the secret of the blue house', 'the secret of the red house'];
    const hirings = [
      world.hire('alice', `Tell nobody of ${first}.`),
      world.hire('alice', `Tell nobody of ${second}.`),
    ];
    for (const { id } of hirings) await world.ended(id);
    expect(world.promptsWith(first).length).toBeGreaterThan(0);
    expect(world.promptsWith(second).length).toBeGreaterThan(0);
    expect(world.promptsWith(first).filter((prompt) => prompt.includes(second))).toEqual([]);
  });

  test.for([
    ['would be a job with the words of others in it, in one room that is never cleared', 2, true],
    ['keeps them out in one room for all, because the worker is asked to clear its context', 1, false],
  ] as const)('%s', async ([what, assignmentsPerWorker, mixed]) => {
    const [first, second] = [
      `the secret of the green house: ${what}`,
      `the secret of the grey house: ${what}`,
    ];
    await world.startApp(world.withRooms('worker', assignmentsPerWorker));
    for (const secret of [first, second])
      await world.ended(world.hire('alice', `Tell nobody of ${secret}.`).id);
    expect(world.promptsWith(second).some((prompt) => prompt.includes(first))).toBe(mixed);
    await world.startApp();
  });

  test('is waited for while the worker is slow', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    world.hiclaw.model.gate(async ({ step }) => {
      if (step.name === 'work') await released;
    });
    const { id } = world.hire('alice');
    await until(() => world.hiclaw.model.requests.at(-1)?.step.name === 'work');
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(world.settlements(id)).toEqual([]);
    release();
    await world.ended(id);
    expect(world.settlements(id)).toEqual(['result']);
  });
});
