import { MESSAGES_FOLDER, SOURCE_FOLDER, type TaskId } from '@agrenting-hiclaw/core/domain';

/** Where the task folder of an attempt lies in the bucket, and how workers call it (HiClaw reference, 2.1). */
export function taskFolder(taskId: TaskId): string {
  return `shared/tasks/${taskId}/`;
}

/** Where the project of an attempt lies, which some workers look for (HiClaw reference, 2.6). */
export function projectObject(taskId: TaskId): string {
  return `shared/projects/${taskId}/meta.json`;
}

/** What a worker works on in push mode. */
export const SOURCE_BUNDLE = `${SOURCE_FOLDER}repository.bundle`;

/** The name of a hirer's message inside the folder. */
export function messageObject(number: number): string {
  return `${MESSAGES_FOLDER}${String(number).padStart(4, '0')}.md`;
}
