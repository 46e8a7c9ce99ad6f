import { createHash } from 'node:crypto';
import type { OwnObject } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import type { OrderObject } from './order-objects.ts';

/** What became of one object. */
export type Written =
  | { readonly kind: 'kept'; readonly etag: string }
  | { readonly kind: 'present' }
  | StorageFailure;

/** Writes an object, and reads back that it is what was written. `ifAbsent` leaves one that is there alone. */
export async function writeAndReadBack(
  store: ObjectStore,
  object: OrderObject,
  ifAbsent: boolean,
): Promise<Written> {
  const { key, contentType, bytes } = object;
  const put = await store.put(key, bytes, { contentType, ifAbsent });
  if (put.kind !== 'stored') return put;
  return await readBack(store, object, put.etag);
}

/**
 * Whether an object lies there as it was written, by its whole content: what the storage says of it, such as an MD5, another
 * content may have as well. `etag` is the version that the storage gave it.
 */
export async function readBack(
  store: ObjectStore,
  { key, bytes }: OrderObject,
  etag: string,
): Promise<Exclude<Written, { kind: 'present' }>> {
  const back = await store.get(key, bytes.length);
  if (back.kind === 'refused' || back.kind === 'unavailable') return back;
  if (back.kind === 'object' && back.sha256 === sha256Of(bytes)) return { kind: 'kept', etag };
  const problem = `${key} was written, but the storage returned other bytes: the write is retried`;
  return { kind: 'unavailable', problem };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The MD5 in hex, which is an object's version where storage neither encrypts nor splits. */
export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** What is noted of an object of ours in a task folder; `folder` is the beginning of its key. */
export function ownObject(folder: string, { key, bytes }: OrderObject, etag: string): OwnObject {
  return { name: key.slice(folder.length), sizeBytes: bytes.length, sha256: sha256Of(bytes), etag };
}
