import { TheirClock, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HAIKU } from './standing.ts';
import { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** So long a hiring without a deadline may take. */
const MAX_MS = 2 * HOUR;

let world: World;
/** By how much our clock is ahead of that of the marketplace, which is right. */
let aheadMs: number;
/** Happens while the marketplace is asked. */
let beforeAnswer: () => void;
beforeEach(() => {
  beforeAnswer = () => undefined;
  world = new World();
  aheadMs = 0;
  const deadline = { ...world.settings.deadline, maxDurationMs: MAX_MS };
  world.settings = { ...world.settings, deadline, failOverdue: true };
});
afterEach(async () => {
  await world.close();
});

/** Somebody sets our clock. */
function setClock(byMs: number): void {
  world.nowMs += byMs;
  aheadMs += byMs;
}

/** Reads show what the marketplace's clock says, as they do where it is asked by REST. */
function readsShowTheTime(): void {
  const { marketplace } = world;
  const marketplaceClock = new TheirClock();
  const read = marketplace.readHiring.bind(marketplace);
  marketplace.readHiring = async (...given) => {
    const askedAtMs = world.nowMs;
    const answer = await read(...given);
    beforeAnswer();
    const { nowMs: cameAtMs } = world;
    const theirMs = cameAtMs - aheadMs;
    if (answer.kind === 'found')
      marketplaceClock.note({ theirMs, resolutionMs: SECOND, askedAtMs, cameAtMs });
    return answer;
  };
  world.ports = { ...world.ports, marketplaceClock };
}

const endpoints = (): readonly string[] => world.marketplace.arrived.map(({ endpoint }) => endpoint);

/** What has come of a hiring so far, by what was sent. */
async function standing(id: HiringId): Promise<readonly unknown[]> {
  return [await world.state(id), endpoints()];
}

/** The worker shows no activity. */
const WAITS: Readonly<Record<string, () => void>> = {
  'the worker shows no activity'() {
    // Nothing is done for it.
  },
  'the worker is busy with another hiring'() {
    world.ports.store.reserveWorker = async () => false;
  },
  'no worker is configured'() {
    world.choice = { kind: 'nobody', problem: 'planted' };
  },
};

describe.each(Object.entries(WAITS))('%s, and the hiring has no deadline', (_, wait) => {
  test.each([
    ['eight hours ahead', 8 * HOUR],
    ['a year ahead', 8760 * HOUR],
    ['eight hours behind', -8 * HOUR],
    ['a year behind', -8760 * HOUR],
  ])(
    'a clock that was %s when it came, and is set right, ends it in its time all the same',
    async (__, byMs) => {
      readsShowTheTime();
      setClock(byMs);
      wait();
      const id = await world.hire({ deadlineAtMs: undefined });
      await world.run(MINUTE);
      setClock(-byMs);
      await world.run(MAX_MS - 15 * MINUTE);
      expect(endpoints()).toEqual([]);
      await world.run(20 * MINUTE);
      expect(await standing(id)).toEqual(['failed', ['failure']]);
    },
  );

  test('a clock that was ahead, and nothing tells by how much, does not make it wait any longer', async () => {
    setClock(8 * HOUR);
    wait();
    const id = await world.hire({ deadlineAtMs: undefined });
    await world.run(MINUTE);
    setClock(-8 * HOUR);
    await world.run(MAX_MS - 15 * MINUTE);
    expect(endpoints()).toEqual([]);
    await world.run(20 * MINUTE);
    expect(await standing(id)).toEqual(['failed', ['failure']]);
  });
});

test('a clock that is set right between hearing and the first read takes none of its time', async () => {
  readsShowTheTime();
  setClock(-8 * HOUR);
  const id = await world.hire({ deadlineAtMs: undefined });
  setClock(8 * HOUR);
  await world.run(MINUTE);
  await world.workerReads();
  await world.run(MINUTE);
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  expect(await standing(id)).toEqual(['completed', ['result']]);
});

test('a clock that is set right while the marketplace is asked takes none of its time', async () => {
  readsShowTheTime();
  setClock(8 * HOUR);
  const id = await world.hire({ deadlineAtMs: undefined });
  await world.run(MINUTE);
  let isSet = false;
  beforeAnswer = () => {
    if (!isSet) setClock(-8 * HOUR);
    isSet = true;
  };
  await world.run(10 * MINUTE);
  expect([isSet, endpoints()]).toEqual([true, []]);
  await world.workerReads();
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  expect(await standing(id)).toEqual(['completed', ['result']]);
});

test("a hirer's retry a day later has all of that time", async () => {
  const id = await world.hire({ deadlineAtMs: undefined });
  await world.run(MAX_MS + MINUTE);
  expect(await standing(id)).toEqual(['failed', ['failure']]);
  await world.run(24 * HOUR);
  world.marketplace.retry(id);
  await world.ingest(world.marketplace.hiringOf(id));
  await world.run(MAX_MS - 10 * MINUTE);
  expect([(await world.record(id)).attempt?.number, endpoints()]).toEqual([2, ['failure']]);
  await world.workerReads();
  await world.workerDelivers(id, HAIKU, world.task(id, 2));
  await world.run(MINUTE);
  expect(await standing(id)).toEqual(['completed', ['failure', 'result']]);
});
