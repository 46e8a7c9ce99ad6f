import type { TaskId } from '@agrenting-hiclaw/core/domain';

/** Where the task folder of an attempt lies in the bucket, and how workers call it (HiClaw reference, 2.1). */
export function taskFolder(taskId: TaskId): string {
  return `shared/tasks/${taskId}/`;
}

/** What the adapter writes into a task folder itself. */
export const OWN_OBJECTS = {
  spec: 'spec.md',
  taskSpec: 'task-spec.json',
  meta: 'meta.json',
  state: 'state.json',
} as const;

/** Where workers write their answer. */
export const RESULT_OBJECT = 'result.md';
