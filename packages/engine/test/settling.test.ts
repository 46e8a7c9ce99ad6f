import { concernOf, type HiringId, type SettleOutcome } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

const problem = 'planted';
/** Whatever may come of a settlement that the marketplace does not take, because something is wrong with it or before it. */
const OUTCOMES: readonly Exclude<SettleOutcome, { kind: 'accepted' }>[] = [
  { kind: 'unknown', problem },
  { kind: 'unconfirmed', problem },
  { kind: 'over', problem },
  { kind: 'later', problem },
  { kind: 'later', problem, retryAfterMs: 10 * MINUTE },
  { kind: 'other_way', problem },
  { kind: 'unauthorized', problem },
  { kind: 'refused', problem },
];
const ROWS = OUTCOMES.flatMap((outcome) =>
  [
    ['15 s', 15 * SECOND],
    ['5 min', 5 * MINUTE],
    ['2 h', 2 * HOUR],
  ].map(([name, forMs]) => [outcome.kind, name, outcome, Number(forMs)] as const),
);

/** A hiring whose worker delivers, while each settlement comes to this for so long. */
async function struck(outcome: SettleOutcome, forMs: number): Promise<HiringId> {
  const { marketplace } = world;
  const settle = marketplace.settle.bind(marketplace);
  const untilMs = world.nowMs + forMs;
  marketplace.settle = async (...given) => {
    if (world.nowMs >= untilMs) return await settle(...given);
    marketplace.settleAtReads.push(marketplace.reads);
    // A way that is closed is followed by one that takes nothing either.
    if (outcome.kind !== 'other_way' || marketplace.settleAtReads.length % 2 === 1) return outcome;
    return { kind: 'later', problem };
  };
  const id = await world.hire();
  await world.run();
  await world.workerDelivers(id, HAIKU);
  return id;
}

test.each(ROWS)(
  '%s for %s: paid once, automatically, with a read before each try',
  async (_kind, _for, outcome, forMs) => {
    const id = await struck(outcome, forMs);
    await world.run(forMs);
    await world.run(20 * MINUTE);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
    const { settleAtReads } = world.marketplace;
    // None came without a read since the one before it.
    expect(new Set(settleAtReads).size).toBe(settleAtReads.length);
  },
);

test('the waits grow: hours of it are a try every two minutes and a half', async () => {
  await struck({ kind: 'unknown', problem }, 5 * HOUR);
  await world.run(5 * HOUR);
  expect(world.marketplace.settleAtReads.length).toBeLessThan(140);
});

describe('a settlement that is not taken', () => {
  test('for seconds alerts nobody', async () => {
    const id = await struck({ kind: 'unknown', problem }, 15 * SECOND);
    await world.run(10 * MINUTE);
    expect(await world.events(id)).not.toContain('settlement_delayed');
  });

  test('for minutes is of concern, once, since its first try, and goes on', async () => {
    const id = await struck({ kind: 'unknown', problem }, 2 * HOUR);
    const deliveredAtMs = world.nowMs;
    await world.run(HOUR);
    const record = await world.record(id);
    expect(record.state).toBe('settling');
    const { code, sinceMs = 0 } = concernOf(record) ?? {};
    expect(code).toBe('settlement_delayed');
    expect(sinceMs - deliveredAtMs).toBeLessThan(10 * SECOND);
    expect((await world.events(id)).filter((event) => event === 'settlement_delayed')).toHaveLength(1);
    await world.run(2 * HOUR);
    expect([await world.state(id), concernOf(await world.record(id))]).toEqual(['completed', undefined]);
  });

  test('is tried just before the deadline, however long the wait has grown', async () => {
    const id = await struck({ kind: 'unknown', problem }, 6 * HOUR - 2 * MINUTE);
    await world.run(6 * HOUR);
    expect(await world.state(id)).toBe('completed');
  });

  test('for a day after the deadline needs a person, and is taken all the same when that is possible', async () => {
    const id = await struck({ kind: 'unknown', problem }, 40 * HOUR);
    for (let hour = 0; hour < 31; hour += 1) await world.run(HOUR);
    const { attention, concern } = (await world.record(id)).attempt?.progress ?? {};
    expect([await world.state(id), attention?.reason.code, concern]).toEqual([
      'attention',
      'not_settled',
      undefined,
    ]);
    for (let hour = 0; hour < 10; hour += 1) await world.run(HOUR);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
  });

  test('for a day after the deadline is not sent before the marketplace wants it again, either', async () => {
    const retryAfterMs = 10 * MINUTE;
    const id = await struck({ kind: 'later', problem, retryAfterMs }, 40 * HOUR);
    for (let hour = 0; hour < 7; hour += 1) await world.run(HOUR);
    const { marketplace } = world;
    const settle = marketplace.settle.bind(marketplace);
    const sentAtMs: number[] = [];
    marketplace.settle = async (...given) => {
      sentAtMs.push(world.nowMs);
      return await settle(...given);
    };
    for (let hour = 0; hour < 26; hour += 1) await world.run(HOUR);
    expect(await world.events(id)).toContain('settling_resumed');
    const waitsMs = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(retryAfterMs);
  });
});

