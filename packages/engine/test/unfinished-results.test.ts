import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DRAFT = '# Guide\n\n## Chapter 1\n\nBees live in hives.\n\n## Chapter 2\n\n(to be written)\n';
const WHOLE =
  '# Guide\n\n## Chapter 1\n\nBees live in hives.\n\n## Chapter 2\n\nHoney is harvested in summer.';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

type Id = Awaited<ReturnType<World['hire']>>;

const write = (id: Id, text: string) => {
  world.hiclaw.write(world.task(id), 'result.md', text);
};
const paid = () => world.marketplace.applied.map(({ settlement }) => settlement.body);

describe('a result that its worker has not reported as completed', () => {
  test('is paid when it is whole, where the worker writes it chapter by chapter and says so', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'PROGRESS', 'chapter 1 of 2 is in result.md'));
    write(id, DRAFT);
    await world.run(90 * SECOND);
    await world.says(`Going on with chapter 2 of ${world.task(id)}.`);
    await world.run(90 * SECOND);
    write(id, WHOLE);
    await world.run(90 * SECOND);
    expect(paid()).toEqual([]);
    await world.says(world.line(id, 'TASK_COMPLETED', 'guide'));
    await world.run(10 * SECOND);
    expect(paid()).toEqual([expect.stringContaining('Honey is harvested')]);
  });

  test.each([1, 20, 90])('waits for a file that is pushed %i s after it', async (seconds) => {
    const id = await world.atWork();
    write(id, WHOLE);
    await world.run(seconds * SECOND);
    world.hiclaw.write(world.task(id), 'logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await world.says(world.line(id, 'TASK_COMPLETED', 'logo'));
    await world.run(MINUTE);
    expect(world.marketplace.artifactsOf(id).map(({ name }) => name)).toEqual(['logo.svg']);
  });

  test.each([{ kind: 'typing' }, { kind: 'message', text: 'Still at it.' }] as const)(
    'is not taken while its worker shows that it is at work: $kind',
    async (activity) => {
      const id = await world.atWork();
      write(id, DRAFT);
      for (let times = 0; times < 5; times += 1) {
        await world.run(100 * SECOND);
        await world.hiclaw.showActivity(alice, activity);
      }
      expect(paid()).toEqual([]);
    },
  );

  test('is taken once folder and room have been quiet for two minutes', async () => {
    const id = await world.atWork();
    write(id, WHOLE);
    await world.run(115 * SECOND);
    expect(await world.state(id)).toBe('acknowledged');
    await world.run(20 * SECOND);
    expect(await world.state(id)).toBe('completed');
  });

  test('waits for the answer to a question, and for what the worker makes of it', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'QUESTION', 'PDF or DOCX?'));
    write(id, 'DRAFT until the client answers: the report with its three chapters.');
    await world.run(20 * MINUTE);
    expect(paid()).toEqual([]);
    await world.says(world.line(id, 'TASK_COMPLETED', 'as PDF'));
    await world.run(10 * SECOND);
    expect(await world.state(id)).toBe('completed');
  });

  test('was not reported by a line from before the worker said that it goes on', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'TASK_COMPLETED', 'chapter 1'));
    await world.run(SECOND);
    await world.says(world.line(id, 'PROGRESS', 'now chapter 2'));
    write(id, DRAFT);
    await world.run(100 * SECOND);
    expect(paid()).toEqual([]);
  });

  test('is taken after the deadline as well, where it lay there by then and overdue work is failed', async () => {
    world.settings = { ...world.settings, failOverdue: true };
    const id = await world.atWork();
    await world.run(6 * 60 * MINUTE - MINUTE);
    write(id, WHOLE);
    await world.run(3 * MINUTE);
    expect([await world.state(id), paid().length]).toEqual(['completed', 1]);
  });

  test('does not keep a worker that goes on and on from its deadline', async () => {
    world.settings = { ...world.settings, failOverdue: true };
    const id = await world.atWork();
    write(id, DRAFT);
    for (let minute = 0; minute < 6 * 60 + 30; minute += 1) {
      await world.says(world.line(id, 'PROGRESS', `line ${minute}`));
      await world.run(MINUTE);
    }
    expect(await world.state(id)).toBe('failed');
  });
});

test('a result that is held is reviewed again once its worker reports a better one, or is quiet', async () => {
  const id = await world.atWork();
  await world.workerDelivers(id, 'TODO');
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('attention');
  await world.says(world.line(id, 'PROGRESS', 'writing it again'));
  write(id, DRAFT);
  await world.run(100 * SECOND);
  expect(paid()).toEqual([]);
  write(id, WHOLE);
  await world.says(world.line(id, 'TASK_COMPLETED', 'guide'));
  await world.run(MINUTE);
  expect(paid()).toEqual([expect.stringContaining('Honey is harvested')]);
});

describe('a report of a failure', () => {
  const FAILED = 'BLOCKED: the first way did not work';

  test('refunds nobody while its worker tries another way', async () => {
    const id = await world.atWork();
    write(id, FAILED);
    await world.says(`The first way did not work; trying the second for ${world.task(id)} now.`);
    await world.run(90 * SECOND);
    await world.says(`Going on with the second way for ${world.task(id)}.`);
    await world.run(90 * SECOND);
    expect(world.marketplace.applied).toEqual([]);
    write(id, WHOLE);
    await world.says(world.line(id, 'TASK_COMPLETED', 'guide'));
    await world.run(10 * SECOND);
    expect(paid()).toEqual([expect.stringContaining('Honey is harvested')]);
  });

  test('refunds once its worker has been quiet for long', async () => {
    const id = await world.atWork();
    write(id, FAILED);
    await world.run(4 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });
});
