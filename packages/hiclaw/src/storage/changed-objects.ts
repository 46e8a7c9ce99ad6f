import {
  MESSAGES_FOLDER,
  OWN_OBJECTS,
  type Expected,
  type OwnObject,
  type TaskId,
  type Verified,
} from '@agrenting-hiclaw/core/domain';
import type { FolderListing } from './folder-listing.ts';
import type { TaskMeta } from './meta.ts';
import type { ObjectStore } from './object-store.ts';
import { messageObject, taskFolder } from './task-folder.ts';

/** Reads objects of ours and compares their content with what was written. */
export async function verify(
  store: Pick<ObjectStore, 'get'>,
  taskId: TaskId,
  written: readonly OwnObject[],
): Promise<Verified> {
  const names: string[] = [];
  const reads = await Promise.all(
    written.map(async ({ name, sizeBytes }) => await store.get(`${taskFolder(taskId)}${name}`, sizeBytes)),
  );
  for (const [index, { name, sha256 }] of written.entries()) {
    const read = reads[index];
    if (read?.kind === 'refused' || read?.kind === 'unavailable') {
      return { kind: 'unavailable', problem: read.problem };
    }
    if (read?.kind !== 'object' || read.sha256 !== sha256) names.push(name);
  }
  return names.length === 0 ? { kind: 'same' } : { kind: 'changed', names };
}

/**
 * Which of our own objects are no longer as they were written, by versions and sizes in the listing; only what differs
 * there is read, since a worker that puts back the same content changes nothing. A message that is not ours counts, too:
 * workers take what lies there for the client's words.
 */
export async function changedObjects(
  store: Pick<ObjectStore, 'get'>,
  taskId: TaskId,
  listing: Extract<FolderListing, { kind: 'listing' }>,
  { written = [], pendingMessages = [] }: Pick<Expected, 'written' | 'pendingMessages'>,
): Promise<Verified> {
  const listed = new Map(listing.objects.map((object) => [object.name, object]));
  const doubtful = written.filter(({ name, etag, sizeBytes }) => {
    const object = listed.get(name);
    return object?.etag !== etag || object.sizeBytes !== sizeBytes;
  });
  const known = new Set([...written.map(({ name }) => name), ...pendingMessages.map(messageObject)]);
  const strange = listing.objects
    .map(({ name }) => name)
    .filter((name) => name.startsWith(MESSAGES_FOLDER) && !known.has(name) && !name.endsWith('.gitkeep'));
  const checked = doubtful.length === 0 ? SAME : await verify(store, taskId, doubtful);
  if (checked.kind === 'unavailable') return checked;
  const names = [...(checked.kind === 'changed' ? checked.names : []), ...strange];
  return names.length === 0 ? SAME : { kind: 'changed', names: names.slice(0, MAX_NAMES) };
}

const SAME = { kind: 'same' } as const;
const MAX_NAMES = 10;

/** True when a key of the marker that is ours says something else than we wrote; workers may leave them out. */
export function isMarkerChanged(taskId: TaskId, meta: TaskMeta | undefined, { worker }: Expected): boolean {
  if (meta === undefined) return false;
  const ours = [
    [meta.taskId, taskId],
    [meta.specPath, `${taskFolder(taskId)}${OWN_OBJECTS.spec}`],
    [meta.assignedTo, worker.name],
    [meta.roomId, worker.roomId],
  ] as const;
  return ours.some(([there, expected]) => there !== undefined && there !== expected);
}
