import { isEnd, STATES, TheirClock, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ATTENTION, HAIKU, STANDING } from './standing.ts';
import { alice, REPORT_TO, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const UNAVAILABLE = { kind: 'unavailable', problem: 'planted' } as const;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

/** The process is restarted while its clock is ahead: it knows the marketplace's only from its answers since. */
function restartAhead(aheadMs: number): void {
  world.nowMs += aheadMs;
  const { marketplace } = world;
  const marketplaceClock = new TheirClock();
  const read = marketplace.readHiring.bind(marketplace);
  marketplace.readHiring = async (...given) => {
    const answer = await read(...given);
    if (answer.kind !== 'unavailable') {
      const { nowMs } = world;
      const theirMs = nowMs - aheadMs;
      marketplaceClock.note({ theirMs, resolutionMs: SECOND, askedAtMs: nowMs, cameAtMs: nowMs });
    }
    return answer;
  };
  world.ports = { ...world.ports, marketplaceClock };
}

/** In parts, so that a test that spins is seen. */
async function pass(forMs: number): Promise<void> {
  for (let leftMs = forMs; leftMs > 0; leftMs -= HOUR) await world.run(Math.min(HOUR, leftMs));
}

function endpoints(): readonly string[] {
  return world.marketplace.arrived.map(({ endpoint }) => endpoint);
}

async function verdictOf(id: HiringId): Promise<string | undefined> {
  return (await world.record(id)).attempt?.progress.verdict?.kind;
}

/** What everybody else still has to do, wherever the hiring stands. */
async function finish(id: HiringId): Promise<void> {
  const { state, attempt } = await world.record(id);
  if (attempt?.progress.attention?.approves === 'work') await world.command(id, { kind: 'approve' });
  if (state === 'settling' || state === 'completed') return;
  world.marketplace.setStatus(id, 'in_progress');
  // One that is not yet ours is read every few minutes.
  await world.run(6 * MINUTE);
  await world.workerReads();
  await world.workerDelivers(id, HAIKU);
}

const STANDINGS = [
  ...STATES.filter((state) => !isEnd(state)).map((state) => [state, STANDING[state]] as const),
  ...Object.entries(ATTENTION).map(([name, stand]) => [`attention: ${name}`, stand] as const),
];

describe.each(STANDINGS)('in state %s', (_, stand) => {
  test.each([8, 40])(
    'a clock that is %i hours ahead while the marketplace is away fails nothing: it is paid once it is back',
    async (hours) => {
      const id = await stand(world);
      restartAhead(hours * HOUR);
      world.marketplace.readFault = UNAVAILABLE;
      await pass(HOUR);
      expect([await verdictOf(id), endpoints()].flat()).not.toContain('failure');
      world.marketplace.readFault = undefined;
      await world.run(6 * MINUTE);
      await finish(id);
      await pass(90 * MINUTE);
      expect([
        await world.state(id),
        world.marketplace.applied.map(({ settlement }) => settlement.endpoint),
      ]).toEqual(['completed', ['result']]);
    },
  );
});

const UNDELIVERED = STANDINGS.filter(
  ([name]) => !['received', 'submitted', 'settling', 'attention'].includes(name),
);

describe.each(UNDELIVERED)('in state %s', (_, stand) => {
  test('a clock that is 8 hours ahead and known ends it by the deadline of the marketplace', async () => {
    const deadlineMs = world.nowMs + 6 * HOUR;
    world.settings = { ...world.settings, failOverdue: true };
    const id = await stand(world);
    restartAhead(8 * HOUR);
    world.choice = { kind: 'nobody', problem: 'planted' };
    await pass(deadlineMs + 8 * HOUR - 6 * MINUTE - world.nowMs);
    expect(endpoints()).toEqual([]);
    await world.run(8 * MINUTE);
    expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
  });
});

describe.each(['sent', 'acknowledged'] as const)('in state %s', (state) => {
  test('what its worker delivers while the network is away beyond the deadline is paid', async () => {
    world.settings = { ...world.settings, failOverdue: true };
    const id = await STANDING[state](world);
    world.marketplace.readFault = UNAVAILABLE;
    world.hiclaw.storageFault = 'planted';
    await pass(7 * HOUR);
    expect(await verdictOf(id)).toBeUndefined();
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    world.marketplace.readFault = undefined;
    world.hiclaw.storageFault = undefined;
    // The homeserver tells of what was said meanwhile a little later.
    await world.run(20 * SECOND);
    await world.workerReads();
    await world.says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - done`);
    await world.run(10 * MINUTE);
    expect([await world.state(id), endpoints()]).toEqual(['completed', ['result']]);
  });

  test('a marketplace that is away for a day beyond the deadline alerts, and the end is reported once it is back', async () => {
    const id = await STANDING[state](world);
    world.marketplace.readFault = UNAVAILABLE;
    await pass(32 * HOUR);
    const { state: stands, attempt } = await world.record(id);
    expect([stands, endpoints()]).toEqual(['attention', []]);
    expect(attempt?.progress.verdict).toBeUndefined();
    world.marketplace.readFault = undefined;
    await pass(2 * HOUR);
    expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
  });
});

describe.each(['confirmed', 'staged'] as const)('in state %s', (state) => {
  test('a marketplace that is away for a day beyond the deadline alerts once', async () => {
    const id = await STANDING[state](world);
    world.marketplace.readFault = UNAVAILABLE;
    world.hiclaw.storageFault = 'planted';
    await pass(32 * HOUR);
    const alerted = (await world.events(id)).filter((event) => event === 'operator_required');
    expect([await world.state(id), alerted]).toEqual(['attention', ['operator_required']]);
    expect((await world.attentionOf(id))?.reason.code).toBe('unread_past_deadline');
    world.marketplace.readFault = undefined;
    await pass(HOUR);
    expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
  });
});

test('a result that waits for its files to be taken is not looked at again and again while the marketplace is away', async () => {
  const { marketplace } = world;
  const upload = marketplace.upload.bind(marketplace);
  marketplace.upload = async () => ({ kind: 'later', problem: 'planted' });
  const id = await world.atWork();
  world.hiclaw.write(world.task(id), 'sea.txt', HAIKU);
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('submitted');
  marketplace.readFault = UNAVAILABLE;
  await pass(36 * HOUR);
  expect((await world.events(id)).slice(-2)).toEqual(['submitted', 'operator_required']);
  marketplace.readFault = undefined;
  marketplace.upload = upload;
  await world.run(10 * MINUTE);
  expect([await world.state(id), endpoints()]).toEqual(['completed', ['result']]);
});

test('a result that changes all the time beyond the deadline does not have the hiring read all the time', async () => {
  const id = await world.atWork();
  await pass(7 * HOUR);
  let looks = 0;
  const inspect = world.hiclaw.inspect.bind(world.hiclaw);
  world.hiclaw.inspect = async (...given) => {
    const seen = await inspect(...given);
    looks += 1;
    return seen.kind === 'folder' ? { ...seen, digest: String(looks) } : seen;
  };
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  const { reads } = world.marketplace;
  const before = looks;
  await world.run(10 * MINUTE);
  expect(looks - before).toBeGreaterThan(200);
  expect(world.marketplace.reads - reads).toBeLessThan(70);
});

test('a worker that shows nothing is given up by the first reads after an outage all the same', async () => {
  const id = await STANDING.sent(world);
  world.marketplace.readFault = UNAVAILABLE;
  await pass(7 * HOUR);
  world.marketplace.readFault = undefined;
  await world.run(7 * MINUTE);
  expect([await world.state(id), endpoints()]).toEqual(['failed', ['failure']]);
  await world.hiclaw.showActivity(alice, { kind: 'typing' });
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('failed');
});
