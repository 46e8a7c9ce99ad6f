import { describe, expect, test } from 'vitest';
import { hiringIdSchema, unreadHiring, type TaskId, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { calmStage } from '../../test/calm-stage.ts';
import { Prng } from '../prng.ts';
import { FakeAttemptRooms } from '../outside/attempt-rooms.ts';
import { FakeHomeserver } from '../outside/homeserver.ts';
import { digestOf, FakeTaskFolders } from '../outside/task-folders.ts';
import { OutageSchedule } from '../outside/outages.ts';
import { taskIds } from '../task-ids.ts';
import { OtherWriters } from './other-writers.ts';

const worker: WorkerAddress = { name: 'worker0', userId: '@worker0:x:18080', roomId: '!worker0:x:18080' };
const SAME = 'Done.';

/** Task folders of so many hirings, and who looks at what is paid of them. */
async function begin(count: number) {
  const stage = calmStage({ digests: 'none' });
  const prng = new Prng(1, 'test');
  const outageSchedule = new OutageSchedule(stage, prng);
  const folders = new FakeTaskFolders(stage, prng, outageSchedule);
  const rooms = new FakeAttemptRooms(stage, prng, outageSchedule);
  const homeserver = new FakeHomeserver(stage, prng, outageSchedule, rooms);
  const others = new OtherWriters(stage, folders, homeserver);
  const tasks: TaskId[] = [];
  for (let number = 1; number <= count; number += 1) {
    const hiring = unreadHiring(hiringIdSchema.parse(`550e8400-e29b-41d4-a716-00000000000${number}`));
    const taskId = taskIds(hiring.hiringId, 1, 0);
    await folders.stage({ taskId, attempt: 1, hiring, worker, receivedAtMs: 0 });
    tasks.push(taskId);
  }
  const [first, second, third] = tasks;
  if (first === undefined || second === undefined || third === undefined) throw new Error('too few');
  const passes = (forMs = 1000): void => {
    stage.timeline.after(forMs, () => undefined);
    stage.timeline.step(Infinity);
  };
  const brokenBy = (taskId: TaskId): readonly string[] => {
    others.paid(taskId, { text: SAME, files: [] }, 'a settlement');
    return stage.violations.all.map(({ rule }) => rule);
  };
  /** A process sees what lies in a folder, and remembers it. */
  const seen = (taskId: TaskId): void => {
    others.looked('process-1', taskId);
    others.committed('process-1', taskId);
  };
  return { folders, homeserver, first, second, third, passes, seen, brokenBy };
}

test("a twin of what another worker put there is that one's, too, and one of the rightful worker's is not", async () => {
  const { folders, first, second, seen, brokenBy } = await begin(3);
  folders.mutation(first, 'result.md', 'a work of somebody else');
  folders.swapTwin(first, 'result.md', SAME);
  seen(first);
  expect(brokenBy(first)).toContain('what was seen before its worker came is paid to nobody');
  folders.write(second, 'result.md', 'a work of its own');
  folders.swapTwin(second, 'result.md', 'a twin of that');
  expect([folders.foreign.has(SAME), folders.foreign.has('a twin of that')]).toEqual([true, false]);
});

describe('the same words from several workers', () => {
  test('are delivered for each of their tasks, and for no other', async () => {
    const { folders, first, second, third } = await begin(3);
    folders.write(first, 'result.md', SAME);
    folders.write(second, 'result.md', SAME);
    folders.write(third, 'part-1.txt', SAME);
    expect([first, second, third].map((task) => folders.wasDelivered(task, SAME))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('make a file of each folder that they lie in, and of no other', async () => {
    const { folders, first, second, third } = await begin(3);
    folders.write(first, 'part-1.txt', SAME);
    folders.swap(second, 'part-1.txt', SAME);
    expect([first, second, third].map((task) => folders.everHeld(task, digestOf(SAME)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('came before our words were changed where their own worker wrote them before that', async () => {
    const { folders, first, second, passes, brokenBy } = await begin(3);
    folders.write(first, 'result.md', SAME);
    passes();
    folders.alter(first, 'spec.md', 'seen');
    passes();
    folders.write(second, 'result.md', SAME);
    folders.write(first, 'result.md', SAME);
    expect(brokenBy(first)).toEqual([]);
  });

  test('came after our words were changed, though another wrote them before that', async () => {
    const { folders, first, second, passes, brokenBy } = await begin(3);
    folders.write(second, 'result.md', SAME);
    passes();
    folders.alter(first, 'spec.md', 'seen');
    passes();
    folders.write(first, 'result.md', SAME);
    expect(brokenBy(first)).toEqual(['what was delivered after our words were changed is held']);
  });
});

describe('what another worker planted', () => {
  const RULE = 'what was seen before its worker came is paid to nobody';
  const HOUR_MS = 3_600_000;

  async function told() {
    const world = await begin(3);
    const { first: taskId, homeserver, folders, seen, brokenBy } = world;
    const assign = async (): Promise<void> => {
      const { hiringId } = unreadHiring(hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001'));
      const task = { taskId, hiringId, attempt: 1, worker };
      await homeserver.seenBy('process-1').send({ ...task, purpose: 'assignment', number: 1 });
    };
    /** The rules that are broken when it is planted, seen and paid now. */
    const brokenNow = (): readonly string[] => {
      folders.mutation(taskId, 'result.md', SAME);
      seen(taskId);
      return brokenBy(taskId);
    };
    return { ...world, assign, brokenNow };
  }

  test('is paid to nobody where it was seen before the worker did anything', async () => {
    const { assign, brokenNow } = await told();
    await assign();
    expect(brokenNow()).toEqual([RULE]);
  });

  test.for([-HOUR_MS, HOUR_MS])(
    "passes for the worker's once it came, though the homeserver's clock was set by %s ms since it was told",
    async (byMs) => {
      const { assign, brokenNow, homeserver, passes } = await told();
      await assign();
      homeserver.clock.jump(byMs);
      passes();
      homeserver.showActivity(worker, { kind: 'typing' });
      expect(brokenNow()).toEqual([]);
    },
  );

  test.for([-2 * HOUR_MS, 0])(
    "is not excused by what the worker did an hour before it was told, though the homeserver's clock was set by %s ms since",
    async (byMs) => {
      const { assign, brokenNow, homeserver, passes } = await told();
      homeserver.showActivity(worker, { kind: 'typing' });
      passes(HOUR_MS);
      homeserver.clock.jump(byMs);
      await assign();
      expect(brokenNow()).toEqual([RULE]);
    },
  );
});
