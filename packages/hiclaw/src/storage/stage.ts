import { createHash } from 'node:crypto';
import type { StageOutcome, TaskOrder } from '@agrenting-hiclaw/core/domain';
import { readMeta } from './meta.ts';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { orderObjects, type OrderObject, type OrderObjectOptions } from './order-objects.ts';

/** Largest `spec.md` or `task-spec.json`; a longer text no worker reads. */
const MAX_OBJECT_BYTES = 1024 * 1024;

/** Marker statuses that only mean "handed out"; every other one is the worker's and stays. */
const OURS: ReadonlySet<string> = new Set(['assigned', 'prepared', 'pending', 'planned']);

/**
 * Writes a task folder: the parts, then the marker that makes it a task, each read back. What a worker
 * has made of the marker since is never taken back, so that repeating this is harmless whenever it
 * happens (HiClaw reference, 5).
 */
export async function stage(
  store: ObjectStore,
  order: TaskOrder,
  options: OrderObjectOptions,
): Promise<StageOutcome> {
  const { parts, project, marker } = orderObjects(order, options);
  const oversize = parts.find((part) => part.bytes.length > MAX_OBJECT_BYTES);
  if (oversize !== undefined) {
    const problem = `${oversize.key} would have ${oversize.bytes.length} bytes, more than the ${MAX_OBJECT_BYTES} that are allowed: the client's texts are too long`;
    return { kind: 'refused', problem };
  }

  const written = await Promise.all([
    ...parts.map((part) => writeAndReadBack(store, part, false)),
    ...(project === undefined ? [] : [writeProject(store, project)]),
  ]);
  for (const outcome of written) {
    if (outcome.kind === 'refused' || outcome.kind === 'unavailable') return outcome;
  }

  const known = await readMeta(store, order.taskId);
  switch (known.kind) {
    case 'refused':
    case 'unavailable':
      return known;
    case 'meta':
      if (known.bytes.equals(marker.bytes)) return staged(marker.key, md5(known.bytes));
      if (known.meta.status !== undefined && !OURS.has(known.meta.status)) {
        return staged(marker.key, md5(known.bytes));
      }
      return await writeMarker(store, order, marker, false);
    case 'unreadable':
      return await writeMarker(store, order, marker, false);
    case 'absent':
      return await writeMarker(store, order, marker, true);
  }
}

/** `ifAbsent` closes the window in which another process staged it and the worker already took it. */
async function writeMarker(
  store: ObjectStore,
  order: TaskOrder,
  marker: OrderObject,
  ifAbsent: boolean,
): Promise<StageOutcome> {
  const written = await writeAndReadBack(store, marker, ifAbsent);
  if (written.kind === 'kept') return staged(marker.key, written.etag);
  if (written.kind !== 'present') return written;
  const now = await readMeta(store, order.taskId);
  if (now.kind === 'meta') return staged(marker.key, md5(now.bytes));
  return { kind: 'unavailable', problem: `${marker.key} appeared while it was written, and cannot be read` };
}

type Written =
  | { readonly kind: 'kept'; readonly etag: string }
  | { readonly kind: 'present' }
  | StorageFailure;

async function writeAndReadBack(
  store: ObjectStore,
  object: OrderObject,
  ifAbsent: boolean,
): Promise<Written> {
  const { key, contentType, bytes } = object;
  const put = await store.put(key, bytes, { contentType, ifAbsent });
  if (put.kind !== 'stored') return put;
  const back = await store.stat(key);
  if (back.kind === 'refused' || back.kind === 'unavailable') return back;
  if (back.kind === 'object' && back.object.sizeBytes === bytes.length) {
    if (back.object.etag === md5(bytes)) return { kind: 'kept', etag: back.object.etag };
    // Where storage encrypts, the version is no MD5: then the content itself is compared.
    const read = await store.get(key, bytes.length);
    if (read.kind === 'refused' || read.kind === 'unavailable') return read;
    if (read.kind === 'object' && read.bytes.equals(bytes)) return { kind: 'kept', etag: back.object.etag };
  }
  const problem = `${key} was written, but the storage gives back something else: it will be written again`;
  return { kind: 'unavailable', problem };
}

/** Taskflow keeps the state of the task in it too, so one that is there is left alone. */
async function writeProject(store: ObjectStore, project: OrderObject): Promise<Written> {
  const there = await store.stat(project.key);
  if (there.kind === 'object') return { kind: 'kept', etag: there.object.etag };
  if (there.kind !== 'absent') return there;
  const written = await writeAndReadBack(store, project, true);
  return written.kind === 'present' ? { kind: 'kept', etag: '' } : written;
}

function staged(key: string, version: string): StageOutcome {
  return { kind: 'staged', evidence: `${key} ${version}` };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
