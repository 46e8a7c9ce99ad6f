import { DEFAULT_POLICY, NO_SECRETS, type StoredActivity } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { longestTurnMs } from '../../core/src/domain/testing/longest-turn.ts';
import { readActivity } from '../src/worker-signals.ts';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const OF_ANOTHER = 'PROGRESS: task-20260101-000000\n';

test.each([
  ['short lines', 200, 'a\n'.repeat(30_000)],
  ['reports of another task', 1_000, OF_ANOTHER.repeat(1_900)],
  ['short lines and a word like a report', 40, `${'a\n'.repeat(120_000)}BLOCKED`],
])('many messages of %s are read while other things go on', async (_, count, text) => {
  const { attempt } = await world.record(await world.atWork());
  if (attempt === undefined) throw new Error('no attempt');
  const activities = Array.from({ length: count }, (__, index): StoredActivity => {
    const sequence = attempt.progress.activitySequence + index + 1;
    return { ...alice, kind: 'message', sequence, eventId: `$loud${index}`, text, atMs: world.nowMs };
  });
  const reading = {
    reportTo: REPORT_TO,
    forwardsProgress: true,
    progressLimit: DEFAULT_POLICY.progressLimit,
    secrets: NO_SECRETS,
    nowMs: world.nowMs,
    stillMs: 1_000,
    blockedMs: 1_000,
    acknowledgeMs: 1_000,
    answerWaitMs: 3_600_000,
  };
  const longestMs = await longestTurnMs(async () => {
    const { progress } = await readActivity(attempt, activities, reading);
    expect(progress.activitySequence).toBe(activities.at(-1)?.sequence);
  }, 100);
  expect(longestMs).toBeLessThan(100);
});

test('what a worker says behind many long messages is heard all the same', async () => {
  const id = await world.atWork();
  for (let message = 0; message < 40; message += 1) {
    await world.hiclaw.showActivity(alice, { kind: 'message', text: OF_ANOTHER.repeat(8_000) });
  }
  await world.hiclaw.showActivity(alice, { kind: 'message', text: `BLOCKED: ${world.task(id)} - no access` });
  await world.run(10 * MINUTE);
  expect(await world.state(id)).toBe('failed');
});
