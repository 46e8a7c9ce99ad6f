import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealWorld } from './world.ts';

/** Needs a second installation of 1.5 gigabytes. */
describe.skipIf(process.env['REAL_SERVERS_LONG'] === undefined)('the worker of HiClaw 1.0', () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.start({ version: '0.1.12' });
    await world.startApp();
  });
  afterAll(async () => await world?.close());

  test('is started, does a hiring in a room of its own, and is paid', async () => {
    const { id } = world.hire('alice');
    const hiring = await world.ended(id);
    expect(JSON.stringify(hiring.taskOutput)).toContain('The answer is 42.');
    expect(world.settlements(id)).toEqual(['result']);
  });

  test("keeps one hirer's words out of the prompts of another's job", async () => {
    const [first, second] = ['the secret of the blue house', 'the secret of the red house'];
    for (const secret of [first, second])
      await world.ended(world.hire('alice', `Tell nobody of ${secret}.`).id);
    expect(world.promptsWith(second).length).toBeGreaterThan(0);
    expect(world.promptsWith(first).filter((prompt) => prompt.includes(second))).toEqual([]);
  });
});
