import { OWN_OBJECTS, type TaskId } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { projectObject, taskFolder } from './task-folder.ts';

/** What became of what lay in storage of one attempt. */
export type DeletedTask =
  /** Nothing is left of it. */
  | { readonly kind: 'deleted'; readonly objects: number }
  /** There is more than is deleted at once. */
  | { readonly kind: 'more'; readonly objects: number }
  | StorageFailure;

/** Pages of a listing for one call, each of up to 1,000 objects: a huge folder takes several calls. */
const MAX_PAGES = 5;

/**
 * Deletes the task folder of an attempt and the project that was written for it, and nothing else. Whoever calls knows
 * that the attempt is over. The marker goes first, so that what is left after a failure is no task any more. Repeating
 * it is harmless. What workers have on their own disks is theirs (HiClaw reference, 2.8).
 */
export async function deleteTask(
  store: Pick<ObjectStore, 'list' | 'stat' | 'delete'>,
  taskId: TaskId,
  maxPages = MAX_PAGES,
): Promise<DeletedTask> {
  const prefix = taskFolder(taskId);
  const project = await store.stat(projectObject(taskId));
  if (project.kind === 'refused' || project.kind === 'unavailable') return project;
  let objects = 0;
  if (project.kind === 'object') {
    const deleted = await store.delete(projectObject(taskId));
    if (deleted.kind !== 'deleted') return deleted;
    objects += 1;
  }
  for (let page = 0; page < maxPages; page += 1) {
    const listed = await store.list(prefix, '');
    if (listed.kind !== 'objects') return listed;
    for (const { key } of markerFirst(listed.objects, `${prefix}${OWN_OBJECTS.meta}`)) {
      // A storage that lists more than it was asked for loses nothing by it.
      if (!key.startsWith(prefix)) continue;
      const deleted = await store.delete(key);
      if (deleted.kind !== 'deleted') return deleted;
      objects += 1;
    }
    if (!listed.more) return { kind: 'deleted', objects };
  }
  return { kind: 'more', objects };
}

function markerFirst(
  objects: readonly { readonly key: string }[],
  marker: string,
): readonly { readonly key: string }[] {
  return objects.toSorted((one, other) => Number(other.key === marker) - Number(one.key === marker));
}
