import {
  isWorkerObject,
  MESSAGES_FOLDER,
  OWN_OBJECTS,
  parseTimeMs,
  SOURCE_FOLDER,
  type Expected,
  type OwnObject,
  type TaskId,
  type Verified,
} from '@agrenting-hiclaw/core/domain';
import { listFolder, type FolderListing, type FolderObject } from './folder-listing.ts';
import { stateBytes } from './mirror.ts';
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
 * there is read, since a worker that puts back the same content changes nothing. What passes for ours and is not counts,
 * too: workers take a message that lies there for the client's words, and a context for the marketplace's.
 */
export async function changedObjects(
  store: Pick<ObjectStore, 'get' | 'list'>,
  taskId: TaskId,
  listing: Extract<FolderListing, { kind: 'listing' }>,
  { written, pendingMessages = [] }: Pick<Expected, 'written' | 'pendingMessages'>,
): Promise<Verified> {
  if (written === undefined) return SAME;
  const listed = new Map(listing.objects.map((object) => [object.name, object]));
  const doubtful = written.filter(({ name, etag, sizeBytes }) => {
    const object = listed.get(name);
    return object?.etag !== etag || object.sizeBytes !== sizeBytes;
  });
  const objects = listing.complete ? listing.objects : await passingForOurs(store, taskId);
  if ('kind' in objects) return { kind: 'unavailable', problem: objects.problem };
  const known = new Set([...written.map(({ name }) => name), ...pendingMessages.map(messageObject)]);
  const strange = objects.filter((object) => passesForOurs(object) && !known.has(object.name));
  const [checked, isState] = await Promise.all([
    doubtful.length === 0 ? SAME : verify(store, taskId, doubtful),
    strange.some(({ name }) => name === OWN_OBJECTS.state) ? isOurState(store, taskId) : true,
  ]);
  if (checked.kind === 'unavailable') return checked;
  if (typeof isState !== 'boolean') return isState;
  const names = [
    ...(checked.kind === 'changed' ? checked.names : []),
    ...strange.map(({ name }) => name).filter((name) => name !== OWN_OBJECTS.state || !isState),
  ];
  return names.length === 0 ? SAME : { kind: 'changed', names: names.slice(0, MAX_NAMES) };
}

const SAME = { kind: 'same' } as const;
const MAX_NAMES = 10;

/** Neither a worker's object, nor the marker, which is compared separately, nor an empty placeholder of `mc`. */
function passesForOurs({ name, sizeBytes }: FolderObject): boolean {
  if (name === OWN_OBJECTS.meta || isWorkerObject(name)) return false;
  return sizeBytes > 0 || name.split('/').at(-1) !== '.gitkeep';
}

/** Where in a folder with more objects than are ever looked at others would put what passes for ours. */
const OUR_PLACES = [MESSAGES_FOLDER, SOURCE_FOLDER, OWN_OBJECTS.context, OWN_OBJECTS.state];

async function passingForOurs(
  store: Pick<ObjectStore, 'list'>,
  taskId: TaskId,
): Promise<readonly FolderObject[] | Exclude<FolderListing, { kind: 'listing' }>> {
  const listings = await Promise.all(OUR_PLACES.map(async (place) => await listFolder(store, taskId, place)));
  const objects: FolderObject[] = [];
  for (const listing of listings) {
    if (listing.kind !== 'listing') return listing;
    objects.push(...listing.objects);
  }
  return objects;
}

/** Whether `state.json` is one of ours: it is written beside the stored record, so that only its form can be known. */
async function isOurState(
  store: Pick<ObjectStore, 'get'>,
  taskId: TaskId,
): Promise<boolean | Extract<Verified, { kind: 'unavailable' }>> {
  const { length } = stateBytes(0);
  const read = await store.get(`${taskFolder(taskId)}${OWN_OBJECTS.state}`, length);
  switch (read.kind) {
    case 'refused':
    case 'unavailable':
      return { kind: 'unavailable', problem: read.problem };
    case 'absent':
      return true;
    case 'too_large':
      return false;
    case 'object': {
      const atMs = parseTimeMs(/"notified_at":"([^"]{24})"/.exec(read.bytes.toString('latin1'))?.[1] ?? '');
      return atMs !== undefined && read.bytes.equals(stateBytes(atMs));
    }
  }
}
