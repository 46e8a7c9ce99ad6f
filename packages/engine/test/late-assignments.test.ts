import type { HiringId, Messenger } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

/** A hiring whose folder is staged, and whose worker is to be told now. */
async function staged(): Promise<HiringId> {
  world.hiclaw.readiness.push({ kind: 'starting', waitMs: 1000 });
  const id = await world.hire();
  await world.run();
  expect(await world.state(id)).toBe('staged');
  world.nowMs = (await world.store.hirings.nextDueAtMs()) ?? world.nowMs;
  return id;
}

async function receiveAgain(id: HiringId): Promise<void> {
  const { attempt } = await world.record(id);
  if (attempt === undefined) throw new Error(`hiring ${id} has no attempt`);
  await world.ingest(attempt.hiring);
}

/** A process stands still with its first message on the way to the homeserver, until its lease is over and `meanwhile` has happened. */
async function assignLate(meanwhile: () => Promise<void>, isAnswered = true): Promise<void> {
  const { messenger } = world.ports;
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow: Messenger = {
    findAssignments: async (...attempt) => await messenger.findAssignments(...attempt),
    send: async (message) => {
      if (message.purpose === 'assignment') {
        asked.resolve();
        await go.promise;
      }
      return await messenger.send(message);
    },
  };
  const errors: string[] = [];
  engine = startEngine({
    ports: { ...world.ports, messenger: slow, clock: world.restingClock() },
    settings: world.settings,
    events: { onError: (problem) => errors.push(problem) },
  });
  await asked.promise;
  world.nowMs += world.settings.leaseMs;
  try {
    await meanwhile();
    if (!isAnswered) world.hiclaw.sendFaults.push('lost after');
  } finally {
    go.resolve();
  }
  await vi.waitFor(() => expect(errors).not.toEqual([]), { timeout: 30_000 });
}

/** From now on the homeserver takes no stop, until the returned function is called. */
function stopsFail(): () => void {
  const { messenger } = world.ports;
  let isAway = true;
  world.ports = {
    ...world.ports,
    messenger: {
      findAssignments: async (...attempt) => await messenger.findAssignments(...attempt),
      send: async (message) =>
        isAway && message.purpose === 'stop'
          ? { kind: 'unknown', problem: 'planted: away' }
          : await messenger.send(message),
    },
  };
  return () => {
    isAway = false;
  };
}

const HOUR = 3_600_000;

const inTheRoom = (): readonly string[] =>
  world.hiclaw.messages.map(({ taskId, purpose, number }) => `${purpose} ${number} of ${taskId}`);

describe('an assignment that arrives after another process took over', () => {
  test.each([true, false])(
    'is taken back where its folder was given up (answered: %s)',
    async (isAnswered) => {
      const id = await staged();
      await assignLate(async () => {
        world.hiclaw.meddle(world.task(id), 'spec.md');
        await world.run();
        expect(inTheRoom()).toEqual([`assignment 1 of ${world.task(id, 1, 1)}`]);
      }, isAnswered);
      await world.run();
      expect(inTheRoom()).toEqual([
        `assignment 1 of ${world.task(id, 1, 1)}`,
        `assignment 1 of ${world.task(id)}`,
        `stop 1 of ${world.task(id)}`,
      ]);
    },
  );

  test('is taken back where its hiring was cancelled before anybody was told', async () => {
    const id = await staged();
    await assignLate(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await receiveAgain(id);
      // The process that stood still may hear of it as well.
      await vi.waitFor(async () => expect(await world.state(id)).toBe('cancelled'), { timeout: 30_000 });
      expect(inTheRoom()).toEqual([]);
    });
    await world.run();
    expect(inTheRoom()).toEqual([`assignment 1 of ${world.task(id)}`, `stop 1 of ${world.task(id)}`]);
    expect(await world.record(id)).toMatchObject({ state: 'cancelled', late: undefined });
    expect(await world.store.hirings.nextDueAtMs()).toBeUndefined();
  });

  test.each(['given up', 'cancelled'])(
    'is taken back once the homeserver is there again, though the process that told it is no more (%s)',
    async (how) => {
      const id = await staged();
      const isBack = stopsFail();
      await assignLate(async () => {
        if (how === 'given up') world.hiclaw.meddle(world.task(id), 'spec.md');
        else {
          world.marketplace.setStatus(id, 'cancelled');
          await receiveAgain(id);
        }
        await world.run();
      });
      await engine?.close();
      await world.run(HOUR);
      expect(inTheRoom()).not.toContain(`stop 1 of ${world.task(id)}`);
      const { reads } = world.marketplace;
      isBack();
      await world.run(HOUR / 4);
      expect(inTheRoom().filter((message) => message === `stop 1 of ${world.task(id)}`)).toHaveLength(1);
      expect((await world.record(id)).late).toBeUndefined();
      if (how === 'given up') return;
      // Nobody asks the marketplace for it.
      expect(world.marketplace.reads).toBe(reads);
      expect(await world.store.hirings.nextDueAtMs()).toBeUndefined();
    },
  );

  test('is given up after a day in which the worker could not be told', async () => {
    const id = await staged();
    stopsFail();
    await assignLate(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await receiveAgain(id);
      await world.run();
    });
    await engine?.close();
    await world.run(25 * HOUR);
    expect((await world.record(id)).late).toBeUndefined();
    expect(await world.store.hirings.nextDueAtMs()).toBeUndefined();
  });

  test('is taken back where its hiring is cancelled after it arrived, and before anybody saw it', async () => {
    const id = await staged();
    await assignLate(async () => {
      world.hiclaw.sendFaults.push({ kind: 'limited', retryAfterMs: 60_000 });
      await world.run();
      expect(await world.state(id)).toBe('staged');
    });
    world.marketplace.setStatus(id, 'cancelled');
    await receiveAgain(id);
    await world.run(30_000);
    expect([await world.state(id), inTheRoom()]).toEqual([
      'cancelled',
      [`assignment 1 of ${world.task(id)}`, `stop 1 of ${world.task(id)}`],
    ]);
  });

  test('is the same event where the other one told the worker, and nothing is taken back', async () => {
    const id = await staged();
    await assignLate(async () => await world.run());
    await world.run();
    expect((await world.record(id)).late).toBeUndefined();
    expect([await world.state(id), inTheRoom()]).toEqual(['sent', [`assignment 1 of ${world.task(id)}`]]);
  });

  test('is left to stand where the other one has its result', async () => {
    const id = await staged();
    await assignLate(async () => {
      await world.run();
      await world.workerDelivers(id, 'Grey waves fold and fall, and the last boats come home empty.');
      await world.run(60_000);
      expect(await world.state(id)).toBe('completed');
    });
    await world.run(60_000);
    expect(inTheRoom()).toEqual([`assignment 1 of ${world.task(id)}`]);
    expect((await world.record(id)).late).toBeUndefined();
  });

  test('is the same event where the hiring still waits for its worker to be told, and is known at once', async () => {
    const id = await staged();
    await assignLate(async () => {
      world.hiclaw.sendFaults.push({ kind: 'limited', retryAfterMs: 60_000 });
      await world.run();
    });
    await world.run();
    expect([await world.state(id), inTheRoom()]).toEqual(['sent', [`assignment 1 of ${world.task(id)}`]]);
  });
});
