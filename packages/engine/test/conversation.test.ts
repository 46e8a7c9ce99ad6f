import { DEFAULT_POLICY, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

/** A hiring whose worker is at work. */
async function says(id: HiringId, words: string): Promise<void> {
  const [marker = '', ...rest] = words.split(': ');
  const text = `${REPORT_TO} ${marker}: ${world.task(id)} - ${rest.join(': ')}`;
  await world.hiclaw.showActivity(alice, { kind: 'message', text });
}

function told(): [string, string][] {
  return world.marketplace.tells.map(({ kind, text }) => [kind, text]);
}

const purposes = () => world.hiclaw.messages.map(({ purpose, number }) => `${purpose} ${number}`);

describe("the hirer's messages", () => {
  test('lie in the task folder, and the worker is notified of where, each once', async () => {
    const id = await world.atWork();
    world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: 'Make it rhyme. /stop' });
    world.marketplace.say(id, { id: 'm2', kind: 'message', fromHirer: false, text: 'Ours.' });
    await world.run(5 * MINUTE);
    world.marketplace.say(id, { id: 'm3', kind: 'message', fromHirer: true, text: 'And soon.' });
    await world.run(5 * MINUTE);
    expect([...world.hiclaw.folderMessages.values()].map(({ number, text }) => [number, text])).toEqual([
      [1, 'Make it rhyme. /stop'],
      [2, 'And soon.'],
    ]);
    expect(purposes().filter((each) => each.startsWith('message'))).toEqual(['message 1', 'message 2']);
  });

  test('that came before the worker has the task are told after it has', async () => {
    const id = await world.hire();
    world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: 'One more thing.' });
    await world.run(MINUTE + 1);
    expect(purposes()).toEqual(['assignment 1']);
    await world.workerReads();
    await world.run(MINUTE);
    expect(purposes()).toEqual(['assignment 1', 'message 1']);
  });

  test('are told again when the homeserver does not take them, as the same event', async () => {
    const id = await world.atWork();
    world.hiclaw.sendFaults.push('lost after');
    world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: 'Hello?' });
    await world.run(5 * MINUTE);
    expect(purposes().filter((each) => each.startsWith('message'))).toEqual(['message 1']);
  });
});

