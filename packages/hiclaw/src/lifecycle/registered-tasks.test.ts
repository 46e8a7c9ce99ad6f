import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hiringIdSchema, taskIdOf } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually, machineClock, startWorld, type World } from '../test/world.ts';
import { keepTasksRegistered, type RegisteredTask } from './registered-tasks.ts';

const stateFile = z.object({
  active_tasks: z.array(z.looseObject({ task_id: z.string() })),
});
const taskOf = (last: number) =>
  taskIdOf(hiringIdSchema.parse(`550e8400-e29b-41d4-a716-44665544000${last}`), 1, '0'.repeat(24));

describe("the Manager's list of tasks", () => {
  let world: World;
  let stop: AbortController;
  let ended: Promise<void>;
  let open: readonly RegisteredTask[];
  let problems: string[];

  beforeEach(async () => {
    world = await startWorld();
    stop = new AbortController();
    open = [];
    problems = [];
  });
  afterEach(async () => {
    stop.abort();
    await ended;
    await world.close();
  });

  function keep(program = world.hiclaw.manager.stateCommand): void {
    ended = keepTasksRegistered(
      {
        command: [program],
        environment: {
          PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
          HOME: world.hiclaw.manager.home,
        },
        open: async () => await Promise.resolve(open),
        clock: machineClock,
        report: (problem) => problems.push(problem),
        everyMs: 50,
      },
      stop.signal,
    );
  }
  const activeTasks = async () =>
    stateFile.parse(JSON.parse(await readFile(`${world.hiclaw.manager.home}/state.json`, 'utf8')))
      .active_tasks;
  const listed = async (): Promise<string[]> => (await activeTasks()).map(({ task_id: id }) => id);
  const has = async (count: number): Promise<boolean> => (await listed()).length === count;

  it('holds what workers have before them, and nothing of ours beyond', async () => {
    const { stateCommand, home } = world.hiclaw.manager;
    const another = ['--task-id', 'task-20260101-000000', '--title', 'x', '--assigned-to', 'alice'];
    await promisify(execFile)(stateCommand, ['--action', 'add-finite', ...another, '--room-id', '!a:x'], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home },
    });
    open = [1, 2].map((last) => ({ taskId: taskOf(last), worker: world.worker }));
    keep();
    await eventually('both are there', async () => await has(3));
    open = open.slice(1);
    await eventually('one is gone', async () => await has(2));
    expect(await listed()).toEqual(['task-20260101-000000', taskOf(2)]);
    expect(problems).toEqual([]);
  });

  it('keeps the idle check from stopping a worker that is at work', async () => {
    open = [{ taskId: taskOf(1), worker: world.worker }];
    keep();
    await eventually('it is there', async () => await has(1));
    expect((await activeTasks())[0]).toMatchObject({
      type: 'finite',
      assigned_to: 'alice',
      room_id: world.worker.roomId,
    });
  });

  it('that cannot be kept is reported, again and again', async () => {
    keep('/nowhere/manage-state.sh');
    await eventually('it was told', () => problems.length > 1);
    expect(problems[0]).toContain('no such program');
  });
});
