import type { HiringId, Marketplace } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEngine, type Engine } from '../src/engine.ts';
import { World } from './world.ts';

const HAIKU = 'Grey waves fold and fall, and the last boats come home empty.';
const MINUTE = 60_000;

let world: World;
let engine: Engine | undefined;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await engine?.close();
  await world.close();
});

/** A hiring whose result is stored, and is to be sent now. */
async function settling(): Promise<HiringId> {
  const id = await world.atWork();
  world.marketplace.readFault = { kind: 'unavailable', problem: 'planted: away' };
  await world.workerDelivers(id, HAIKU);
  for (let tries = 0; tries < 20 && (await world.state(id)) !== 'settling'; tries += 1)
    await world.run(5_000);
  expect(await world.state(id)).toBe('settling');
  world.marketplace.readFault = undefined;
  world.nowMs = (await world.store.hirings.nextDueAtMs()) ?? world.nowMs;
  return id;
}

/** A process stands still between its last look at the lease and its request, until the lease is over and `meanwhile` has happened. */
async function sendLate(meanwhile: () => Promise<void>): Promise<void> {
  const { marketplace } = world.ports;
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow: Marketplace = {
    readHiring: async (...read) => await marketplace.readHiring(...read),
    upload: async (...files) => await marketplace.upload(...files),
    artifacts: async (...hiring) => await marketplace.artifacts(...hiring),
    artifactDigest: async (...asked) => await marketplace.artifactDigest(...asked),
    sendMessage: async (...message) => await marketplace.sendMessage(...message),
    context: async (agentId) => await marketplace.context(agentId),
    settle: async (...settlement) => {
      asked.resolve();
      await go.promise;
      return await marketplace.settle(...settlement);
    },
  };
  const errors: string[] = [];
  engine = startEngine({
    ports: { ...world.ports, marketplace: slow, clock: world.restingClock() },
    // It takes nothing else up.
    settings: { ...world.settings, concurrency: 1 },
    events: { onError: (problem) => errors.push(problem) },
  });
  await asked.promise;
  world.nowMs += world.settings.leaseMs;
  try {
    await meanwhile();
  } finally {
    go.resolve();
  }
  await vi.waitFor(() => expect(errors).not.toEqual([]), { timeout: 30_000 });
  await engine.close();
}

const applied = (): readonly string[] =>
  world.marketplace.applied.map(
    ({ traceAttempt, settlement }) => `${settlement.endpoint} ${settlement.generation} to ${traceAttempt}`,
  );

describe('a settlement that is sent after another process took over', () => {
  test('is the same request where the other one sent it', async () => {
    const id = await settling();
    await sendLate(async () => {
      await world.run();
      expect(await world.state(id)).toBe('completed');
    });
    await world.run(MINUTE);
    expect([await world.state(id), applied(), world.marketplace.arrived.length]).toEqual([
      'completed',
      ['result 1 to 1'],
      2,
    ]);
  });

  test('is refused where the other one sent it under another key', async () => {
    const id = await settling();
    await sendLate(async () => {
      world.marketplace.settleFaults.push('lost before', 'lost before', 'lost before');
      await world.run(10 * MINUTE);
      expect(applied()).toEqual(['result 2 to 1']);
    });
    await world.run(MINUTE);
    expect([await world.state(id), applied()]).toEqual(['completed', ['result 2 to 1']]);
  });

  test('is refused where the owner had it reported as failed', async () => {
    const id = await settling();
    await sendLate(async () => {
      await world.command(id, { kind: 'hold' });
      const failure = { reason: 'other', text: 'It is not what was asked for.' } as const;
      expect(await world.command(id, { kind: 'fail', failure })).toEqual({ kind: 'done' });
      await world.run();
    });
    await world.run(MINUTE);
    expect([await world.state(id), applied()]).toEqual(['failed', ['failure 2 to 1']]);
  });

  test('is refused where the hirer cancelled', async () => {
    const id = await settling();
    await sendLate(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await world.run();
      expect(await world.state(id)).toBe('cancelled');
    });
    expect([await world.state(id), applied()]).toEqual(['cancelled', []]);
  });

  test('is paid once where the hirer has it run again, and the worker that runs it is stopped', async () => {
    const id = await settling();
    await sendLate(async () => {
      world.marketplace.setStatus(id, 'cancelled');
      await world.run();
      world.marketplace.retry(id);
      await world.ingest(world.marketplace.hiringOf(id));
      await world.run(1_000);
      expect([await world.state(id), (await world.record(id)).attempt?.number]).toEqual(['sent', 2]);
    });
    await world.run(5 * MINUTE);
    expect([await world.state(id), applied()]).toEqual(['completed', ['result 1 to 2']]);
    expect(await world.events(id)).toContain('over_completed');
    expect(
      world.hiclaw.messages
        .filter(({ taskId }) => taskId === world.task(id, 2))
        .map(({ purpose }) => purpose),
    ).toEqual(['assignment', 'stop']);
  });
});
