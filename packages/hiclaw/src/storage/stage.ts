import {
  OWN_OBJECTS,
  type OwnObject,
  type StageOutcome,
  type TaskOrder,
  type WriteOutcome,
} from '@agrenting-hiclaw/core/domain';
import { listFolder } from './folder-listing.ts';
import { readMeta } from './meta.ts';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import {
  orderObjects,
  sourceObject,
  taskSpecObject,
  type OrderObject,
  type OrderObjectOptions,
} from './order-objects.ts';
import { taskFolder } from './task-folder.ts';
import { md5, ownObject, readBack, writeAndReadBack, type Written } from './write-object.ts';

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
    const problem = `${oversize.key} would have ${oversize.bytes.length} bytes, more than the allowed ${MAX_OBJECT_BYTES}: the hirer's texts are too long`;
    return { kind: 'refused', problem };
  }

  const source = sourceObject(order);
  const written = await writeParts(
    store,
    order,
    [...(source === undefined ? [] : [source]), ...parts],
    marker,
  );
  if (written.kind !== 'written') return written;
  const projectWritten = project === undefined ? undefined : await writeProject(store, project);
  if (projectWritten?.kind === 'refused' || projectWritten?.kind === 'unavailable') return projectWritten;
  const marked = await mark(store, order, marker);
  return marked.kind === 'staged' ? { ...marked, written: written.objects } : marked;
}

/** Writes the parts and reads them back by one listing, which shows as well what is not ours. */
async function writeParts(
  store: ObjectStore,
  order: TaskOrder,
  parts: readonly OrderObject[],
  marker: OrderObject,
): Promise<
  | { readonly kind: 'written'; readonly objects: readonly OwnObject[] }
  | Extract<StageOutcome, { kind: 'foreign' }>
  | StorageFailure
> {
  const puts = await Promise.all(
    parts.map(async ({ key, bytes, contentType }) => await store.put(key, bytes, { contentType })),
  );
  for (const put of puts) if (put.kind === 'refused' || put.kind === 'unavailable') return put;
  const listing = await listFolder(store, order.taskId);
  if (listing.kind !== 'listing') return listing;
  const folder = taskFolder(order.taskId);
  const listed = new Map(listing.objects.map((object) => [object.name, object]));
  const objects: OwnObject[] = [];
  for (const [index, part] of parts.entries()) {
    const object = ownObject(folder, part, md5(part.bytes));
    const there = listed.get(object.name);
    if (there?.etag === object.etag && there.sizeBytes === object.sizeBytes) {
      objects.push(object);
      continue;
    }
    const put = puts[index];
    const back = await readBack(store, part, put?.kind === 'stored' ? put.etag : '');
    if (back.kind !== 'kept') return back;
    objects.push({ ...object, etag: back.etag });
  }
  if (order.isFresh !== true) return { kind: 'written', objects };
  const ours = new Set([...parts, marker].map(({ key }) => key.slice(folder.length)));
  const names = listing.objects.map(({ name }) => name).filter((name) => !ours.has(name));
  if (names.length === 0) return { kind: 'written', objects };
  return { kind: 'foreign', names: names.slice(0, MAX_FOREIGN_NAMES) };
}

const MAX_FOREIGN_NAMES = 10;

/** What makes the folder a task; one that the worker has moved since is left alone. */
async function mark(store: ObjectStore, order: TaskOrder, marker: OrderObject): Promise<Marked> {
  const known = await readMeta(store, order.taskId);
  switch (known.kind) {
    case 'refused':
    case 'unavailable':
      return known;
    case 'meta': {
      if (known.bytes.equals(marker.bytes)) return staged(marker.key, md5(known.bytes));
      const isOurs = known.meta.status === undefined || OURS.has(known.meta.status);
      if (isOurs) return await writeMarker(store, order, marker, false);
      // Nobody was told yet who could have moved it.
      if (order.isFresh === true) return { kind: 'foreign', names: [OWN_OBJECTS.meta] };
      return staged(marker.key, md5(known.bytes));
    }
    case 'unreadable':
      return await writeMarker(store, order, marker, false);
    case 'absent':
      return await writeMarker(store, order, marker, true);
  }
}

type Marked =
  | { readonly kind: 'staged'; readonly evidence: string }
  | Exclude<StageOutcome, { kind: 'staged' }>;

/** `ifAbsent` closes the window in which another process staged it and the worker already took it. */
async function writeMarker(
  store: ObjectStore,
  order: TaskOrder,
  marker: OrderObject,
  ifAbsent: boolean,
): Promise<Marked> {
  const written = await writeAndReadBack(store, marker, ifAbsent);
  if (written.kind === 'kept') return staged(marker.key, written.etag);
  if (written.kind !== 'present') return written;
  const now = await readMeta(store, order.taskId);
  if (now.kind === 'meta') return staged(marker.key, md5(now.bytes));
  return {
    kind: 'unavailable',
    problem: `${marker.key} appeared while it was being written and cannot be read`,
  };
}

/** Taskflow keeps the state of the task in it too, so one that is there is left alone. */
async function writeProject(store: ObjectStore, project: OrderObject): Promise<Written> {
  const there = await store.stat(project.key);
  if (there.kind === 'object') return { kind: 'kept', etag: there.object.etag };
  if (there.kind !== 'absent') return there;
  const written = await writeAndReadBack(store, project, true);
  return written.kind === 'present' ? { kind: 'kept', etag: '' } : written;
}

function staged(key: string, version: string): Extract<Marked, { kind: 'staged' }> {
  return { kind: 'staged', evidence: `${key} ${version}` };
}

/** Writes the task file again without the hirer's token; one that was never there stays away. */
export async function forgetToken(
  store: ObjectStore,
  order: TaskOrder,
  options: OrderObjectOptions,
): Promise<WriteOutcome> {
  const object = taskSpecObject({ ...order, delivery: { mode: 'output' } }, options);
  const there = await store.stat(object.key);
  if (there.kind === 'refused' || there.kind === 'unavailable') return there;
  if (there.kind === 'absent') return { ...staged(object.key, ''), written: [] };
  const written = await writeAndReadBack(store, object, false);
  switch (written.kind) {
    case 'kept':
      return {
        ...staged(object.key, written.etag),
        written: [ownObject(taskFolder(order.taskId), object, written.etag)],
      };
    case 'present':
      return { ...staged(object.key, ''), written: [] };
    case 'refused':
    case 'unavailable':
      return written;
  }
}
