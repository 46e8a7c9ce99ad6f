import type { TaskId } from '@agrenting-hiclaw/core/domain';
import { listFolder } from './folder-listing.ts';
import type { ObjectStore } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

/** An object of a task folder as it lay in storage. */
export interface CopiedObject {
  /** Inside the task folder. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** Of the bytes in storage, in hex; undefined when they could not be read. */
  readonly sha256: string | undefined;
  /** Undefined when they were not taken; `problem` says why. */
  readonly bytes: Buffer | undefined;
  readonly problem: string | undefined;
}

export type CopyOutcome =
  /**
   * Each object is read when it is asked for, in the order of the names. `complete` is false when there is more in the folder
   * than is looked at.
   */
  | {
      readonly kind: 'copied';
      readonly names: readonly string[];
      readonly objects: AsyncGenerator<CopiedObject>;
      readonly complete: boolean;
    }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** How much is taken out at once. */
export interface CopyBounds {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

/** A larger object is not even read. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/**
 * Reads a task folder as it lies in storage, what tools leave behind (`node_modules`, `.git`) left out. An object for
 * which there is no room any more is read for its digest alone; one that cannot be read takes no other with it.
 */
export async function exportFolder(
  store: Pick<ObjectStore, 'list' | 'get'>,
  taskId: TaskId,
  { maxObjects, maxBytes }: CopyBounds,
): Promise<CopyOutcome> {
  const listing = await listFolder(store, taskId);
  if (listing.kind !== 'listing') return { kind: 'unavailable', problem: listing.problem };
  const listed = listing.objects.slice(0, maxObjects);
  return {
    kind: 'copied',
    names: listed.map(({ name }) => name),
    objects: copies(),
    complete: listing.complete && listing.objects.length <= maxObjects,
  };

  async function* copies(): AsyncGenerator<CopiedObject> {
    let leftBytes = maxBytes;
    for (const object of listed) {
      const read =
        object.sizeBytes > MAX_READ_BYTES
          ? undefined
          : await store.get(`${taskFolder(taskId)}${object.name}`, MAX_READ_BYTES);
      if (read?.kind !== 'object') {
        yield { ...object, sha256: undefined, bytes: undefined, problem: problemOf(read) };
        continue;
      }
      const fits = read.bytes.length <= leftBytes;
      if (fits) leftBytes -= read.bytes.length;
      yield {
        ...object,
        // It may have been rewritten since it was listed.
        sizeBytes: read.bytes.length,
        sha256: read.sha256,
        bytes: fits ? read.bytes : undefined,
        problem: fits
          ? undefined
          : `is not in the archive, which holds at most ${maxBytes} bytes of task folders`,
      };
    }
  }
}

function problemOf(read: Exclude<Awaited<ReturnType<ObjectStore['get']>>, { kind: 'object' }> | undefined) {
  switch (read?.kind) {
    case undefined:
    case 'too_large':
      return `is larger than the limit of ${MAX_READ_BYTES} bytes`;
    case 'absent':
      return 'was deleted while the folder was read';
    case 'refused':
    case 'unavailable':
      return read.problem;
  }
}
