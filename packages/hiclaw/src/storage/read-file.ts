import type { FileRead, TaskId } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

/** Reads a file of a task folder by the name that the folder's listing gave it. */
export async function readFile(
  store: ObjectStore,
  taskId: TaskId,
  name: string,
  maxBytes: number,
): Promise<FileRead> {
  const object = await store.get(`${taskFolder(taskId)}${name}`, maxBytes);
  switch (object.kind) {
    case 'object':
      return { kind: 'file', bytes: object.bytes, sha256: object.sha256 };
    case 'absent':
    case 'too_large':
      return { kind: object.kind };
    case 'refused':
    case 'unavailable':
      return { kind: 'unavailable', problem: object.problem };
  }
}
