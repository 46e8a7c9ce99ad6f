import { OWN_OBJECTS, type Expected, type TaskId } from '@agrenting-hiclaw/core/domain';
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
  const { written } = read.meta;
  const same: Readonly<Record<string, (value: unknown) => boolean>> = {
    task_id: (value) => value === taskId,
    project_id: (value) => value === taskId,
    task_title: (value) => typeof value === 'string' && TASK_TITLE.test(value),
    assigned_to: (value) => value === worker.name,
    room_id: (value) => value === worker.roomId,
    depends_on: (value) => Array.isArray(value) && value.length === 0,
    type: (value) => value === 'finite',
    spec_path: (value) => value === `${taskFolder(taskId)}${OWN_OBJECTS.spec}`,
  };
  return Object.entries(same).some(([key, isSame]) =>
    // Some workers' tools take one spelling for the other (HiClaw reference, 2.2).
    [key, camelCase(key)].some((spelling) => {
      const value = written[spelling];
      return value !== undefined && value !== null && !isSame(value);
    }),
  );
}

function camelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
