import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

async function atWork(): Promise<HiringId> {
  const id = await world.hire();
  await world.run();
  await world.workerReads();
  await world.run();
  return id;
}

async function says(text: string | undefined, eventId: string, replacesEventId?: string): Promise<void> {
  await world.hiclaw.showActivity(alice, { kind: 'message', text, eventId, replacesEventId });
  await world.run(SECOND);
}

/** Writes a text as runtimes do that edit without a mark: a word more each second. */
async function writes(text: string, eventId: string): Promise<void> {
  const words = text.split(' ');
  for (let count = 2; count <= words.length; count += 1) {
    const isFirst = count === 2;
    const event = isFirst ? eventId : `${eventId}-${count}`;
    await says(words.slice(0, count).join(' '), event, isFirst ? undefined : eventId);
  }
}

const told = () => world.marketplace.tells.map(({ kind, text }) => [kind, text]);
const failures = (id: HiringId) => world.events(id).then((all) => all.includes('failure_decided'));

describe('a text that is still being edited', () => {
  test('fails no hiring before it is whole, and then in its last words', async () => {
    const id = await atWork();
    await writes(world.line(id, 'BLOCKED', 'The picture that I am to describe is not in the folder.'), '$1');
    expect(await world.state(id)).toBe('acknowledged');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
    const { settlement } = (await world.record(id)).attempt ?? {};
    expect(JSON.stringify(settlement)).toContain('is not in the folder.');
  });

  test.each(['QUESTION', 'PROGRESS'])('tells a hirer of its %s once, in its last words', async (marker) => {
    const id = await atWork();
    await writes(world.line(id, marker, 'Which of the two seas is it, north or south?'), '$1');
    expect(told()).toEqual([]);
    await world.run(MINUTE);
    expect(told()).toEqual([[marker.toLowerCase(), 'Which of the two seas is it, north or south?']]);
  });

  test('shows an owner a question of the guard once it is whole, and nothing is said to the worker before', async () => {
    const id = await atWork();
    await writes('Waiting for approval: rm -rf build and then all of dist', '$1');
    expect(await world.state(id)).toBe('acknowledged');
    const before = world.hiclaw.sends;
    await world.command(id, { kind: 'message', to: 'worker', text: 'Hurry up.', source: 'one' });
    await world.run(5 * SECOND);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['acknowledged', before]);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect((await world.events(id)).filter((event) => event === 'operator_required')).toHaveLength(1);
  });

  test("takes a model's error for one once nothing follows it", async () => {
    await atWork();
    await says('Error: the model', '$1');
    await says('Error: the model is overloaded, I try again', '$2', '$1');
    await says('It works again.', '$3');
    await world.run(MINUTE);
    expect(world.hiclaw.messages).toHaveLength(1);
    await says('Error: the model is overloaded', '$4');
    await world.run(MINUTE);
    expect(world.hiclaw.messages).toHaveLength(2);
  });
});

describe('a text that is being written while the clock is set ahead', () => {
  test.each([MINUTE, 8 * 60 * MINUTE])('by %d ms: it fails no hiring before it is whole', async (byMs) => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'The picture that I am to describe'), '$1');
    world.setClock(byMs);
    await world.run(SECOND);
    await says('The picture is there after all, and I go on.', '$2', '$1');
    await world.run(3 * MINUTE);
    expect(await failures(id)).toBe(false);
  });

  test.each(['QUESTION', 'PROGRESS'])('a hirer receives a %s only as a whole', async (marker) => {
    const id = await atWork();
    await says(world.line(id, marker, 'The picture'), '$1');
    world.setClock(MINUTE);
    await world.run(SECOND);
    expect(told()).toEqual([]);
    await says(world.line(id, marker, 'The picture is too dark, I make it brighter?'), '$2', '$1');
    await world.run(MINUTE);
    expect(told()).toEqual([[marker.toLowerCase(), 'The picture is too dark, I make it brighter?']]);
  });

  test.each([MINUTE, -MINUTE])('is taken once it has been still, by %d ms', async (byMs) => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'there is no picture'), '$1');
    world.setClock(byMs);
    await world.run(2 * MINUTE);
    expect(await failures(id)).toBe(true);
  });
});

