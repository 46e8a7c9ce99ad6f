import { Secret, type HiringId, type Readiness, type SourceOutcome } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEngine, type Engine } from '../src/engine.ts';
import { FakeRepositories } from './fakes/repositories.ts';
import { VirtualClock } from './virtual-clock.ts';
import { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SLOW = 20;

let world: World;
let clock: VirtualClock;
let engine: Engine | undefined;
let starts: string[];
let startMs: number;
let comesTo: Readiness;
beforeEach(() => {
  world = new World();
  clock = new VirtualClock(world.nowMs, (nowMs) => {
    world.nowMs = nowMs;
  });
  starts = [];
  startMs = 150 * SECOND;
  comesTo = { kind: 'ready' };
  const addressOf = (userId = '@quick:x') => {
    return { name: userId.slice(1, -2), userId, roomId: `!${userId.slice(1)}` };
  };
  Object.assign(world.ports, {
    clock,
    directory: {
      choose: async (_agent: unknown, userId: string | undefined) =>
        await Promise.resolve({ kind: 'worker', worker: addressOf(userId), roomPerAttempt: false }),
    },
    lifecycle: {
      async ensureReady({ name }: { readonly name: string }): Promise<Readiness> {
        if (!name.startsWith('slow')) return { kind: 'ready' };
        starts.push(name);
        await clock.sleep(startMs, new AbortController().signal);
        return comesTo;
      },
    },
  });
});
afterEach(async () => {
  const closing = engine?.close();
  await clock.pass(MINUTE);
  await closing;
  await world.close();
});

const slowHires = async (changes = {}): Promise<HiringId[]> =>
  await Promise.all(
    Array.from({ length: SLOW }, async (_, index) =>
      world.hire({ workerMatrixId: `@slow${index}:x`, ...changes }),
    ),
  );

describe('twenty workers whose start takes minutes', () => {
  test('keep no other hire waiting, and are each started once and told then', async () => {
    const slow = await slowHires();
    engine = startEngine({ ports: world.ports, settings: world.settings });
    await clock.pass(500);
    const other = await world.hire();
    await clock.pass(5 * SECOND, async () => (await world.state(other)) === 'sent');
    expect(await world.state(other)).toBe('sent');
    await clock.pass(4 * MINUTE, async () => world.hiclaw.messages.length === SLOW + 1);
    expect(await Promise.all(slow.map(async (id) => await world.state(id)))).toEqual(slow.map(() => 'sent'));
    expect(starts.toSorted()).toEqual([...new Set(starts)].toSorted());
  });

  test('say why where the start came to nothing', async () => {
    comesTo = { kind: 'failed', problem: 'planted: no image' };
    const id = await world.hire({ workerMatrixId: '@slow0:x' });
    engine = startEngine({ ports: world.ports, settings: world.settings });
    await clock.pass(4 * MINUTE, async () => (await world.record(id)).lastFailure !== undefined);
    expect((await world.record(id)).lastFailure?.reason).toEqual({
      code: 'worker_not_started',
      problem: 'planted: no image',
    });
  });

  test('or has no end', async () => {
    startMs = 24 * 60 * MINUTE;
    const id = await world.hire({ workerMatrixId: '@slow0:x' });
    engine = startEngine({ ports: world.ports, settings: world.settings });
    await clock.pass(20 * MINUTE, async () => (await world.record(id)).lastFailure !== undefined);
    expect((await world.record(id)).lastFailure?.reason).toEqual({
      code: 'worker_not_started',
      problem: expect.stringContaining('did not start within'),
    });
  });
});

test('twenty repositories whose host answers slowly keep no other hire waiting', async () => {
  const repositories = new FakeRepositories();
  let atOnce = 0;
  let most = 0;
  const read = repositories.source.bind(repositories);
  repositories.source = async (): Promise<SourceOutcome> => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await clock.sleep(100 * SECOND, new AbortController().signal);
    atOnce -= 1;
    return await read();
  };
  Object.assign(world.ports, { repositories });
  const slow = await slowHires({
    deliveryMode: 'push',
    deliveryStated: true,
    repoUrl: 'https://github.com/acme/site',
    repoToken: new Secret('ghp_of-the-hirer'),
    workerMatrixId: undefined,
  });
  engine = startEngine({ ports: world.ports, settings: world.settings });
  await clock.pass(500);
  const other = await world.hire({ workerMatrixId: '@another:x' });
  await clock.pass(5 * SECOND, async () => (await world.state(other)) === 'sent');
  expect([await world.state(other), most]).toEqual(['sent', world.settings.concurrency / 4]);
  await clock.pass(15 * MINUTE, async () => repositories.sources === SLOW);
  expect(slow).toHaveLength(repositories.sources);
});
