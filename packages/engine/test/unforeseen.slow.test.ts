import { isEnd, STATES, type HiringId, type StepCommit } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EnginePorts } from '../src/context.ts';
import { startEngine, type Engine } from '../src/engine.ts';
import { ATTENTION, STANDING } from './standing.ts';
import { VirtualClock } from './virtual-clock.ts';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
let engine: Engine | undefined;
let clock: VirtualClock;
beforeEach(() => {
  world = new World();
  // Nobody else stores anything, so that due times alone wake the loop.
  world.settings = { ...world.settings, pollMs: HOUR };
});
afterEach(async () => {
  // What never ends is waited for until the grace is over.
  const closing = engine?.close(1000);
  if (closing !== undefined) await clock.pass(1000);
  await closing;
  engine = undefined;
  await world.close();
});

const OPEN_STATES = STATES.filter((state) => !isEnd(state));

type Broken = Pick<
  EnginePorts,
  'marketplace' | 'messenger' | 'rooms' | 'storage' | 'lifecycle' | 'directory' | 'activities'
>;

/** Ports whose every call does this, while `isBroken`. */
function breaking(
  names: readonly (keyof Broken)[],
  call: () => Promise<never>,
  isBroken: () => boolean,
): EnginePorts {
  const broken = names.map((name) => {
    const port: object = world.ports[name];
    const handler: ProxyHandler<object> = {
      get(target, property): unknown {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => (isBroken() ? call() : Reflect.apply(value, target, given));
      },
    };
    return [name, new Proxy(port, handler)] as const;
  });
  return { ...world.ports, ...Object.fromEntries(broken) };
}

function start(ports: EnginePorts): string[] {
  clock = new VirtualClock(world.nowMs, (nowMs) => {
    world.nowMs = nowMs;
  });
  const errors: string[] = [];
  engine = startEngine({
    ports: { ...ports, clock },
    settings: world.settings,
    events: { onError: (problem) => errors.push(problem) },
  });
  return errors;
}

const throws = async (): Promise<never> =>
  await Promise.reject(new TypeError('planted: cannot read x of undefined'));
const hangs = async (): Promise<never> => await new Promise<never>(() => undefined);

const ALL = ['marketplace', 'messenger', 'rooms', 'storage', 'lifecycle', 'directory', 'activities'] as const;
/** What a step works with; the marketplace answers, so that a failure can be reported. */
const OURS = ['messenger', 'rooms', 'storage', 'lifecycle', 'directory', 'activities'] as const;

async function codeOf(id: HiringId): Promise<string | undefined> {
  const record = await world.record(id);
  return (record.attempt?.progress.attention ?? record.attention)?.reason.code;
}

async function requireOperator(id: HiringId): Promise<boolean> {
  return (await codeOf(id)) === 'step_failed';
}

const FAILING = [
  ['throws', throws],
  ['never ends', hangs],
] as const;
const BEFORE_ATTENTION = OPEN_STATES.filter((state) => state !== 'attention');

describe.each(BEFORE_ATTENTION)('a step that always fails unexpectedly, in state %s', (state) => {
  test.each(FAILING)(
    '%s: a person is needed after five tries, and it continues automatically once that has passed',
    async (_, call) => {
      const id = await STANDING[state](world);
      expect(await world.state(id)).toBe(state);
      let isBroken = true;
      const errors = start(breaking(ALL, call, () => isBroken));
      await clock.pass(3 * HOUR, async () => await requireOperator(id));
      expect([await world.state(id), await codeOf(id)]).toEqual(['attention', 'step_failed']);
      expect(errors.filter((error) => error.includes(id))).toHaveLength(5);
      isBroken = false;
      world.marketplace.setStatus(id, 'in_progress');
      await clock.pass(12 * HOUR, async () => !(await requireOperator(id)));
      expect(await requireOperator(id)).toBe(false);
    },
  );
});

test.each(FAILING)('a settlement whose sending %s is sent under its own key afterwards', async (_, call) => {
  const id = await STANDING.settling(world);
  const { settlement } = (await world.record(id)).attempt ?? {};
  let isBroken = true;
  start(breaking(ALL, call, () => isBroken));
  await clock.pass(3 * HOUR, async () => await requireOperator(id));
  isBroken = false;
  await clock.pass(2 * HOUR);
  expect(await world.state(id)).toBe('completed');
  const keys = world.marketplace.arrived.map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys)).toEqual(new Set([settlement?.idempotencyKey]));
});

