import { createHash } from 'node:crypto';
import type { FolderInspection, TaskId } from '@agrenting-hiclaw/core/domain';
import { listFolder, type FolderObject } from './folder-listing.ts';
import { isDelivered, readMeta } from './meta.ts';
import type { ObjectStore } from './object-store.ts';
import { MESSAGES_FOLDER, OWN_OBJECTS, RESULT_OBJECT } from './task-folder.ts';

const OWN: ReadonlySet<string> = new Set(Object.values(OWN_OBJECTS));

/** Whether a worker put an object there: not our own, not the reference files, no placeholder of mc's. */
export function isWorkerObject({ name }: Pick<FolderObject, 'name'>): boolean {
  const isOurs = OWN.has(name) || name.startsWith(MESSAGES_FOLDER) || name.startsWith('base/');
  return !isOurs && !name.endsWith('.gitkeep');
}

/** Looks at what lies in a task folder (HiClaw reference, 2.1 and 2.2). */
export async function inspect(store: ObjectStore, taskId: TaskId): Promise<FolderInspection> {
  const [listing, read] = await Promise.all([listFolder(store, taskId), readMeta(store, taskId)]);
  if (listing.kind !== 'listing') return { kind: 'unavailable', problem: listing.problem };
  if (read.kind === 'refused' || read.kind === 'unavailable') {
    return { kind: 'unavailable', problem: read.problem };
  }
  const meta = read.kind === 'meta' ? read.meta : undefined;
  const { objects } = listing;
  const resultIsThere = objects.some((object) => object.name === RESULT_OBJECT);
  return {
    kind: 'folder',
    metaStatus: meta?.status,
    workerObjects: objects.filter(isWorkerObject).map((object) => object.name),
    hasResult: resultIsThere || isDelivered(meta),
    // What we put there ourselves later moves nothing of the worker's.
    digest: digestOf(objects.filter(({ name }) => !name.startsWith(MESSAGES_FOLDER))),
  };
}

function digestOf(objects: readonly FolderObject[]): string {
  const hash = createHash('sha256');
  for (const { name, etag, sizeBytes } of objects) hash.update(JSON.stringify([name, etag, sizeBytes]));
  return hash.digest('hex');
}