test('what the marketplace says to have taken is read once more before it is sent again', async () => {
  world.marketplace.settleFaults.push('taken for nothing', 'taken without a word');
  const id = await world.hire();
  await world.run();
  await world.workerDelivers(id, HAIKU);
  await world.run(MINUTE);
  const [first = 0, second = 0] = world.marketplace.settleAtReads;
  expect(second - first).toBe(2);
  expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
  expect(await world.events(id)).toContain('result_settled');
});

test('a paid hiring that was asked without an answer is asked again', async () => {
  world.marketplace.settleFaults.push('lost before', 'lost before', 'lost before');
  const id = await world.hire();
  await world.run();
  world.marketplace.setStatus(id, 'paid');
  await world.workerDelivers(id, HAIKU);
  await world.run(2 * MINUTE);
  expect(world.marketplace.arrived.length).toBeGreaterThanOrEqual(4);
  expect(new Set(world.marketplace.arrived.map(({ generation }) => generation))).toEqual(new Set([1]));
  world.marketplace.setStatus(id, 'in_progress');
  await world.run(10 * MINUTE);
  expect(await world.state(id)).toBe('completed');
});

describe.each(['in_review', 'submitted', 'revision_requested', 'queued'])(
  'a marketplace that shows %s once it has the result',
  (status) => {
    test.each(['unconfirmed', 'unknown', 'over'] as const)('and answers %s gets it once', async (kind) => {
      const { marketplace } = world;
      const settle = marketplace.settle.bind(marketplace);
      const id = await world.hire();
      await world.run();
      marketplace.settle = async (...given) => {
        await settle(...given);
        marketplace.setStatus(id, status);
        return { kind, problem };
      };
      await world.workerDelivers(id, HAIKU);
      await world.run(2 * HOUR);
      expect(marketplace.arrived).toHaveLength(1);
      const record = await world.record(id);
      expect([record.state, concernOf(record)?.code]).toEqual(['settling', 'settlement_delayed']);
      marketplace.setStatus(id, 'completed');
      await world.run(10 * MINUTE);
      expect([await world.state(id), marketplace.arrived.length]).toEqual(['completed', 1]);
      expect(await world.events(id)).toContain('result_settled');
    });
  },
);

test('a settlement that is never known to be taken gets three keys at most, and the last one is repeated', async () => {
  const { marketplace } = world;
  const keys: string[] = [];
  marketplace.settle = async (_agent, _hiring, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    return { kind: 'unknown', problem };
  };
  const id = await world.hire();
  await world.run();
  await world.workerDelivers(id, HAIKU);
  await world.run(5 * HOUR);
  expect(new Set(keys).size).toBe(3);
  expect(keys.length).toBeGreaterThan(40);
  expect(new Set(keys.slice(8)).size).toBe(1);
});

test('a result that an unknown status was shown for from the start is sent once', async () => {
  const id = await world.hire();
  await world.run();
  world.marketplace.setStatus(id, 'running');
  await world.workerDelivers(id, HAIKU);
  await world.run(2 * MINUTE);
  expect(world.marketplace.arrived).toHaveLength(1);
});