describe('a text of which the rest is not heard', () => {
  /** Half of a text was heard when the homeserver went away; the worker went on all the same. */
  async function isHalfReceived(marker: string, away: number): Promise<HiringId> {
    const id = await atWork();
    await says(world.line(id, marker, 'The picture'), '$1');
    world.offlineSinceMs = world.nowMs;
    await world.run(away);
    return id;
  }
  const rest = async (id: HiringId, marker: string) =>
    await says(world.line(id, marker, 'The picture is too dark, I make it brighter?'), '$2', '$1');

  test.each([20 * SECOND, 2 * MINUTE, 40 * MINUTE])(
    'ends nothing, and is shown to nobody, while nobody listens for %d ms',
    async (away) => {
      const ids = { BLOCKED: await isHalfReceived('BLOCKED', away) };
      expect(await failures(ids.BLOCKED)).toBe(false);
      world.offlineSinceMs = undefined;
      await says('I go on.', '$2', '$1');
      await world.run(3 * MINUTE);
      expect(await failures(ids.BLOCKED)).toBe(false);
    },
  );

  test.each(['QUESTION', 'PROGRESS'])('a hirer receives a %s only as a whole', async (marker) => {
    const id = await isHalfReceived(marker, 3 * MINUTE);
    expect(told()).toEqual([]);
    await rest(id, marker);
    world.offlineSinceMs = undefined;
    await world.run(MINUTE);
    expect(told()).toEqual([[marker.toLowerCase(), 'The picture is too dark, I make it brighter?']]);
  });

  test.each([5 * MINUTE, 40 * MINUTE, 150 * MINUTE])(
    'counts as it is once somebody listens again after %d ms, and hears no more of it',
    async (away) => {
      const id = await isHalfReceived('BLOCKED', away);
      world.offlineSinceMs = undefined;
      await world.run(6 * MINUTE);
      expect(await failures(id)).toBe(true);
    },
  );

  test('is not taken for silence either', async () => {
    const id = await isHalfReceived('PROGRESS', 90 * MINUTE);
    expect([await world.state(id), world.hiclaw.messages.length]).toEqual(['acknowledged', 1]);
  });
});

describe('a saying that is taken back', () => {
  const WAYS: Readonly<Record<string, () => Promise<void>>> = {
    'by an edit': async () => await says('I found it, and go on.', '$2', '$1'),
    'by deleting the message': async () => await says(undefined, '$2', '$1'),
  };
  const SAYINGS: readonly (readonly [string, (id: HiringId) => string])[] = [
    ['BLOCKED', (id) => world.line(id, 'BLOCKED', 'no key')],
    ['QUESTION', (id) => world.line(id, 'QUESTION', 'which key?')],
    ['PROGRESS', (id) => world.line(id, 'PROGRESS', 'half of it')],
    ['a question of its guard', () => 'Waiting for approval: rm -rf build'],
    ['an error of its model', () => 'Error: the model is overloaded'],
  ];

  describe.each(SAYINGS)('%s', (_what, text) => {
    test.each(Object.keys(WAYS))('%s: nothing follows from it', async (way) => {
      const id = await atWork();
      await says(text(id), '$1');
      await WAYS[way]?.();
      await world.run(2 * MINUTE);
      expect([await world.state(id), told(), world.hiclaw.messages.length]).toEqual(['acknowledged', [], 1]);
    });
  });
});

describe('a worker that says it is blocked', () => {
  test('and nothing else: is looked at twice', async () => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'no key'), '$1');
    await world.run(20 * SECOND);
    expect(await failures(id)).toBe(false);
    await world.run(15 * SECOND);
    expect(await failures(id)).toBe(true);
  });

  test('and says so again: is blocked, no later for that', async () => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'no key'), '$1');
    await world.run(20 * SECOND);
    await says(world.line(id, 'BLOCKED', 'still no key'), '$2');
    await world.run(10 * SECOND);
    expect(await world.state(id)).toBe('failed');
  });

  test.each([
    ['goes on', () => 'The key was in the other folder. Going on.', 10 * SECOND],
    ['reports progress', (id: HiringId) => world.line(id, 'PROGRESS', 'half of it'), 0],
    ['asks', (id: HiringId) => world.line(id, 'QUESTION', 'which key?'), 0],
    ['reports that it is done', (id: HiringId) => world.line(id, 'TASK_COMPLETED', 'done'), 0],
    ['waits at its guard', () => 'Waiting for approval: rm -rf build', 0],
  ])('and then %s: is not', async (_what, text, waitMs) => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'no key'), '$1');
    await world.run(waitMs);
    await says(text(id), '$2');
    await world.run(5 * MINUTE);
    expect(await failures(id)).toBe(false);
  });

  test('and delivers meanwhile: the result waits until it is clear what counts', async () => {
    const id = await atWork();
    await says(world.line(id, 'BLOCKED', 'no key'), '$1');
    world.hiclaw.write(world.task(id), 'result.md', 'Grey waves fold and fall, gulls argue with rain.');
    await world.run(10 * SECOND);
    expect(await world.state(id)).toBe('acknowledged');
    await says('I found the key after all.', '$2', '$1');
    await world.run(3 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('while storage is away: it is not forgotten meanwhile', async () => {
    const id = await atWork();
    world.hiclaw.storageFault = 'planted';
    await says(world.line(id, 'BLOCKED', 'no key'), '$1');
    await world.run(2 * MINUTE);
    world.hiclaw.storageFault = undefined;
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });
});
