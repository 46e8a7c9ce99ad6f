import {
  FRESH_PROGRESS,
  hiringIdSchema,
  unreadHiring,
  type AttemptProgress,
  type Hiring,
} from '@agrenting-hiclaw/core/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { Decisions } from '../src/checks/decisions.ts';
import { Prng } from '../src/prng.ts';
import { FakeMarketplace } from '../src/outside/marketplace.ts';
import { OutageSchedule } from '../src/outside/outages.ts';
import { drawScenario } from '../src/scenario.ts';
import { taskIds } from '../src/task-ids.ts';
import { calmStage } from './calm-stage.ts';

const HIRING = unreadHiring(hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001'));
const START_MS = Date.UTC(2026, 10, 23, 10);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TASK = taskIds(HIRING.hiringId, 1, 0);
const DEADLINE = {
  maxDurationMs: 30 * MINUTE_MS,
  unacknowledgedMarginMs: 5 * MINUTE_MS,
  maxOverdueMs: HOUR_MS,
};
const EARLY = 'nothing is failed for a deadline that has not come';

/** A marketplace whose clock is two minutes ahead, and who looks at what a process decides of one hiring. */
function begin() {
  const { settings } = drawScenario(1);
  const clocksAheadMs = { marketplace: 2 * MINUTE_MS, homeserver: 0 };
  const stage = calmStage({ settings: { ...settings, deadline: DEADLINE }, clocksAheadMs }, START_MS);
  const prng = new Prng(1, 'test');
  const marketplace = new FakeMarketplace(stage, prng, new OutageSchedule(stage, prng));
  const decisions = new Decisions(stage, marketplace, { meant: new Map() });
  const { clock } = marketplace;
  const pass = (forMs: number): void => {
    const untilMs = stage.timeline.nowMs + forMs;
    stage.timeline.after(forMs, () => undefined);
    while (stage.timeline.step(untilMs));
  };
  const { hiringId } = HIRING;
  /** A process reads the hiring, notes its opening after so long, and stores that after so long again. */
  const open = (
    hiring: Hiring,
    { number = 1, windsUpMs = 0, standsStillMs = 0, notedEarlyMs = 0, isNoted = true } = {},
  ): void => {
    decisions.claimed('one', { record: { hiringId } });
    decisions.shown('one', hiringId);
    pass(windsUpMs);
    const openedTheirMs = isNoted ? clock.nowMs - notedEarlyMs : undefined;
    pass(standsStillMs);
    const progress: AttemptProgress = { ...FRESH_PROGRESS, openedTheirMs };
    const opened = { number, taskId: TASK, marker: {}, hiring };
    decisions.committed('one', { record: { hiringId } }, { event: 'confirmed', open: opened, progress });
  };
  /** How often the rules are broken when the attempt is failed now. */
  const failNow = (
    hiring: Hiring,
    reason: 'agent_unresponsive' | 'timeout' = 'agent_unresponsive',
    number = 1,
  ) => {
    const record = { hiringId, attempt: { taskId: TASK, number, hiring } };
    const progress: AttemptProgress = {
      ...FRESH_PROGRESS,
      verdict: { kind: 'failure', failure: { reason, text: 'Too late.' } },
    };
    decisions.claimed('one', { record });
    decisions.committed('one', { record }, { event: 'failure_decided', progress });
    return stage.violations.all.map(({ rule }) => rule);
  };
  const dueIn = (ms: number): Hiring => ({ ...HIRING, deadlineAtMs: clock.nowMs + ms });
  return { pass, open, failNow, dueIn };
}

let world: ReturnType<typeof begin>;
beforeEach(() => {
  world = begin();
});

describe('without a deadline', () => {
  const GIVEN_UP_MS = DEADLINE.maxDurationMs - DEADLINE.unacknowledgedMarginMs;

  test('the time counts from when the opening was noted, though the process stood still before that was stored', () => {
    world.open(HIRING, { standsStillMs: 79_000 });
    world.pass(GIVEN_UP_MS - 79_000);
    expect(world.failNow(HIRING)).toEqual([]);
  });

  test('what the process had to do between the read and the noting is not part of the time', () => {
    world.open(HIRING, { windsUpMs: 40_000 });
    world.pass(GIVEN_UP_MS - 40_000);
    expect(world.failNow(HIRING)).toEqual([EARLY]);
  });

  test.each([
    ['noted as long before the read', { notedEarlyMs: HOUR_MS }],
    ['not noted by that clock', { isNoted: false, standsStillMs: 79_000 }],
  ])('an opening that is %s takes no time away', (_, how) => {
    world.open(HIRING, how);
    world.pass(GIVEN_UP_MS - MINUTE_MS);
    expect(world.failNow(HIRING)).toEqual([EARLY]);
  });

  test('an attempt that was taken has all of the time', () => {
    world.open(HIRING);
    world.pass(GIVEN_UP_MS);
    expect(world.failNow(HIRING, 'timeout')).toEqual([EARLY]);
  });
});

describe('with a deadline', () => {
  test('one that has less time than others have as a margin has half of it', () => {
    const hiring = world.dueIn(4 * MINUTE_MS);
    world.open(hiring);
    world.pass(2 * MINUTE_MS - 20_000);
    expect(world.failNow(hiring)).toEqual([EARLY]);
  });

  test('and is given up then', () => {
    const hiring = world.dueIn(4 * MINUTE_MS);
    world.open(hiring);
    world.pass(2 * MINUTE_MS);
    expect(world.failNow(hiring)).toEqual([]);
  });

  test('that was past when the first attempt was opened is over at once', () => {
    const hiring = world.dueIn(-MINUTE_MS);
    world.open(hiring);
    expect(world.failNow(hiring)).toEqual([]);
  });

  test("a hirer's retry does not fail for that of the first attempt", () => {
    const hiring = world.dueIn(10 * MINUTE_MS);
    world.open(hiring);
    world.pass(20 * MINUTE_MS);
    world.open(hiring, { number: 2 });
    expect(world.failNow(hiring, 'agent_unresponsive', 2)).toEqual([EARLY]);
  });

  test("a hirer's retry has the time that replaces it", () => {
    const hiring = world.dueIn(10 * MINUTE_MS);
    world.open(hiring);
    world.pass(20 * MINUTE_MS);
    world.open(hiring, { number: 2 });
    world.pass(DEADLINE.maxDurationMs - DEADLINE.unacknowledgedMarginMs);
    expect(world.failNow(hiring, 'agent_unresponsive', 2)).toEqual([]);
  });
});
