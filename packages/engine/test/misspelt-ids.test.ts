import { createHash } from 'node:crypto';
import { DEFAULT_POLICY, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ANSWER = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const assignments = () => world.hiclaw.messages.filter(({ purpose }) => purpose === 'assignment').length;
const withSlip = (id: HiringId) => world.task(id).replace('550e8400', '550e8401');

/** The worker of a hiring says something where it was told. */
async function says(id: HiringId, text: string): Promise<void> {
  const { worker = alice } = (await world.record(id)).attempt?.progress ?? {};
  await world.hiclaw.showActivity(worker, { kind: 'message', text }, world.store.activities);
}

async function hired(roomPerAttempt: boolean): Promise<HiringId> {
  world.choice = { kind: 'worker', worker: alice, roomPerAttempt };
  const id = await world.hire();
  await world.run();
  return id;
}

describe('a report with a slip in its task id, in the room of the attempt', () => {
  test('is a report, and the first activity of a worker that shows no other', async () => {
    const id = await hired(true);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await says(id, `${REPORT_TO} TASK_COMPLETED: ${withSlip(id)} - a haiku`);
    await world.run(30 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['completed', 1]);
  });

  test('names the SHA-256 of the result where the owner asks for that', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest: 'required' }) };
    const id = await hired(true);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    const digest = createHash('sha256').update(ANSWER).digest('hex');
    await says(id, `${REPORT_TO} TASK_COMPLETED: ${withSlip(id)} - a haiku (sha256=${digest})`);
    await world.run(30 * SECOND);
    expect(await world.state(id)).toBe('completed');
  });

  test('settles nothing where no result lies in the folder: the worker is notified again', async () => {
    const id = await hired(true);
    await says(id, `${REPORT_TO} TASK_COMPLETED: ${world.task(id).slice(0, 30)}… - a haiku`);
    await world.run(90 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
    await world.workerDelivers(id, ANSWER);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is none where it is the id of another hiring', async () => {
    const id = await hired(true);
    const other = await hired(true);
    await says(id, `${REPORT_TO} TASK_COMPLETED: ${world.task(other)} - a haiku`);
    await world.run(SECOND);
    const { milestones = [], claimedAtMs } = (await world.record(id)).attempt?.progress ?? {};
    expect([claimedAtMs, milestones.some(({ kind }) => kind === 'acknowledged')]).toEqual([undefined, false]);
  });
});

describe('a report with a slip in its task id, in a room that hirings share', () => {
  const reports = async (id: HiringId, task: string) =>
    await says(id, `${REPORT_TO} TASK_COMPLETED: ${task} - a haiku`);

  test('is no report: the worker is asked once, and its clear report counts', async () => {
    const id = await hired(false);
    await reports(id, withSlip(id));
    await world.run(50 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['acknowledged', 1]);
    await world.run(20 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
    await world.workerDelivers(id, ANSWER);
    await world.run(30 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['completed', 2]);
  });

  test('said again by a worker that was asked is taken for this one', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest: 'required' }) };
    const id = await hired(false);
    const digest = createHash('sha256').update(ANSWER).digest('hex');
    const slip = `${withSlip(id)} (sha256=${digest})`;
    await reports(id, slip);
    await world.run(70 * SECOND);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await reports(id, slip);
    await world.run(30 * SECOND);
    expect([await world.state(id), assignments()]).toEqual(['completed', 2]);
  });

  test('is asked about once: without an answer the worker is watched like any other', async () => {
    const id = await hired(false);
    await reports(id, withSlip(id));
    await world.run(2.5 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
    await world.run(10 * MINUTE);
    expect(await world.attentionOf(id)).toMatchObject({ endsWith: 'activity' });
  });

  test('is not asked about where a result lies there, which counts once all is still', async () => {
    const id = await hired(false);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await reports(id, withSlip(id));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('acknowledged');
    await world.run(2 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['completed', 1]);
  });

  test('that says BLOCKED ends nothing on its own', async () => {
    const id = await hired(false);
    await says(id, `${REPORT_TO} BLOCKED: ${withSlip(id)} - there is no key for the page`);
    await world.run(HOUR);
    expect([await world.state(id), (await world.attentionOf(id))?.reason.code]).toEqual([
      'attention',
      'blocked_in_doubt',
    ]);
  });
});