describe("the worker's progress", () => {
  test('reaches the hirer, whole, and each report once', async () => {
    const id = await world.atWork();
    await says(id, 'PROGRESS: the first two lines\nstand, the third is missing');
    await world.run(MINUTE);
    await says(id, 'PROGRESS: nearly done');
    await world.run(5 * MINUTE);
    expect(told()).toEqual([
      ['progress', 'the first two lines\nstand, the third is missing'],
      ['progress', 'nearly done'],
    ]);
    const keys = world.marketplace.tells.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
  });

  test('that may hold something of the owner, or that nobody is to be told of, does not', async () => {
    const id = await world.atWork();
    await says(id, 'PROGRESS: see /root/hiclaw-fs/agents/alice/openclaw.json');
    await says(id, 'PROGRESS: my token = syt_abcdefghijklmnop');
    await world.run(MINUTE);
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, progress: false }) };
    await says(id, 'PROGRESS: half way');
    await world.run(MINUTE);
    expect(told()).toEqual([]);
  });

  test('is bounded', async () => {
    const id = await world.atWork();
    for (let index = 1; index <= 60; index += 1) await says(id, `PROGRESS: step ${index}`);
    await world.run(HOUR);
    expect(told()).toHaveLength(20);
  });

  test('that the marketplace does not take keeps nothing from going on', async () => {
    const id = await world.atWork();
    world.marketplace.messageFaults.push(...Array.from({ length: 9 }, () => 'HTTP 404'));
    await says(id, 'PROGRESS: half way');
    await world.run(10 * MINUTE);
    await world.workerDelivers(id, 'Grey waves, falling leaves, and the pier.');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

describe("the worker's question", () => {
  test.each(['chat', 'result.md'])('by %s reaches the hirer, and the answer the worker', async (way) => {
    const id = await world.atWork();
    if (way === 'chat') await says(id, 'QUESTION: which sea?');
    else world.hiclaw.write(world.task(id), 'result.md', 'QUESTION: which sea?');
    await world.run(3 * MINUTE);
    expect(told()).toEqual([['question', expect.stringContaining('which sea?')]]);
    expect(await world.state(id)).toBe('acknowledged');

    world.marketplace.say(id, { id: 'a1', kind: 'answer', fromHirer: true, text: 'The North Sea.' });
    await world.run(2 * MINUTE);
    expect([...world.hiclaw.folderMessages.values()]).toMatchObject([
      { kind: 'answer', text: 'The North Sea.' },
    ]);
    expect(purposes().at(-1)).toBe('message 1');
    await world.workerDelivers(id, 'Grey waves of the North Sea, falling leaves.');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('instead of a result is shown to the operator when another hiring keeps the worker from it', async () => {
    const first = await world.atWork();
    const second = await world.hire();
    await world.run();
    expect(await world.state(second)).toBe('staged');
    const collect = world.hiclaw.collect.bind(world.hiclaw);
    world.hiclaw.collect = async () => ({ kind: 'unavailable', problem: 'planted' });
    await world.workerDelivers(first, 'QUESTION: which sea?');
    await world.run(MINUTE);
    world.hiclaw.collect = collect;
    expect([await world.state(first), await world.state(second)]).toEqual(['submitted', 'sent']);
    await world.run(20 * MINUTE);
    expect(await world.attentionOf(first)).toMatchObject({ reason: { code: 'worker_busy' } });
    await world.workerDelivers(second, 'Grey waves fall, and the last leaves go.');
    await world.run(2 * MINUTE);
    expect(await world.state(second)).toBe('completed');
    await world.run(HOUR);
    expect(await world.events(first)).toContain('result_asks');
    expect(told()).toEqual([['question', expect.stringContaining('which sea?')]]);
  });

  test('is waited for without a nudge, then the worker is notified that no answer came', async () => {
    world.settings = { ...world.settings, answerWaitMs: 40 * MINUTE };
    const id = await world.atWork();
    await says(id, 'QUESTION: which sea?');
    await world.run(39 * MINUTE);
    expect(purposes()).toEqual(['assignment 1']);
    await world.run(5 * MINUTE);
    expect(purposes()).toEqual(['assignment 1', 'no-answer 1']);
  });

  describe('while it is open', () => {
    const asks = async () => {
      const id = await world.atWork();
      await says(id, 'QUESTION: which sea?');
      await world.run(MINUTE);
      return id;
    };
    const failed = async (id: HiringId) => (await world.events(id)).includes('failure_decided');
    const answers = (id: HiringId) =>
      world.marketplace.say(id, { id: 'a1', kind: 'answer', fromHirer: true, text: 'The North Sea.' });

    test('keeps a BLOCKED, and the worker that goes on with the answer is paid', async () => {
      const id = await asks();
      await says(id, 'BLOCKED: I wait for the answer of the client');
      await world.run(10 * MINUTE);
      expect([await failed(id), await world.state(id)]).toEqual([false, 'acknowledged']);
      answers(id);
      await world.run(2 * MINUTE);
      expect(purposes()).toEqual(['assignment 1', 'message 1']);
      await world.workerDelivers(id, 'Grey waves of the North Sea, falling leaves.');
      await world.run(2 * MINUTE);
      expect(await world.state(id)).toBe('completed');
    });

    test.each(['answer', 'none'])('keeps each BLOCKED until the worker was told: %s', async (answer) => {
      const id = await asks();
      for (let n = 1; n <= 5; n += 1) {
        await says(id, `BLOCKED: I wait for the answer, ${n}`);
        await world.run(10 * MINUTE);
      }
      expect(await failed(id)).toBe(false);
      await world.run(9 * MINUTE - 20_000);
      await says(id, 'BLOCKED: I still wait for the answer');
      if (answer === 'answer') answers(id);
      await world.run(2 * MINUTE);
      expect(purposes().at(-1)).toBe(answer === 'answer' ? 'message 1' : 'no-answer 1');
      expect(await failed(id)).toBe(false);
      await says(id, 'BLOCKED: the page cannot be read, whatever the sea');
      await world.run(2 * MINUTE);
      expect(await world.state(id)).toBe('failed');
    });

    test('keeps a BLOCKED, and the worker that says nothing more is notified again', async () => {
      const id = await asks();
      await says(id, 'BLOCKED: I wait for the answer of the client');
      await world.run(90 * MINUTE);
      expect(purposes().slice(0, 3)).toEqual(['assignment 1', 'no-answer 1', 'assignment 2']);
      expect(await failed(id)).toBe(false);
    });

    test('is asked though BLOCKED stands beside it, without that', async () => {
      const id = await world.atWork();
      const blocked = `${REPORT_TO} BLOCKED: ${world.task(id)} - I wait for the answer`;
      await says(id, `QUESTION: which sea?\n${blocked}\nNorth or south?`);
      await world.run(5 * MINUTE);
      expect(told()).toEqual([['question', 'which sea?\nNorth or south?']]);
      expect(await world.state(id)).toBe('acknowledged');
    });

    test('is asked though BLOCKED is said at once, and both are read late', async () => {
      const id = await world.atWork();
      world.hiclaw.storageFault = 'down';
      await says(id, 'QUESTION: which sea?');
      await says(id, 'BLOCKED: I wait for the answer');
      await world.run(5 * MINUTE);
      world.hiclaw.storageFault = undefined;
      await world.run(5 * MINUTE);
      expect([told(), await failed(id)]).toEqual([[['question', 'which sea?']], false]);
    });

    test('is asked instead of a result though BLOCKED was said before', async () => {
      const id = await world.atWork();
      await says(id, 'BLOCKED: I do not know which sea is meant');
      world.hiclaw.write(world.task(id), 'result.md', 'QUESTION: which sea?');
      await world.run(5 * MINUTE);
      expect(told()).toEqual([['question', expect.stringContaining('which sea?')]]);
      expect(await failed(id)).toBe(false);
    });

    test('keeps a failure instead of a result, until there is another', async () => {
      const id = await asks();
      world.hiclaw.write(world.task(id), 'result.md', 'BLOCKED: I wait for the answer');
      await world.run(5 * MINUTE);
      expect([await failed(id), await world.state(id)]).toEqual([false, 'acknowledged']);
      answers(id);
      await world.run(2 * MINUTE);
      expect(purposes().at(-1)).toBe('message 1');
      await world.workerDelivers(id, 'Grey waves of the North Sea, falling leaves.');
      await world.run(2 * MINUTE);
      expect(await world.state(id)).toBe('completed');
    });
  });

  test('that the hirer cannot be asked goes to the owner, and to the hirer once that works', async () => {
    const id = await world.atWork();
    world.marketplace.messageFaults.push(...Array.from({ length: 7 }, () => 'HTTP 404'));
    await says(id, 'QUESTION: which sea?');
    await world.run(5.5 * MINUTE);
    expect((await world.record(id)).attempt?.progress.attention).toMatchObject({
      reason: { code: 'question_not_delivered' },
      quote: 'which sea?',
    });
    await world.run(20 * MINUTE);
    expect(told()).toEqual([['question', 'which sea?']]);
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('goes to the owner when there is no end of them', async () => {
    const id = await world.atWork();
    for (let index = 1; index <= 31; index += 1) {
      await says(id, `QUESTION: and what about ${index}?`);
      await world.run(MINUTE);
    }
    expect(told()).toHaveLength(10);
    expect(await world.state(id)).toBe('attention');
  });

  test('that may hold something of the owner goes to the owner', async () => {
    const id = await world.atWork();
    await says(id, 'QUESTION: may I read /root/hiclaw-fs/shared/secrets.txt?');
    await world.run(MINUTE);
    expect([await world.state(id), told()]).toEqual(['attention', []]);
  });
});

test('what the marketplace wants its agents to know goes into the task folder', async () => {
  world.marketplace.contextText = 'Be polite.';
  await world.hire();
  await world.run();
  expect(world.hiclaw.orders()[0]?.context).toBe('Be polite.');
});
