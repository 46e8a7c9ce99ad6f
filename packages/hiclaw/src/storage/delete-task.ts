import { inQuotes, OWN_OBJECTS, type TaskId } from '@agrenting-hiclaw/core/domain';
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
/** One more, in which the storage itself says that nothing is left. */
const LAST_LOOK = 1;

/**
 * Deletes the task folder of an attempt and the project that was written for it, and nothing else. The caller knows
 * that the attempt is over. The marker goes first, so that what is left after a failure is no task any more. It is done
 * when the storage itself shows nothing any more, because a gateway may have answered the deletion. Repeating it is
 * harmless. What workers have on their own disks is theirs (HiClaw reference, 2.8).
 */
export async function deleteTask(
  store: Pick<ObjectStore, 'list' | 'stat' | 'delete'>,
  taskId: TaskId,
  maxPages = MAX_PAGES,
): Promise<DeletedTask> {
  const prefix = taskFolder(taskId);
  const project = await deleteProject(store, projectObject(taskId));
  if (project.kind !== 'deleted') return project;
  const deleted = new Set<string>();
  const count = () => project.objects + deleted.size;
  for (let page = 0; page < maxPages + LAST_LOOK; page += 1) {
    const listed = await store.list(prefix, '');
    if (listed.kind !== 'objects') return listed;
    // A storage that lists more than it was asked for loses nothing by it.
    const own = listed.objects.filter(({ key }) => key.startsWith(prefix));
    const left = own.find(({ key }) => deleted.has(key));
    if (left !== undefined) return stillThere(left.key);
    if (own.length === 0) return { kind: 'deleted', objects: count() };
    if (page === maxPages) break;
    for (const { key } of markerFirst(own, `${prefix}${OWN_OBJECTS.meta}`)) {
      const outcome = await store.delete(key);
      if (outcome.kind !== 'deleted') return outcome;
      deleted.add(key);
    }
  }
  return { kind: 'more', objects: count() };
}

async function deleteProject(
  store: Pick<ObjectStore, 'stat' | 'delete'>,
  key: string,
): Promise<Exclude<DeletedTask, { kind: 'more' }>> {
  const before = await store.stat(key);
  if (before.kind === 'absent') return { kind: 'deleted', objects: 0 };
  if (before.kind !== 'object') return before;
  const outcome = await store.delete(key);
  if (outcome.kind !== 'deleted') return outcome;
  const after = await store.stat(key);
  if (after.kind === 'absent') return { kind: 'deleted', objects: 1 };
  return after.kind === 'object' ? stillThere(key) : after;
}

function stillThere(key: string): StorageFailure {
  const problem = `the deletion of ${inQuotes(key)} was reported as successful, but the object still exists: check any proxy in front of the storage`;
  return { kind: 'unavailable', problem };
}

function markerFirst(
  objects: readonly { readonly key: string }[],
  marker: string,
): readonly { readonly key: string }[] {
  return objects.toSorted((one, other) => Number(other.key === marker) - Number(one.key === marker));
}
