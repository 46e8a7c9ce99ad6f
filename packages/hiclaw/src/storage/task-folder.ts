import type { TaskId } from '@agrenting-hiclaw/core/domain';

/** Where the task folder of an attempt lies in the bucket, and how workers call it (HiClaw reference, 2.1). */
export function taskFolder(taskId: TaskId): string {
  return `shared/tasks/${taskId}/`;
}

/** Where the project of an attempt lies, which some workers look for (HiClaw reference, 2.6). */
export function projectObject(taskId: TaskId): string {
  return `shared/projects/${taskId}/meta.json`;
}

/** What the adapter writes into a task folder itself. */
export const OWN_OBJECTS = {
  spec: 'spec.md',
  taskSpec: 'task-spec.json',
  meta: 'meta.json',
  state: 'state.json',
  context: 'context.md',
} as const;

/** Where workers write their answer. */
export const RESULT_OBJECT = 'result.md';

/** Where the hirer's messages lie. */
export const MESSAGES_FOLDER = 'messages/';

/** What a worker works on in push mode; `base/` is left alone by its uploads (HiClaw reference, 2.1). */
export const SOURCE_BUNDLE = 'base/repository.bundle';

/** The name of a hirer's message inside the folder. */
export function messageObject(number: number): string {
  return `${MESSAGES_FOLDER}${String(number).padStart(4, '0')}.md`;
}
