import {
  MAX_APPROVABLE_QUESTION_CHARACTERS,
  openQuestion,
  type AttemptProgress,
  type CommandQuestion,
  type HiringId,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = 'Waiting for approval: ls';
const SECOND = `Waiting for approval\n\nrm -rf /tmp/${'x'.repeat(2_000)} ; the end`;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

async function says(text: string, eventId: string, replacesEventId?: string): Promise<void> {
  await world.hiclaw.showActivity(alice, { kind: 'message', text, eventId, replacesEventId });
  await world.run(MINUTE);
}

async function question(id: HiringId): Promise<CommandQuestion | undefined> {
  return openQuestion(await world.record(id));
}

async function progress(id: HiringId): Promise<AttemptProgress | undefined> {
  return (await world.record(id)).attempt?.progress;
}

describe('a worker whose guard asks', () => {
  test('again: its owner sees the newest question, whole, and is alerted again', async () => {
    const id = await world.atWork();
    await says(FIRST, '$1');
    expect(await question(id)).toMatchObject({ eventId: '$1', text: FIRST });
    await says(SECOND, '$2');
    expect(await question(id)).toMatchObject({ eventId: '$2', text: SECOND, characters: SECOND.length });
    expect((await world.events(id)).filter((event) => event === 'operator_required')).toHaveLength(2);
  });

  test('in other words than before: the edit is another question', async () => {
    const id = await world.atWork();
    await says(FIRST, '$1');
    await says(SECOND, '$2', '$1');
    expect(await question(id)).toMatchObject({ eventId: '$2', firstEventId: '$1', text: SECOND });
  });

  test.each([
    ['says something', { text: 'I go on without.' }],
    ['thinks aloud', {}],
    ['edits what it asked to something else', { text: 'Denied.', replacesEventId: '$1' }],
  ])('and then %s: it waits no more, and is watched on', async (_what, activity) => {
    const id = await world.atWork();
    await says(FIRST, '$1');
    await world.hiclaw.showActivity(alice, { kind: 'message', eventId: '$2', ...activity });
    await world.run(MINUTE);
    expect(await question(id)).toBeUndefined();
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('two questions in one look: the newer one counts', async () => {
    const id = await world.atWork();
    await world.hiclaw.showActivity(alice, { kind: 'message', text: FIRST, eventId: '$1' });
    await says(SECOND, '$2');
    expect(await question(id)).toMatchObject({ eventId: '$2' });
  });

  test('while the storage is away: the question is not lost with it', async () => {
    const id = await world.atWork();
    world.hiclaw.storageFault = 'planted';
    await says(FIRST, '$1');
    world.hiclaw.storageFault = undefined;
    await world.run(MINUTE);
    expect(await question(id)).toMatchObject({ eventId: '$1' });
  });

  test('while its owner is needed for something else: the question is shown', async () => {
    const id = await world.atWork();
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - done`, '$0');
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    await says(FIRST, '$1');
    expect(await question(id)).toMatchObject({ eventId: '$1' });
  });

  test('hears nothing of us meanwhile, not even what its hirer writes', async () => {
    const id = await world.atWork();
    await says(FIRST, '$1');
    const before = world.hiclaw.sends;
    await world.command(id, { kind: 'message', to: 'worker', text: 'Hurry up.', source: 'one' });
    await world.run(HOUR);
    expect(world.hiclaw.sends).toBe(before);
    await says('Denied, I go on.', '$2');
    expect(world.hiclaw.messages.at(-1)).toMatchObject({ purpose: 'message' });
  });

  test('while its owner holds the hiring back: nothing is said to it until that is over', async () => {
    const id = await world.atWork();
    await world.command(id, { kind: 'hold' });
    await says(FIRST, '$1');
    const before = world.hiclaw.sends;
    await world.command(id, { kind: 'message', to: 'worker', text: 'Hurry up.', source: 'one' });
    await world.run(HOUR);
    expect(world.hiclaw.sends).toBe(before);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await question(id)).toMatchObject({ eventId: '$1' });
  });

  test('at more length than can be shown: its owner is directed where to answer', async () => {
    const id = await world.atWork();
    await says(`Waiting for approval: ${'x'.repeat(MAX_APPROVABLE_QUESTION_CHARACTERS)}`, '$1');
    expect((await progress(id))?.attention).toMatchObject({
      reason: { code: 'guard_question', isShownWhole: false },
    });
  });

  test('delivers: the result counts, whatever it asked', async () => {
    const id = await world.atWork();
    await says(FIRST, '$1');
    await world.workerDelivers(id, 'Grey waves fold and fall, gulls argue with rain.');
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});