test.each(FAILING)('attention itself is no trap: a look that %s is had again', async (_, call) => {
  const id = await STANDING.attention(world);
  let isBroken = true;
  start(breaking(ALL, call, () => isBroken));
  await clock.pass(3 * HOUR);
  expect(await world.state(id)).toBe('attention');
  isBroken = false;
  world.marketplace.setStatus(id, 'completed');
  await clock.pass(HOUR);
  expect(await world.state(id)).toBe('completed');
});

const WITH_REFUND = [
  ...OPEN_STATES.filter((state) => !['received', 'settling', 'attention'].includes(state)).map(
    (state) => [state, STANDING[state]] as const,
  ),
  ...Object.entries(ATTENTION),
];

describe.each(WITH_REFUND)('near the deadline, %s', (_, stand) => {
  test.each(FAILING)('a step that %s ends with a refund', async (__, call) => {
    const id = await stand(world);
    start(breaking(OURS, call, () => true));
    await clock.pass(6 * HOUR + MINUTE, async () => (await world.state(id)) === 'failed');
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied.map(({ settlement }) => settlement.endpoint)).toEqual(['failure']);
  });
});

test.each(BEFORE_ATTENTION)(
  'a read that always fails unexpectedly in state %s decides nothing beyond the deadline',
  async (state) => {
    const id = await STANDING[state](world);
    const arrived = world.marketplace.arrived.length;
    start(breaking(ALL, throws, () => true));
    await clock.pass(8 * HOUR);
    const { attempt } = await world.record(id);
    expect([await world.state(id), attempt?.progress.verdict?.kind]).not.toContain('failure');
    expect([await world.state(id), await codeOf(id)]).toEqual(['attention', 'step_failed']);
    expect(world.marketplace.arrived).toHaveLength(arrived);
  },
);

test.each(['settling', 'attention'] as const)(
  'money may be with the marketplace in %s: nothing else is settled, and its end is seen',
  async (state) => {
    const id = await STANDING[state](world);
    start(breaking(OURS, throws, () => true));
    const arrived = world.marketplace.arrived.length;
    world.marketplace.settle = throws;
    await clock.pass(8 * HOUR);
    expect([await world.state(id), world.marketplace.arrived.length]).toEqual(['attention', arrived]);
    world.marketplace.setStatus(id, 'completed');
    await clock.pass(HOUR);
    expect(await world.state(id)).toBe('completed');
  },
);

/** Refuses every outcome but the last resorts. */
function refuseCommits(): void {
  const { store } = world.ports;
  const commit = store.commit.bind(store);
  const lastResorts = new Set<StepCommit['event']>([
    'operator_required',
    'failure_decided',
    'failure_settled',
  ]);
  store.commit = async (claim, step, nowMs) => {
    if (step.lastFailure === undefined && !lastResorts.has(step.event)) {
      throw new Error('planted: would be changed');
    }
    return await commit(claim, step, nowMs);
  };
}

describe.each(BEFORE_ATTENTION)('an outcome that the store always refuses, in state %s', (state) => {
  test('a person is needed after five tries', async () => {
    const id = await STANDING[state](world);
    refuseCommits();
    start(world.ports);
    world.marketplace.setStatus(id, 'in_progress');
    await clock.pass(HOUR, async () => (await codeOf(id)) === 'commit_refused');
    expect([await world.state(id), await codeOf(id)]).toEqual(['attention', 'commit_refused']);
  });
});

describe.each(BEFORE_ATTENTION.filter((state) => state !== 'received' && state !== 'settling'))(
  'an outcome that the store always refuses, in state %s',
  (state) => {
    test('near the deadline the hirer is refunded', async () => {
      const id = await STANDING[state](world);
      refuseCommits();
      start(world.ports);
      await clock.pass(7 * HOUR);
      expect(await world.state(id)).toBe('failed');
      expect(world.marketplace.applied.map(({ settlement }) => settlement.endpoint)).toEqual(['failure']);
    });
  },
);

test.each(OPEN_STATES)(
  'a store that takes nothing at all, in state %s: nothing spins, nothing is lost',
  async (state) => {
    const id = await STANDING[state](world);
    const { store } = world.ports;
    const commit = store.commit.bind(store);
    let tries = 0;
    let isBroken = true;
    store.commit = async (...given) => {
      tries += 1;
      if (isBroken) throw new Error('planted: the disk is full');
      return await commit(...given);
    };
    start(world.ports);
    await clock.pass(HOUR);
    expect(await world.state(id)).toBe(state);
    // One a lease, three outcomes each.
    expect(tries).toBeLessThan((3 * HOUR) / world.settings.leaseMs + 10);
    isBroken = false;
    await clock.pass(2 * MINUTE);
    expect((await world.record(id)).lastFailure?.unforeseen ?? 0).toBe(0);
  },
);
