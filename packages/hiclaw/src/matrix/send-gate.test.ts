import {
  FRESH_PACE,
  refusedBy,
  takeFrom,
  type SendBudget,
  type SendLane,
  type SendPace,
} from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import type { HomeserverAnswer } from './homeserver.ts';
import { createSendGate, type GatedSend, type SendGate } from './send-gate.ts';

const START_MS = 1_000_000_000;
const CEILING = { perMinute: 6_000, burst: 200 };

/** A clock that stands still until it is moved. */
class ManualClock {
  ms = START_MS;
  nowMs = (): number => this.ms;
  elapsedMs = (): number => this.ms;
  sleep = async (): Promise<void> => {
    await Promise.resolve();
  };
}

/** A budget that nobody else uses. */
class MemoryBudget implements SendBudget {
  readonly #paces = new Map<string, SendPace>();

  take: SendBudget['take'] = async ({ lane, within, rank, waiting }, nowMs) => {
    const taken = takeFrom(this.#of(lane), lane.ceiling, { rank, waiting, nowMs });
    const inner =
      within === undefined ? undefined : takeFrom(this.#of(within), within.ceiling, { rank, nowMs });
    const { waitMs, everyMs } = taken;
    if (waitMs === 0 && inner !== undefined && inner.waitMs > 0) {
      return await Promise.resolve({ waitMs: inner.waitMs, everyMs, bound: 'within' });
    }
    this.#paces.set(lane.name, taken.after);
    if (waitMs === 0 && within !== undefined && inner !== undefined)
      this.#paces.set(within.name, inner.after);
    return await Promise.resolve({ waitMs, everyMs, bound: 'lane' });
  };

  refused: SendBudget['refused'] = async (lane, refusal, nowMs) => {
    this.#paces.set(lane.name, refusedBy(this.#of(lane), lane.ceiling, { ...refusal, nowMs }));
    await Promise.resolve();
  };

  #of({ name }: SendLane): SendPace {
    return this.#paces.get(name) ?? FRESH_PACE;
  }
}

const LIMITED_MS = 5_000;
const limited = async (): Promise<HomeserverAnswer<string>> =>
  await Promise.resolve({ kind: 'failed', failure: { kind: 'limited', retryAfterMs: LIMITED_MS } });
const taken = async (): Promise<HomeserverAnswer<string>> =>
  await Promise.resolve({ kind: 'answered', value: 'yes' });
/** Fails the test: the homeserver was asked. */
const never = async (): Promise<HomeserverAnswer<string>> => {
  await Promise.resolve();
  throw new Error('the homeserver was asked');
};

function world(perWorker = CEILING) {
  const clock = new ManualClock();
  const gate = createSendGate({
    budget: new MemoryBudget(),
    clock,
    account: '@us:test',
    ceiling: CEILING,
    perWorker,
  });
  return { clock, gate };
}

function assignment(number: number): GatedSend {
  return { kind: 'message', rank: 'assignment', key: `task-${number}`, worker: `@w${number}:test` };
}

/** How long it is to wait; 0 when it went. */
async function waitOf(gate: SendGate, send: GatedSend, call = taken): Promise<number> {
  const answer = await gate.pass(send, call);
  if (answer.kind === 'answered') return 0;
  if (answer.failure.kind !== 'limited') throw new Error(answer.failure.kind);
  return answer.failure.retryAfterMs;
}

describe('createSendGate', () => {
  test('asks nothing before the wait that the homeserver named has passed, and then with one', async () => {
    const { clock, gate } = world();
    expect(await waitOf(gate, assignment(0), limited)).toBe(LIMITED_MS);
    for (let number = 1; number <= 5; number += 1) {
      expect(await waitOf(gate, assignment(number), never)).toBeGreaterThanOrEqual(LIMITED_MS);
    }
    clock.ms += LIMITED_MS - 1;
    expect(await waitOf(gate, assignment(0), never)).toBe(1);
    clock.ms += 1;
    expect(await waitOf(gate, assignment(0), taken)).toBe(0);
    expect(await waitOf(gate, assignment(6), never)).toBeGreaterThan(0);
  });

  test('has those that wait come back one after the other, each in its place however often it asks', async () => {
    const { gate } = world();
    await waitOf(gate, assignment(0), limited);
    const first: number[] = [];
    const again: number[] = [];
    for (let number = 1; number <= 4; number += 1) first.push(await waitOf(gate, assignment(number), never));
    for (let number = 1; number <= 4; number += 1) again.push(await waitOf(gate, assignment(number), never));
    expect(again).toEqual(first);
    const gapsMs = first.slice(1).map((waitMs, index) => waitMs - (first[index] ?? 0));
    for (const gapMs of gapsMs) expect(gapMs).toBeCloseTo(LIMITED_MS, -3);
  });

  test('has all that wait come after a new refusal, in their order', async () => {
    const { clock, gate } = world();
    await waitOf(gate, assignment(0), limited);
    const before: number[] = [];
    for (let number = 1; number <= 3; number += 1) before.push(await waitOf(gate, assignment(number), never));
    clock.ms += LIMITED_MS;
    expect(await waitOf(gate, assignment(0), limited)).toBe(LIMITED_MS);
    const after: number[] = [];
    for (let number = 1; number <= 3; number += 1) after.push(await waitOf(gate, assignment(number), never));
    expect(Math.min(...after)).toBeGreaterThanOrEqual(LIMITED_MS);
    expect(after).toEqual(after.toSorted((one, other) => one - other));
  });

  test('lets nothing less urgent go while an assignment waits', async () => {
    const { clock, gate } = world();
    await waitOf(gate, assignment(0), limited);
    clock.ms += LIMITED_MS;
    const reminder: GatedSend = { kind: 'message', rank: 'other', key: 'reminder' };
    expect(await waitOf(gate, reminder, never)).toBeGreaterThan(0);
    expect(await waitOf(gate, assignment(0), taken)).toBe(0);
  });

  test('keeps nothing back for an assignment that does not come', async () => {
    const { clock, gate } = world();
    await waitOf(gate, assignment(0), limited);
    clock.ms += 3 * LIMITED_MS;
    expect(await waitOf(gate, { kind: 'message', rank: 'other', key: 'reminder' }, taken)).toBe(0);
  });

  test('keeps what one worker is sent within a bound of its own, which nobody else waits for', async () => {
    const { gate } = world({ perMinute: 60, burst: 3 });
    const told = async (number: number): Promise<number> =>
      await waitOf(gate, { ...assignment(number), worker: '@looping:test' });
    expect([await told(1), await told(2), await told(3)]).toEqual([0, 0, 0]);
    expect(await told(4)).toBeGreaterThan(0);
    expect(await waitOf(gate, assignment(5))).toBe(0);
  });

  test('counts rooms apart from messages', async () => {
    const { gate } = world();
    const room: GatedSend = { kind: 'room', rank: 'preparation', key: 'room' };
    expect(await waitOf(gate, room, limited)).toBe(LIMITED_MS);
    expect(await waitOf(gate, assignment(1), taken)).toBe(0);
    expect(await waitOf(gate, { ...room, key: 'other' }, never)).toBeGreaterThan(0);
  });
});
