import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HAIKU } from './standing.ts';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNAVAILABLE = { kind: 'unavailable', problem: 'planted' } as const;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

function endpoints(): readonly string[] {
  return world.marketplace.arrived.map(({ endpoint }) => endpoint);
}

/** How a failure comes to be stored while the marketplace does not take it. */
const DECIDED: Readonly<Record<string, () => Promise<HiringId>>> = {
  async 'because the worker was blocked, and the marketplace was away'() {
    const id = await world.atWork();
    world.marketplace.readFault = UNAVAILABLE;
    await world.says(world.line(id, 'BLOCKED', 'the source is not there'));
    await world.run(10 * MINUTE);
    return id;
  },
  async 'because the worker was blocked, and the marketplace asked for patience'() {
    const id = await world.atWork();
    world.marketplace.settleFaults.push(...Array.from({ length: 60 }, () => 'later' as const));
    await world.says(world.line(id, 'BLOCKED', 'the source is not there'));
    await world.run(10 * MINUTE);
    world.marketplace.settleFaults.length = 1;
    return id;
  },
  async 'by the deadline, and the key was not accepted'() {
    const id = await world.hire();
    await world.run();
    world.marketplace.settleFaults.push(...Array.from({ length: 60 }, () => 'unauthorized' as const));
    await world.run(5 * HOUR);
    await world.run(HOUR);
    world.marketplace.settleFaults.length = 1;
    return id;
  },
};

describe.each(Object.entries(DECIDED))('a failure that was decided %s', (_, decide) => {
  test('is withdrawn for a result that came before it was sent', async () => {
    const id = await decide();
    expect([await world.state(id), (await world.record(id)).attempt?.settlement?.endpoint]).toEqual([
      'settling',
      'failure',
    ]);
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    world.marketplace.readFault = undefined;
    world.marketplace.settleFaults.length = 0;
    await world.run(10 * MINUTE);
    expect([await world.state(id), endpoints().at(-1), world.marketplace.applied.length]).toEqual([
      'completed',
      'result',
      1,
    ]);
    expect(await world.events(id)).toContain('failure_withdrawn');
  });

  test('is sent where none came', async () => {
    const id = await decide();
    world.marketplace.readFault = undefined;
    world.marketplace.settleFaults.length = 0;
    await world.run(10 * MINUTE);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['failed', 1]);
  });

  test('is sent after all where what came is not fit to be paid', async () => {
    const id = await decide();
    await world.workerReads();
    await world.workerDelivers(id, 'The task has been completed.');
    world.marketplace.readFault = undefined;
    world.marketplace.settleFaults.length = 0;
    await world.run(5 * HOUR);
    await world.run(2 * HOUR);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['failed', 1]);
  });

  test('is sent where what came never lies still, or the storage is away', async () => {
    const id = await decide();
    let looks = 0;
    const inspect = world.hiclaw.inspect.bind(world.hiclaw);
    world.hiclaw.inspect = async (...given) => {
      const seen = await inspect(...given);
      looks += 1;
      if (looks % 2 === 0) return { kind: 'unavailable', problem: 'planted' };
      return seen.kind === 'folder' ? { ...seen, digest: String(looks) } : seen;
    };
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    world.marketplace.readFault = undefined;
    world.marketplace.settleFaults.length = 0;
    await world.run(30 * MINUTE);
    expect([await world.state(id), endpoints().at(-1)]).toEqual(['failed', 'failure']);
  });
});

test('a failure that may have been taken is not withdrawn', async () => {
  const id = await world.atWork();
  const { marketplace } = world;
  marketplace.settleFaults.push('lost before');
  await world.says(world.line(id, 'BLOCKED', 'the source is not there'));
  while (marketplace.arrived.length === 0) await world.run(1_000);
  marketplace.readFault = UNAVAILABLE;
  await world.run(MINUTE);
  await world.workerDelivers(id, HAIKU);
  marketplace.readFault = undefined;
  await world.run(10 * MINUTE);
  expect([await world.state(id), new Set(endpoints())]).toEqual(['failed', new Set(['failure'])]);
});

test('what the operator decided is not withdrawn', async () => {
  const id = await world.atWork();
  await world.command(id, { kind: 'hold' });
  await world.run();
  world.marketplace.readFault = UNAVAILABLE;
  await world.command(id, { kind: 'fail', failure: { reason: 'timeout', text: 'Not done.' } });
  await world.workerDelivers(id, HAIKU);
  await world.run(10 * MINUTE);
  world.marketplace.readFault = undefined;
  await world.run(10 * MINUTE);
  expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
});

test('a failure that the worker handed in as its result is sent', async () => {
  const id = await world.atWork();
  await world.workerDelivers(id, 'BLOCKED: the source is not there, so nothing could be done.');
  await world.run(10 * MINUTE);
  expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
});

test('a result of a worker that was told before is taken, although it could not be told again in time', async () => {
  const id = await world.atWork();
  await world.command(id, { kind: 'hold' });
  await world.run();
  world.hiclaw.ensureReady = async () => ({ kind: 'starting', waitMs: MINUTE });
  await world.command(id, { kind: 'restart' });
  await world.run(HOUR);
  expect(await world.state(id)).toBe('staged');
  await world.workerDelivers(id, HAIKU);
  await world.run(5 * HOUR);
  expect([await world.state(id), endpoints()]).toEqual(['completed', ['result']]);
});
