import { createHash } from 'node:crypto';
import {
  isWorkerObject,
  MESSAGES_FOLDER,
  OWN_OBJECTS,
  RESULT_OBJECT,
  type Expected,
  type FolderInspection,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import { answerObject } from './delivered-files.ts';
import { listFolder, type FolderObject } from './folder-listing.ts';
import { isDelivered, readMeta } from './meta.ts';
import type { ObjectStore } from './object-store.ts';
import { isMarkerChanged } from './changed-marker.ts';
import { changedObjects } from './changed-objects.ts';
import { isProjectChanged } from './changed-project.ts';
import type { OrderObjectOptions } from './order-objects.ts';
import { projectObject } from './task-folder.ts';

/** Looks at what lies in a task folder (HiClaw reference, 2.1 and 2.2). */
export async function inspect(
  store: ObjectStore,
  taskId: TaskId,
  expected?: Expected,
  form?: Pick<OrderObjectOptions, 'ourUserId' | 'projectObject'>,
): Promise<FolderInspection> {
  const hasProject = form?.projectObject === true && expected?.written !== undefined;
  const [listing, read, project] = await Promise.all([
    listFolder(store, taskId),
    readMeta(store, taskId),
    hasProject ? isProjectChanged(store, taskId, expected, form.ourUserId) : false,
  ]);
  if (typeof project !== 'boolean') return { kind: 'unavailable', problem: project.problem };
  if (listing.kind !== 'listing') return { kind: 'unavailable', problem: listing.problem };
  if (read.kind === 'refused' || read.kind === 'unavailable') {
    return { kind: 'unavailable', problem: read.problem };
  }
  const meta = read.kind === 'meta' ? read.meta : undefined;
  const { objects } = listing;
  const compared = await changedObjects(store, taskId, listing, expected ?? {});
  if (compared.kind === 'unavailable') return compared;
  const marker = expected !== undefined && isMarkerChanged(taskId, read, expected) ? [OWN_OBJECTS.meta] : [];
  const strange = project ? [...marker, projectObject(taskId)] : marker;
  const made = objects.filter(({ name }) => isWorkerObject(name));
  const answer = answerObject(taskId, meta, objects);
  const marked = isDelivered(meta) ? objects.find(({ name }) => name === OWN_OBJECTS.meta) : undefined;
  return {
    kind: 'folder',
    metaStatus: meta?.status,
    workerObjects: made.map(({ name }) => name),
    versions: new Map(made.map(({ name, etag }) => [name, etag])),
    hasResult: answer?.name === RESULT_OBJECT || isDelivered(meta),
    // The marker may be written again and again around an answer that stays the same.
    resultVersion: (answer ?? marked)?.etag,
    changed:
      expected?.written === undefined
        ? []
        : [...(compared.kind === 'changed' ? compared.names : []), ...strange],
    // What we put there ourselves later moves nothing of the worker's.
    digest: digestOf(objects.filter(({ name }) => !name.startsWith(MESSAGES_FOLDER))),
  };
}

function digestOf(objects: readonly FolderObject[]): string {
  const hash = createHash('sha256');
  for (const { name, etag, sizeBytes } of objects) hash.update(JSON.stringify([name, etag, sizeBytes]));
  return hash.digest('hex');
}
