import { versionOf, type HiringId, commandHiring } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ANSWER = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const questions = () => world.marketplace.tells.filter(({ kind }) => kind === 'question').length;

/** What keeps a look from acting on what the worker said, until it is over. */
const IN_THE_WAY: Readonly<
  Record<string, (id: HiringId) => Promise<{ readonly end: () => void; readonly held?: boolean }>>
> = {
  'the folder cannot be read': async () => {
    world.hiclaw.storageFault = 'planted';
    return await Promise.resolve({ end: () => (world.hiclaw.storageFault = undefined) });
  },
  'a result lies there that does not pass': async (id) => {
    // It appears in the look in which what was said has been still.
    await world.run(7_500);
    world.hiclaw.write(world.task(id), 'result.md', 'TODO');
    return { end: () => undefined };
  },
  'a result lies there that changes': async (id) => {
    await world.run(7_500);
    world.hiclaw.write(world.task(id), 'result.md', 'TODO');
    return { end: () => world.hiclaw.remove(world.task(id), 'result.md') };
  },
};

describe.each(Object.keys(IN_THE_WAY))('what a worker says while %s', (what) => {
  test('a question reaches the hirer once', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'QUESTION', 'which of the two seas?'));
    const { end } = (await IN_THE_WAY[what]?.(id)) ?? {};
    await world.run(SECOND);
    end?.();
    await world.run(2 * MINUTE);
    expect(questions()).toBe(1);
  });

  test('an error of its model has it told again', async () => {
    const id = await world.atWork();
    await world.says('Error: the model is overloaded');
    const { end } = (await IN_THE_WAY[what]?.(id)) ?? {};
    await world.run(SECOND);
    end?.();
    await world.run(MINUTE);
    expect(world.hiclaw.messages.length).toBe(2);
  });
});

test('an error of the model is answered once the worker can be told', async () => {
  await world.atWork();
  await world.says('Error: the model is overloaded');
  world.hiclaw.readiness.push({ kind: 'starting', waitMs: 5_000 }, { kind: 'failed', problem: 'planted' });
  await world.run(MINUTE);
  expect(world.hiclaw.messages).toHaveLength(2);
});

describe('a worker that says it is blocked while its result waits', () => {
  async function waiting(policy: { readonly approve?: 'results' }, text: string): Promise<HiringId> {
    const id = await world.atWork(policy);
    await world.workerDelivers(id, text);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    return id;
  }

  test.each([
    ['for a yes', { approve: 'results' }, ANSWER],
    ['because it did not pass', {}, 'TODO'],
  ] as const)('%s: its owner is shown that, and an older yes is refused', async (_what, policy, text) => {
    const id = await waiting(policy, text);
    const shown = versionOf(await world.record(id));
    await world.says(world.line(id, 'BLOCKED', 'the file is not mine'));
    await world.run(5 * SECOND);
    expect(versionOf(await world.record(id))).not.toBe(shown);
    await world.run(MINUTE);
    const attention = await world.attentionOf(id);
    expect([await world.state(id), attention?.reason.code]).toEqual(['attention', 'result_while_blocked']);
    const outcome = await commandHiring(world.store, id, { kind: 'approve', version: shown });
    expect(outcome.kind).toBe('changed');
    await world.run(10 * MINUTE);
    expect([await world.state(id), world.marketplace.arrived]).toEqual(['attention', []]);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('and takes it back: waits as it did', async () => {
    const id = await waiting({ approve: 'results' }, ANSWER);
    const shown = versionOf(await world.record(id));
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      eventId: '$1',
      text: world.line(id, 'BLOCKED', 'no key'),
    });
    await world.run(5 * SECOND);
    await world.hiclaw.showActivity(alice, { kind: 'message', replacesEventId: '$1', text: 'I found it.' });
    await world.run(2 * MINUTE);
    expect(versionOf(await world.record(id))).toBe(shown);
  });

  test('and then reports it as completed: waits for a yes alone', async () => {
    const id = await waiting({ approve: 'results' }, ANSWER);
    await world.says(world.line(id, 'BLOCKED', 'no key'));
    await world.run(MINUTE);
    await world.says(world.line(id, 'TASK_COMPLETED', 'done after all'));
    await world.run(2 * MINUTE);
    const attention = await world.attentionOf(id);
    expect([attention?.reason.code, attention?.approves]).toEqual(['result_approval', 'result']);
  });
});
