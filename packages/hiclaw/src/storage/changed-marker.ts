import { OWN_OBJECTS, type Expected, type TaskId, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import type { MetaRead } from './meta.ts';
import { TASK_TITLE } from './order-objects.ts';
import { taskFolder } from './task-folder.ts';

/**
 * True when a key of the marker that is ours says something else than we wrote; workers may leave them out, and move its
 * status. One that we cannot read counts as changed as well: a worker's program, or its model, may read it.
 */
export function isMarkerChanged(taskId: TaskId, read: MetaRead, { worker }: Expected): boolean {
  if (read.kind === 'unreadable') return !read.isEmpty;
  if (read.kind !== 'meta') return false;
  return saysOther(read.meta.written, {
    ...taskKeys(taskId, worker),
    task_title: isTitle,
    type: (value) => value === 'finite',
  });
}

/** What keys may say. */
export type Keys = Readonly<Record<string, (value: unknown) => boolean>>;

/** What the keys of a task say, wherever it stands. */
export function taskKeys(taskId: TaskId, worker: WorkerAddress): Keys {
  return {
    task_id: (value) => value === taskId,
    project_id: (value) => value === taskId,
    assigned_to: (value) => value === worker.name,
    room_id: (value) => value === worker.roomId,
    depends_on: (value) => Array.isArray(value) && value.length === 0,
    spec_path: (value) => value === `${taskFolder(taskId)}${OWN_OBJECTS.spec}`,
  };
}

export function isTitle(value: unknown): boolean {
  return typeof value === 'string' && TASK_TITLE.test(value);
}

/** Whether any of these keys is there, in either spelling, and says something else. */
export function saysOther(said: Readonly<Record<string, unknown>>, keys: Keys): boolean {
  return Object.entries(keys).some(([key, isSame]) =>
    // Some workers' tools take one spelling for the other (HiClaw reference, 2.2).
    [key, camelCase(key)].some((spelling) => {
      const value = said[spelling];
      return value !== undefined && value !== null && !isSame(value);
    }),
  );
}

function camelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
