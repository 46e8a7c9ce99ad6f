import { DEFAULT_POLICY, Secret, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

async function says(id: HiringId, marker: string, words: string): Promise<void> {
  const text = `${REPORT_TO} ${marker}: ${world.task(id)} - ${words}`;
  await world.hiclaw.showActivity(alice, { kind: 'message', text });
}

/** Tells an answer of 57,000 characters line by line. */
async function reportsAll(id: HiringId, marker: string): Promise<void> {
  for (let part = 0; part < 30; part += 1) {
    await says(id, marker, `part ${part} ${'of the answer '.repeat(135)}`);
    await world.run(2 * MINUTE);
  }
}

const sentCharacters = () => world.marketplace.told.reduce((sum, text) => sum + text.length, 0);

describe('an answer that is sent before it is paid', () => {
  test.each([
    ['by reports of progress', 'PROGRESS', 20, 300],
    ['by questions', 'QUESTION', 10, 1_000],
  ])('%s: it is cut, and only so much of it is sent', async (_, marker, messages, characters) => {
    const id = await world.atWork();
    await reportsAll(id, marker);
    const told = world.marketplace.tells.filter(({ kind }) => kind === marker.toLowerCase());
    expect(told.length).toBeLessThanOrEqual(messages);
    expect(Math.max(...told.map(({ text }) => text.length))).toBeLessThanOrEqual(characters);
    expect(sentCharacters()).toBeLessThanOrEqual(messages * characters);
  });

  test.each([
    ['in its room', async (id: HiringId) => await says(id, 'BLOCKED', 'I cannot go on')],
    [
      'instead of a result',
      async (id: HiringId) => await world.workerDelivers(id, 'BLOCKED: I cannot go on'),
    ],
  ])(
    'and a worker that then says it is blocked, %s: its owner decides, nobody is refunded',
    async (_, block) => {
      const id = await world.atWork();
      await reportsAll(id, 'PROGRESS');
      await block(id);
      await world.run(10 * MINUTE);
      expect(await world.state(id)).toBe('attention');
      expect((await world.record(id)).attempt?.progress.attention?.reason.code).toBe(
        'blocked_after_messages',
      );
      expect(world.marketplace.arrived).toEqual([]);
    },
  );

  test('a worker that is blocked early is reported as failed at once, as before', async () => {
    const id = await world.atWork();
    await says(id, 'PROGRESS', 'the sources are read');
    await says(id, 'BLOCKED', 'they are empty');
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('over several attempts, each a little: its owner decides, nobody is refunded', async () => {
    const id = await world.atWork();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      for (let part = 0; part < 5; part += 1) {
        const text = `${REPORT_TO} PROGRESS: ${world.task(id, attempt)} - part ${part} ${'of the answer '.repeat(20)}`;
        await world.hiclaw.showActivity(alice, { kind: 'message', text });
        await world.run(2 * MINUTE);
      }
      const text = `${REPORT_TO} BLOCKED: ${world.task(id, attempt)} - I cannot go on`;
      await world.hiclaw.showActivity(alice, { kind: 'message', text });
      await world.run(10 * MINUTE);
      if (attempt === 2) break;
      expect(await world.state(id)).toBe('failed');
      world.marketplace.retry(id);
      await world.ingest(world.marketplace.hiringOf(id));
      await world.run();
      await world.workerReads();
      await world.run();
    }
    expect((await world.record(id)).attempt?.progress.attention?.reason.code).toBe('blocked_after_messages');
    expect(world.marketplace.arrived).toHaveLength(1);
  });

  test('and a result that is no work: its owner decides, though held results are to fail', async () => {
    const id = await world.atWork({ heldResults: 'fail' });
    await reportsAll(id, 'PROGRESS');
    await world.workerDelivers(id, 'TODO');
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('the owner may allow more', async () => {
    const id = await world.atWork({ progressLimit: { characters: 2_000, messages: 3 } });
    await reportsAll(id, 'PROGRESS');
    expect(world.marketplace.told.map((text) => text.length > 1_500)).toEqual([true, true, true]);
  });
});

test('work that is delivered by push waits for a yes where its owner wants that', async () => {
  world.settings = {
    ...world.settings,
    policy: () => ({ ...DEFAULT_POLICY, push: 'worker', approvePushes: true }),
  };
  const id = await world.hire({
    deliveryMode: 'push',
    repoUrl: 'https://github.com/acme/ui-kit',
    repoToken: new Secret('ghp_x'),
  });
  const plain = await world.hire();
  await world.run(HOUR / 60);
  expect((await world.record(id)).attempt?.progress.attention?.approves).toBe('work');
  expect(await world.state(plain)).toBe('sent');
});
