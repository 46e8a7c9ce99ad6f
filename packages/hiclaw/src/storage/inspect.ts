import { createHash } from 'node:crypto';
import {
  isWorkerObject,
  MESSAGES_FOLDER,
  RESULT_OBJECT,
  type FolderInspection,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import { listFolder, type FolderObject } from './folder-listing.ts';
import { isDelivered, readMeta } from './meta.ts';
import type { ObjectStore } from './object-store.ts';

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
    workerObjects: objects.map(({ name }) => name).filter(isWorkerObject),
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
