import type { StageOutcome, TaskOrder } from '@agrenting-hiclaw/core/domain';
import { readMeta } from './meta.ts';
import type { ObjectStore } from './object-store.ts';
import {
  orderObjects,
  sourceObject,
  taskSpecObject,
  type OrderObject,
  type OrderObjectOptions,
} from './order-objects.ts';
import { md5, writeAndReadBack, type Written } from './write-object.ts';

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

  const source = sourceObject(order);
  const written = await Promise.all([
    ...(source === undefined ? [] : [writeAndReadBack(store, source, false)]),
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

/** Writes the task file again without the hirer's token; one that was never there stays away. */
export async function forgetToken(
  store: ObjectStore,
  order: TaskOrder,
  options: OrderObjectOptions,
): Promise<StageOutcome> {
  const object = taskSpecObject({ ...order, delivery: { mode: 'output' } }, options);
  const there = await store.stat(object.key);
  if (there.kind === 'refused' || there.kind === 'unavailable') return there;
  if (there.kind === 'absent') return staged(object.key, '');
  const written = await writeAndReadBack(store, object, false);
  switch (written.kind) {
    case 'kept':
      return staged(object.key, written.etag);
    case 'present':
      return staged(object.key, '');
    case 'refused':
    case 'unavailable':
      return written;
  }
}
