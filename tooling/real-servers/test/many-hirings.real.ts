import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealWorld } from './world.ts';

const HIRINGS = 200;
const WORKERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

/** Takes a quarter of an hour and three gigabytes. */
describe.skipIf(process.env['REAL_SERVERS_LONG'] === undefined)('many hirings', () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.start({ workers: WORKERS });
    for (const name of WORKERS) await world.hiclaw.worker(name).process.start();
    await world.startApp();
  });
  afterAll(async () => await world?.close());

  test('end once each while homeserver and storage are restarted twice', { timeout: 3_600_000 }, async () => {
    const hirings = Array.from({ length: HIRINGS }, (_, index) =>
      world.hire(WORKERS[index % WORKERS.length] ?? '', `What is the answer to question ${index}?`),
    );
    const open = () =>
      hirings.filter(({ id }) => world.marketplace.hirings.get(id)?.status !== 'completed').length;
    for (const restartAt of [150, 75]) {
      while (open() > restartAt) await delay(500);
      await Promise.all([world.hiclaw.synapse.restart(), world.hiclaw.minio.restart()]);
    }
    while (open() > 0) await delay(500);
    for (const { id } of hirings) {
      expect(world.settlements(id)).toEqual(['result']);
      // By the model's own book: no job was begun twice.
      const begun = world.hiclaw.model.requests.filter(
        ({ prompt, step }) => step.text.startsWith('Received task') && prompt.includes(`hiring ${id}`),
      );
      expect(begun).toHaveLength(1);
    }
    expect(world.marketplace.ledger.audit().balanced).toBe(true);
  });
});
